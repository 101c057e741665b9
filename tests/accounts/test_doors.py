"""Sign-in, registration, new password: every way through, and every refusal."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.urls import reverse
from django.utils import timezone

from palace.accounts.limits import keyed
from palace.accounts.lockout import pause_after
from palace.accounts.models import ApiToken, Consent, FailedAttempt, Member, PhoneCode, RosterEntry, User
from palace.accounts.phones import shown
from palace.accounts.services.access import set_password
from palace.accounts.tokens import issue_token

from ..factories import PASSWORD, make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db
PHONE = "13800138000"
FULL = "+8613800138000"


def sign_in(client, phone, password=PASSWORD, headers=None, **more):
    return client.post(reverse("sign_in"), {"phone": phone, "password": password} | more, headers=headers)


def errors_of(response):
    return {name: list(texts) for name, texts in response.context["form"].errors.items()}


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_sign_in_accepts_number_however_typed(client):
    user = User.objects.create_user(PHONE, PASSWORD, name="周小明")
    for typed in (PHONE, "+86 138 0013 8000", "１３８００１３８０００", "138-0013-8000"):
        client.logout()
        assert sign_in(client, typed).status_code == 302
        assert signed_in_as(client) == str(user.pk)


def test_sign_in_gives_session_a_new_key(client):
    user = make_user()
    client.get(reverse("register"))
    session = client.session
    session["door"] = {"left": "behind"}
    session.save()
    before = session.session_key
    sign_in(client, shown(user.phone))
    assert client.session.session_key != before
    assert "door" not in client.session


def test_sign_in_says_the_same_for_known_and_unknown_number(client):
    known = make_user()
    answers = [sign_in(client, phone, "wrong-password") for phone in (shown(known.phone), "13912340000")]
    assert [(a.status_code, errors_of(a)) for a in answers] == [
        (422, {"__all__": ["号码或密码不对。核对一下，或者用验证码登录。"]})
    ] * 2


def test_backend_hashes_for_unknown_number_too(monkeypatch, rf):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    assert authenticate(rf.post("/"), phone="13912340000", password="x") is None
    assert hashed == ["x"]


def test_sign_in_refuses_account_that_is_switched_off(client):
    user = make_user(is_active=False)
    assert sign_in(client, shown(user.phone)).status_code == 422


def test_sign_in_asks_for_a_possible_number(client):
    response = sign_in(client, "123")
    assert errors_of(response) == {"phone": ["手机号是 11 位，13 到 19 开头，核对一下再填。"]}


def test_sign_in_locks_out_after_five_wrong_passwords_and_says_how_long(client):
    user = make_user()
    phone = shown(user.phone)
    answers = [sign_in(client, phone, "wrong") for _ in range(5)]
    assert [a.status_code for a in answers] == [422, 422, 422, 422, 429]
    right = sign_in(client, phone)
    assert right.status_code == 429
    assert errors_of(right) == {"__all__": ["错的次数太多。等 15 分钟，或者用短信验证码登录。"]}
    assert signed_in_as(client) is None


def test_behind_a_proxy_session_and_wrong_passwords_know_the_caller(client, settings):
    settings.PROXY_COUNT = 1
    phone = shown(make_user().phone)
    headers = {"X-Forwarded-For": "6.6.6.6, 10.1.2.3"}
    sign_in(client, phone, "wrong", headers=headers)
    assert AccessAttempt.objects.get().ip_address == "10.1.2.3"
    sign_in(client, phone, headers=headers)
    assert UserSession.objects.get().ip == "10.1.2.3"


def test_lockout_holds_where_the_address_is_unknown(client):
    """As behind a Unix socket."""
    phone = shown(make_user().phone)
    typed = {"phone": phone, "password": "wrong"}
    answers = [client.post(reverse("sign_in"), typed, REMOTE_ADDR="").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 422, 429]


def test_lockout_counts_other_spellings_of_the_number(client):
    user = make_user()
    phone = shown(user.phone)
    for typed in (phone, f"+86{phone}", f"86 {phone}"[3:], phone[:3] + " " + phone[3:], phone):
        sign_in(client, typed, "wrong")
    assert sign_in(client, phone).status_code == 429


def earlier(**ago):
    """As if every wrong password so far had been typed ``ago``."""
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(**ago))


@pytest.mark.parametrize(("ago", "status"), [(899, 429), (901, 302)])
def test_lockout_ends_with_the_pause(client, ago, status):
    user = make_user()
    for _ in range(5):
        sign_in(client, shown(user.phone), "wrong")
    earlier(seconds=ago)
    assert sign_in(client, shown(user.phone)).status_code == status


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "错的次数太多。等 30 分钟，或者用短信验证码登录。"),
        ("en", "Too many wrong tries. Wait 30 minutes, or sign in with a code by text message."),
    ],
)
def test_next_wrong_password_shuts_out_for_twice_as_long_and_says_so(client, language, sentence):
    client.cookies["django_language"] = language
    phone = shown(make_user().phone)
    for _ in range(5):
        sign_in(client, phone, "wrong")
    earlier(minutes=16)
    assert errors_of(sign_in(client, phone, "wrong")) == {"__all__": [sentence]}
    earlier(minutes=29)
    assert sign_in(client, phone).status_code == 429
    earlier(minutes=31)
    assert sign_in(client, phone).status_code == 302


@pytest.mark.parametrize(
    ("count", "minutes"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (11, 960), (12, 1440), (13, 1440), (5000, 1440)]
)
def test_pause_after_doubles_up_to_a_day(count, minutes):
    assert pause_after(count) == timedelta(minutes=minutes)


def test_pause_grows_over_different_programs_at_one_address(client):
    phone = shown(make_user().phone)
    for n in range(5):
        sign_in(client, phone, "wrong", headers={"user-agent": f"browser {n}"})
    assert sign_in(client, phone, headers={"user-agent": "another"}).status_code == 429


def test_right_password_after_a_pause_begins_a_new_count(client):
    phone = shown(make_user().phone)
    for _ in range(5):
        sign_in(client, phone, "wrong")
    earlier(minutes=16)
    assert sign_in(client, phone).status_code == 302
    client.logout()
    assert [sign_in(client, phone, "wrong").status_code for _ in range(4)] == [422] * 4


def test_day_without_a_wrong_password_begins_a_new_count(client):
    phone = shown(make_user().phone)
    for _ in range(6):
        sign_in(client, phone, "wrong")
    earlier(hours=24, seconds=1)
    assert sign_in(client, phone, "wrong").status_code == 422


def test_new_password_lifts_the_lock_out_from_every_address(client):
    user, other = make_user(), make_user()
    phone, place = shown(user.phone), {"REMOTE_ADDR": "10.0.0.9"}
    for number in (phone, shown(other.phone)):
        for _ in range(5):
            client.post(reverse("sign_in"), {"phone": number, "password": "wrong"}, **place)
    set_password(user=user, password="brand-new-words")
    right = {"phone": phone, "password": "brand-new-words"}
    assert client.post(reverse("sign_in"), right, **place).status_code == 302
    client.logout()
    assert FailedAttempt.objects.filter(kind="password", key=keyed("password", user.phone)).count() == 0
    assert (
        client.post(reverse("sign_in"), {"phone": shown(other.phone), "password": PASSWORD}, **place).status_code == 429
    )


def test_lockout_leaves_other_numbers_alone(client):
    user, other = make_user(), make_user()
    for _ in range(5):
        sign_in(client, shown(user.phone), "wrong")
    assert sign_in(client, shown(other.phone)).status_code == 302


def test_lockout_of_a_number_from_many_addresses(client):
    user = make_user()
    for n in range(20):
        client.post(reverse("sign_in"), {"phone": shown(user.phone), "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{n}")
    response = client.post(
        reverse("sign_in"), {"phone": shown(user.phone), "password": PASSWORD}, REMOTE_ADDR="10.0.1.1"
    )
    assert errors_of(response) == {"__all__": ["错的次数太多。24 小时后再试。"]}


def test_right_password_forgets_wrong_ones(client):
    user = make_user()
    sign_in(client, shown(user.phone), "wrong")
    sign_in(client, shown(user.phone))
    assert (FailedAttempt.objects.count(), AccessAttempt.objects.count()) == (0, 0)


def test_attempts_hold_no_numbers_and_no_passwords(client):
    user = make_user()
    sign_in(client, shown(user.phone), "wrong-password")
    attempt = AccessAttempt.objects.get()
    kept = f"{attempt.username} {attempt.post_data} {attempt.get_data}"
    assert (shown(user.phone) in kept, "wrong-password" in kept) == (False, False)


def test_sign_out_needs_a_post_and_ends_the_session(client):
    sign_in(client, shown(make_user().phone))
    key = client.session.session_key
    assert client.get(reverse("sign_out")).status_code == 405
    assert client.post(reverse("sign_out")).status_code == 302
    assert signed_in_as(client) is None
    assert not client.session.exists(key)


ATTACKS = [
    "https://evil.example/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "/\\/evil.example", "\\/evil.example", "http:evil.example", "https:///evil.example", "HTTPS://evil.example", "ftp://evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", " //evil.example", "\t//evil.example",
    "\n//evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", "/%0d%0aLocation: x\r\n", "\x00//evil.example",
    "/\x00/evil.example", "//evil.example@testserver", "https://testserver@evil.example", "https://testserver.evil.example",
    "https://testserver:443@evil.example", "//testserver.evil.example", "https:evil.example", "https:/evil.example", "//evil%E3%80%82example",
    "http://[::1", "//[", "me/", "evil.example", "?next=/", "#x", "", "/" + "a" * 1001, "／／evil.example", "//／evil.example",
    "http://testserver/me/", "//testserver/me/", "/me/ //x", "/\u2028/evil.example\x7f", "mailto:a@b", "tel:1", "blob:x", "file:///etc/passwd",
    "//127.0.0.1", "//0x7f000001", "//①②⑦.0.0.1", "/..//evil.example\\", "\\evil.example", "/ /evil.example", "https://evil.example#testserver",
    "https://evil.example?testserver", "//evil.example:80\\@testserver", "ws://evil.example", "x:y",
]  # fmt: skip


@pytest.mark.parametrize("target", ATTACKS)
@pytest.mark.parametrize("way", ["post", "get"])
def test_sign_in_never_leads_outside(client, target, way):
    user = make_user()
    data = {"phone": shown(user.phone), "password": PASSWORD}
    if way == "post":
        response = client.post(reverse("sign_in"), data | {"next": target})
    else:
        response = client.post(reverse("sign_in", query={"next": target}), data)
    assert response["Location"] in {"/", reverse("me")}


def test_sign_in_leads_to_where_the_visitor_was_going(client):
    user = make_user()
    assert client.get(reverse("me_edit"))["Location"] == "/sign-in/?next=/me/edit/"
    assert sign_in(client, shown(user.phone), next="/me/edit/?a=1&b=中")["Location"] == "/me/edit/?a=1&b=%E4%B8%AD"


# --- codes ------------------------------------------------------------------------------------------------------


def ask(client, phone=PHONE, name="sign_in_code", **more):
    return client.post(reverse(name), {"phone": phone} | more)


def enter(client, code):
    return client.post(reverse("sign_in_enter"), {"code": code})


def other(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_sign_in_by_code(client, texts):
    user = User.objects.create_user(PHONE, None, name="周小明")
    assert ask(client, next="/me/edit/")["Location"] == reverse("sign_in_enter")
    assert [phone for phone, _ in texts] == [FULL]
    assert enter(client, texts[0][1])["Location"] == "/me/edit/"
    assert signed_in_as(client) == str(user.pk)


def test_asking_for_a_code_looks_the_same_for_known_and_unknown_number(client, texts):
    known = make_user()
    seen = []
    for phone in (shown(known.phone), "13700000001"):
        client.session.flush()
        answer = ask(client, phone)
        page = client.get(answer["Location"]).content.decode().replace(phone[-4:], "****").replace(phone[:3], "***")
        seen.append((answer.status_code, answer["Location"], len(page)))
    assert seen[0] == seen[1]
    assert len(texts) == 2


def test_code_is_kept_as_digest_only(client, texts):
    ask(client)
    row = PhoneCode.objects.get()
    assert texts[0][1] not in row.digest
    assert len(texts[0][1]) == 6


@pytest.mark.parametrize(("typed", "sentence"), [
    ("1234", "验证码是 6 位，还差 2 位。"), ("12345", "验证码是 6 位，还差 1 位。"), ("1234567", "验证码是 6 位，多了 1 位。"),
    ("12345a", "验证码只有数字。"), ("١٢٣٤٥٦", "验证码只有数字。"),
])  # fmt: skip
def test_code_of_wrong_form_is_not_counted(client, texts, typed, sentence):
    ask(client)
    assert errors_of(enter(client, typed)) == {"code": [sentence]}
    assert PhoneCode.objects.get().tries == 0


def test_code_accepts_spaces_and_full_width_figures(client, texts):
    make_user(name="周小明", language="zh-hans")
    ask(client)
    code = texts[0][1]
    wide = "".join(chr(ord(figure) + 0xFEE0) for figure in code)
    assert enter(client, f"{wide[:3]} {wide[3:]}").status_code == 302


def test_wrong_code_counts_down_then_the_code_is_over(client, texts):
    ask(client)
    code = texts[0][1]
    said = [errors_of(enter(client, other(code)))["__all__"][0] for _ in range(5)]
    assert said == [*(f"验证码不对，还能试 {n} 次。" for n in (4, 3, 2, 1)), "这个验证码用不了了，重新要一个。"]
    assert errors_of(enter(client, code))["__all__"] == ["这个验证码用不了了，重新要一个。"]
    assert signed_in_as(client) is None


def test_right_code_at_the_last_try(client, texts):
    make_user()
    ask(client)
    for _ in range(4):
        enter(client, other(texts[0][1]))
    assert enter(client, texts[0][1])["Location"] == reverse("register_details")


def test_code_works_once(client, texts):
    user = make_user()
    ask(client, shown(user.phone))
    enter(client, texts[0][1])
    client.logout()
    session = client.session
    session["door"] = {"entry": "sign_in", "phone": user.phone, "next": ""}
    session.save()
    assert errors_of(enter(client, texts[0][1]))["__all__"] == ["这个验证码用不了了，重新要一个。"]


def test_code_is_over_when_its_time_is(client, texts):
    ask(client)
    row = PhoneCode.objects.get()
    PhoneCode.objects.update(expires_at=row.created_at)
    assert errors_of(enter(client, texts[0][1]))["__all__"] == ["这个验证码用不了了，重新要一个。"]


def test_code_of_one_purpose_does_not_serve_another(client, texts, no_pause):
    user = make_user()
    ask(client, shown(user.phone))
    code = texts[0][1]
    client.post(reverse("reset_password"), {"phone": shown(user.phone), "slip": "1"})
    assert enter(client, code).status_code == 422


def test_code_of_one_number_does_not_serve_another(client, texts):
    user = make_user()
    ask(client, "13700000001")
    session = client.session
    session["door"] = session["door"] | {"phone": user.phone}
    session.save()
    assert enter(client, texts[0][1]).status_code == 422


def test_second_code_only_after_a_pause(client, texts):
    ask(client)
    assert errors_of(ask(client))["__all__"] == ["验证码已经发出。没收到的话，60 秒后再要一个。"]
    PhoneCode.objects.update(created_at=PhoneCode.objects.get().created_at.replace(year=2020))
    assert ask(client).status_code == 302
    assert len(texts) == 2


def test_codes_of_a_number_have_a_limit_a_day(client, texts, settings):
    settings.CODE_LIMITS = {"seconds_between": 0, "phone_per_day": 2, "address_per_hour": 99}
    assert [ask(client).status_code for _ in range(3)] == [302, 302, 422]
    assert ask(client, "13700000001").status_code == 302


def test_codes_from_an_address_have_a_limit_an_hour(client, texts, settings):
    settings.CODE_LIMITS = {"seconds_between": 0, "phone_per_day": 9, "address_per_hour": 2}
    assert [ask(client, f"1370000000{n}").status_code for n in range(3)] == [302, 302, 422]
    assert client.post(reverse("sign_in_code"), {"phone": "13700000009"}, REMOTE_ADDR="10.9.9.9").status_code == 302


def test_another_code_on_request(client, texts, no_pause):
    ask(client)
    assert client.post(reverse("sign_in_enter"), {"again": "1"}).status_code == 302
    assert len(texts) == 2
    assert enter(client, texts[0][1]).status_code == 302


def test_another_code_too_soon_says_when(client, texts):
    ask(client)
    response = client.post(reverse("sign_in_enter"), {"again": "1"})
    assert errors_of(response) == {"__all__": ["验证码已经发出。没收到的话，60 秒后再要一个。"]}


def test_code_that_cannot_be_sent_says_so_and_does_not_count(client, monkeypatch):
    def broken(phone, code):
        raise OSError("no route")

    monkeypatch.setattr("palace.accounts.codes.sender", broken)
    assert errors_of(ask(client))["__all__"] == ["短信没发出去。过一分钟再试，或者到服务台来。"]
    assert PhoneCode.objects.count() == 0


def test_code_page_without_a_flow_leads_to_the_door(client):
    assert client.get(reverse("sign_in_enter"))["Location"] == reverse("sign_in_code")


# --- registration -----------------------------------------------------------------------------------------------

DETAILS = {"name": "陈思远", "card_number": "", "employer": "", "home_union": "", "password": "", "consent": "on"}


def prove(client, texts, phone=PHONE, name="register"):
    ask(client, phone, name)
    return enter(client, texts[-1][1])


def details(client, **fields):
    return client.post(reverse("register_details"), DETAILS | fields)


def test_registration_with_card_on_roster_is_verified_at_once(client, texts):
    union = make_union(name="鼎新照明工会", level="enterprise")
    RosterEntry.objects.create(
        union=union, name="陈思远", card_number="330400000001", employer="鼎新照明", category="model_worker"
    )
    palace = make_palace()
    assert prove(client, texts)["Location"] == reverse("register_details")
    assert details(client, card_number=" 3304 0000 0001 ").status_code == 302
    member = Member.objects.get()
    facts = (
        member.user.phone,
        member.user.phone_verified,
        member.state,
        member.card_number,
        member.home_union,
        member.employer,
    )
    assert facts == (FULL, True, "verified", "330400000001", union, "鼎新照明")
    assert (member.category, member.pinyin, member.registered_palace) == ("model_worker", "chensiyuan csy", palace)
    assert signed_in_as(client) == str(member.user_id)
    assert list(Consent.objects.values_list("user", "version")) == [(member.user_id, "2026-11")]


def test_registration_unknown_to_rosters_waits(client, texts):
    prove(client, texts)
    details(client, employer="没听说过的厂", password="long-enough-1")
    member = Member.objects.get()
    assert (member.state, member.verified_at, member.employer) == ("pending", None, "没听说过的厂")
    assert member.user.check_password("long-enough-1")


def test_registration_needs_card_or_employer(client, texts):
    prove(client, texts)
    assert errors_of(details(client)) == {"card_number": ["写上会员卡号或者工作单位，有一样就行。"]}
    assert User.objects.count() == 0


def test_registration_needs_consent(client, texts):
    prove(client, texts)
    assert errors_of(details(client, employer="x", consent="")) == {
        "consent": ["你不同意，宫里就不能保存这些资料，也开不了账号。"]
    }


@pytest.mark.parametrize("password", ["short", "12345678", "password1"])
def test_registration_refuses_weak_password(client, texts, password):
    prove(client, texts)
    assert list(errors_of(details(client, employer="x", password=password))) == ["password"]
    assert User.objects.count() == 0


def test_registration_refuses_card_of_another_member(client, texts):
    make_member(card_number="330400000777")
    prove(client, texts)
    assert errors_of(details(client, card_number="330400000777")) == {
        "card_number": ["这个卡号已经是别的会员的。核对一下；真是你的，带卡到服务台来。"]
    }


def test_registration_takes_the_card_from_who_only_claimed_it(client, texts):
    """Who knows a number cannot shut out its owner; a member whose card was checked keeps it."""
    union = make_union(name="鼎新照明工会", level="enterprise")
    RosterEntry.objects.create(union=union, name="陈思远", card_number="330400000001", employer="鼎新照明")
    claimed = make_member(name="陈思源", card_number="330400000001", state="pending", verified_at=None)
    prove(client, texts)
    assert details(client, card_number="330400000001").status_code == 302
    claimed.refresh_from_db()
    assert (claimed.card_number, claimed.state) == (None, "pending")
    assert Member.objects.get(card_number="330400000001").is_verified


def test_registration_needs_a_proven_number(client):
    assert client.get(reverse("register_details"))["Location"] == reverse("register")
    assert details(client, employer="x")["Location"] == reverse("register")


def test_registration_proof_ends(client, texts):
    prove(client, texts)
    session = client.session
    session["proven"] = session["proven"] | {"until": 0}
    session.save()
    assert details(client, employer="x")["Location"] == reverse("register")


def test_registration_with_number_of_an_account_signs_in(client, texts):
    user = make_user()
    prove(client, texts, shown(user.phone))
    assert signed_in_as(client) == str(user.pk)
    assert User.objects.count() == 1


def test_registration_of_a_number_that_was_just_taken(client, texts):
    prove(client, texts)
    User.objects.create_user(PHONE, None, name="快手")
    assert errors_of(details(client, employer="x")) == {"__all__": ["这个手机号已经有账号了，直接登录就行。"]}
    assert Member.objects.count() == 0


def test_hostile_text_is_refused_or_kept_as_text(client, texts):
    prove(client, texts)
    assert details(client, name="a\x00b", employer="x").status_code == 422
    assert (
        details(client, name="<script>alert(1)</script>", employer="x", home_union="999999999999999999999").status_code
        == 422
    )
    assert errors_of(details(client, name="<script>alert(1)</script>", employer="x")) == {
        "name": ["姓名只写文字，照着卡上写。"]
    }
    assert errors_of(details(client, name="周小明", employer="🏭🏭")) == {"employer": ["单位名称只写文字和数字。"]}
    assert Member.objects.count() == 0


@pytest.mark.parametrize("name", ["𠮷野", "买买提·阿不都", "O'Brien", "欧阳 (小)", "é"])
def test_names_of_any_script_are_names(client, texts, name):
    prove(client, texts)
    assert details(client, name=name, employer="鼎新照明（三厂）").status_code == 302


@pytest.mark.parametrize("name", ["😀🎉", "周小明😀", "<b>", "123", "·"])
def test_pictures_and_code_are_no_names(client, texts, name):
    prove(client, texts)
    assert (details(client, name=name, employer="鼎新照明").status_code, Member.objects.count()) == (422, 0)


# --- new password -------------------------------------------------------------------------------------------------


def test_new_password_by_code_ends_sessions_and_keys(client, texts, django_user_model):
    user = make_user()
    issue_token(user=user)
    other_device = type(client)()
    sign_in(other_device, shown(user.phone))
    ask(client, shown(user.phone), "reset_password")
    assert enter(client, texts[0][1])["Location"] == reverse("reset_password_new")
    assert client.post(reverse("reset_password_new"), {"password": "brand-new-words"}).status_code == 302
    assert signed_in_as(client) == str(user.pk)
    assert other_device.get(reverse("me")).status_code == 302
    assert ApiToken.objects.count() == 0
    user.refresh_from_db()
    assert user.check_password("brand-new-words")


def test_new_password_refuses_weak_one(client, texts):
    user = make_user()
    ask(client, shown(user.phone), "reset_password")
    enter(client, texts[0][1])
    assert list(errors_of(client.post(reverse("reset_password_new"), {"password": "12345678"}))) == ["password"]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_new_password_of_unknown_number_leads_to_registration(client, texts):
    ask(client, PHONE, "reset_password")
    assert enter(client, texts[0][1])["Location"] == reverse("register_details")


def test_new_password_needs_a_proven_number(client):
    assert client.post(reverse("reset_password_new"), {"password": "brand-new-words"})["Location"] == reverse(
        "reset_password"
    )


# --- the demonstration's page ---------------------------------------------------------------------------------------


def test_demo_codes_exist_in_the_demonstration_only(client, texts, settings):
    ask(client)
    assert client.get(reverse("demo_codes")).status_code == 404
    settings.DEMO = True
    assert texts[0][1] not in client.get(reverse("demo_codes")).content.decode()
    ask(client, "13700000001")
    page = client.get(reverse("demo_codes")).content.decode()
    assert (texts[1][1] in page, "13700000001" in page) == (True, True)
