"""The desk's pages about people: queue, search, mending, hardship; each right and each refusal."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from palace.accounts.models import HardshipFile, KnownMember, Member, PersonalRead, PhoneCode, RosterEntry, StaffAct
from palace.accounts.phones import shown
from palace.accounts.search import find_members
from palace.accounts.services.members import refuse_member, verify_member
from palace.accounts.tokens import issue_token
from palace.core.models import AuditEntry, OutboxMessage

from ..factories import PASSWORD, make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db
QUEUE_QUERIES = 9  # session, account, roles, palace, count, page, log, rosters, unsent messages


@pytest.fixture
def palace():
    return make_palace()


@pytest.fixture
def clerk(client, palace):
    clerk = make_user(role="desk", palace=palace, name="钱守望")
    client.force_login(clerk)
    return clerk


def known(palace, **fields):
    member = make_member(**fields)
    KnownMember.objects.create(palace=palace, member=member)
    return member


def pending(palace, **fields):
    return make_member(verified=False, registered_palace=palace, **fields)


def acts():
    return list(StaffAct.objects.values_list("what", "reason", "by__name"))


# --- verification -------------------------------------------------------------------------------------------------


def test_queue_shows_who_waits_here_longest_first(client, clerk, palace):
    first, second = pending(palace, name="甲一"), pending(palace, name="乙二")
    pending(make_palace(), name="丙三")
    make_member(registered_palace=palace, name="丁四")
    rows = client.get(reverse("desk_verification")).context["rows"]
    assert [member for member, _ in rows] == [first, second]
    assert set(PersonalRead.objects.values_list("member", "what")) == {
        (first.pk, "verification"),
        (second.pk, "verification"),
    }


def test_queue_shows_lines_of_rosters_alike_and_costs_the_same_for_one_and_three(
    client, clerk, palace, django_assert_num_queries
):
    union, url = make_union(), reverse("desk_verification")
    line = RosterEntry.objects.create(union=union, name="甲一", card_number="7")
    RosterEntry.objects.create(union=union, name="甲一", card_number="8", member=make_member())
    RosterEntry.objects.create(union=union, name="别人", card_number="9")
    pending(palace, name="甲一")
    client.get(url)
    with django_assert_num_queries(QUEUE_QUERIES):
        assert [lines for _, lines in client.get(url).context["rows"]] == [[line]]
    pending(palace, name="乙二")
    pending(palace, name="丙三")
    with django_assert_num_queries(QUEUE_QUERIES):
        client.get(url)


def test_verify_tells_the_member_and_makes_him_known(client, clerk, palace):
    member = pending(palace)
    client.post(reverse("desk_verify", args=[member.pk]))
    member.refresh_from_db()
    assert (member.state, member.verified_by, member.known_to.get().palace) == ("verified", clerk, palace)
    assert list(OutboxMessage.objects.values_list("topic", "payload")) == [("member_verified", {"member": member.pk})]
    assert acts() == [("verified", "", "钱守望")]


def test_refuse_needs_a_reason_and_tells_the_member(client, clerk, palace):
    member = pending(palace)
    url = reverse("desk_refuse", args=[member.pk])
    assert client.post(url, {"reason": "  "}).status_code == 422
    client.post(url, {"reason": "卡号和姓名对不上"})
    member.refresh_from_db()
    assert (member.state, member.refusal) == ("rejected", "卡号和姓名对不上")
    assert list(OutboxMessage.objects.values_list("topic", "payload")) == [("member_refused", {"member": member.pk})]
    assert acts() == [("refused", "卡号和姓名对不上", "钱守望")]


@pytest.mark.parametrize("name", ["desk_verify", "desk_refuse"])
def test_queue_of_another_palace_does_not_exist(client, clerk, name):
    member = pending(make_palace())
    assert client.post(reverse(name, args=[member.pk]), {"reason": "x"}).status_code == 404


def test_verify_twice_says_a_colleague_was_faster(client, clerk, palace):
    member = pending(palace)
    for _ in range(2):
        response = client.post(reverse("desk_verify", args=[member.pk]), follow=True)
    assert "同事先办了" in response.content.decode()
    assert OutboxMessage.objects.count() == 1


def test_nobody_verifies_or_refuses_himself(palace):
    clerk = make_user(role="desk", palace=palace)
    own = pending(palace, user=clerk)
    for call in (
        lambda: verify_member(member=own, by=clerk, palace=palace),
        lambda: refuse_member(member=own, by=clerk, palace=palace, reason="x"),
    ):
        with pytest.raises(ValidationError) as refused:
            call()
        assert refused.value.code == "own_work"


# --- search -------------------------------------------------------------------------------------------------------


def found(palace, text, by=None):
    return find_members(text=text, palace=palace, by=by or make_user())


@pytest.mark.parametrize("text", ["周小明", "周小", "zxm", "ZXM", "zhouxiao", "zhouxiaoming"])
def test_search_by_name_finds_known_members_only(palace, text):
    here = known(palace, name="周小明", pinyin="zhouxiaoming zxm")
    known(make_palace(), name="周小明", pinyin="zhouxiaoming zxm")
    assert found(palace, text) == [here]


def test_search_by_full_phone_or_card_finds_anybody(palace):
    member = make_member(card_number="3304ABCD0001", contact_phone="+8613700000002")
    phone = shown(member.user.phone)
    texts = [
        phone,
        f"+86 {phone}",
        f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        "13700000002",
        "3304abcd0001",
        "3304 ABCD 0001",
    ]
    assert [found(palace, text) for text in texts] == [[member]] * 6


def test_search_by_part_of_a_number_finds_nobody(palace):
    member = known(palace, card_number="330400000001")
    assert [
        found(palace, text) for text in (shown(member.user.phone)[:-1], shown(member.user.phone)[-4:], "33040000000")
    ] == [[], [], []]


@pytest.mark.parametrize("text", ["%", "_", "周", "", " a "])
def test_search_refuses_one_letter(palace, text):
    with pytest.raises(ValidationError) as refused:
        found(palace, text)
    assert refused.value.code == "too_short"


def test_search_takes_no_wildcards(palace):
    known(palace, name="周小明", pinyin="zhouxiaoming zxm")
    assert [found(palace, text) for text in ("%%", "__", "周%", "x%m")] == [[], [], [], []]


def test_search_shows_ten_masked_and_says_there_are_more(client, clerk, palace):
    for _ in range(11):
        known(palace, name="周小明", pinyin="zhouxiaoming zxm")
    response = client.post(reverse("desk_members"), {"text": "zxm"})
    page = response.content.decode()
    assert (len(response.context["rows"]), response.context["more"]) == (10, True)
    assert ("周*明" in page, "周小明" in page, "不止 10 位" in page) == (True, False, True)
    assert PersonalRead.objects.filter(what="search", user=clerk).count() == 10


def test_search_without_result_is_logged_too(client, clerk, palace):
    client.post(reverse("desk_members"), {"text": "没有这人"})
    assert list(PersonalRead.objects.values_list("user", "member", "rows")) == [(clerk.pk, None, 0)]


def test_search_logs_can_not_be_changed_by_the_application(client, clerk, palace):
    found(palace, "没有这人")
    with pytest.raises(ProgrammingError), transaction.atomic():
        PersonalRead.objects.update(what="nothing")
    StaffAct.objects.create(member=make_member(), palace=palace, by=clerk, what="edited")
    with pytest.raises(ProgrammingError), transaction.atomic():
        StaffAct.objects.update(reason="x")


def test_search_costs_the_same_for_one_and_three(palace, django_assert_num_queries):
    user = make_user()
    known(palace, name="周小明", pinyin="zhouxiaoming zxm")
    with django_assert_num_queries(2):
        [m.user.phone for m in found(palace, "zxm", user)]
    known(palace, name="周晓敏", pinyin="zhouxiaomin zxm")
    known(palace, name="赵新民", pinyin="zhaoxinmin zxm")
    with django_assert_num_queries(2):
        [m.user.phone for m in found(palace, "zxm", user)]


# --- a member's page -----------------------------------------------------------------------------------------------


def test_page_opens_for_known_members(client, clerk, palace):
    member = known(palace, card_number="330400000001")
    page = client.get(reverse("desk_member", args=[member.pk])).content.decode()
    assert ("周*明" in page, "周小明" in page, "330400000001" in page, shown(member.user.phone) in page) == (
        True,
        False,
        False,
        False,
    )
    assert list(PersonalRead.objects.values_list("member", "what")) == [(member.pk, "page")]


def test_page_of_a_colleague_offers_no_change_of_his_access(client, clerk, palace):
    colleague = known(palace, user=make_user(role="venue_manager", palace=palace))
    doors, words = [], "这是工作账号，登录方式由管理员来改。"
    for member in (known(palace), colleague):
        page = client.get(reverse("desk_member", args=[member.pk])).content.decode()
        names = ("desk_member_phone", "desk_member_password")
        doors.append(([reverse(name, args=[member.pk]) in page for name in names], words in page))
    assert doors == [([True, True], False), ([False, False], True)]


def test_full_number_is_shown_on_request_and_logged(client, clerk, palace):
    member = known(palace)
    url = reverse("desk_member", args=[member.pk])
    assert shown(member.user.phone) in client.post(url, {"number": "1"}).content.decode()
    assert list(PersonalRead.objects.values_list("member", "what", "user")) == [(member.pk, "number", clerk.pk)]


def test_page_of_a_stranger_opens_only_after_his_full_number(client, clerk, palace):
    member = make_member()
    url = reverse("desk_member", args=[member.pk])
    assert client.get(url).status_code == 404
    client.post(reverse("desk_members"), {"text": shown(member.user.phone)})
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["desk_member", "desk_member_edit", "desk_member_phone", "desk_member_password"])
def test_pages_of_strangers_do_not_exist(client, clerk, name):
    url = reverse(name, args=[known(make_palace()).pk])
    assert [client.get(url).status_code, client.post(url, {"reason": "x", "phone": "13700000001"}).status_code] == [
        404,
        404,
    ]


def test_pages_of_impossible_ids_do_not_exist(client, clerk):
    assert client.get("/desk/members/99999999999999999999999/").status_code == 404


# --- registering and mending -----------------------------------------------------------------------------------------

PERSON = {
    "name": "孙桂兰",
    "card_number": "330400000055",
    "employer": "",
    "home_union": "",
    "contact_phone": "",
    "category": "retired",
}


def test_register_at_the_desk_without_a_phone(client, clerk, palace):
    response = client.post(reverse("desk_member_new"), PERSON | {"card_seen": "on"})
    member = Member.objects.get(name="孙桂兰")
    facts = (member.user, member.state, member.verified_by, member.category, member.known_to.get().palace)
    assert (response["Location"], facts) == (
        reverse("desk_member", args=[member.pk]),
        (None, "verified", clerk, "retired", palace),
    )
    assert acts() == [("registered", "", "钱守望")]


def test_register_at_the_desk_without_seeing_the_card_waits(client, clerk):
    client.post(reverse("desk_member_new"), PERSON)
    assert Member.objects.get(name="孙桂兰").state == "pending"


def test_register_at_the_desk_refuses_a_second_card(client, clerk):
    make_member(card_number="330400000055")
    assert list(client.post(reverse("desk_member_new"), PERSON).context["form"].errors) == ["card_number"]


def test_edit_at_the_desk_keeps_the_verification(client, clerk, palace):
    member = known(palace)
    client.post(reverse("desk_member_edit", args=[member.pk]), PERSON | {"contact_phone": "137 0000 0001"})
    member.refresh_from_db()
    assert (member.name, member.state, member.contact_phone, member.user.name) == (
        "孙桂兰",
        "verified",
        "+8613700000001",
        "孙桂兰",
    )
    assert acts() == [("edited", "", "钱守望")]


def test_nobody_edits_himself_at_the_desk(client, clerk, palace):
    own = known(palace, user=clerk)
    assert client.post(reverse("desk_member_edit", args=[own.pk]), PERSON).status_code == 422


def new_phone(client, member, **fields):
    data = {"phone": "13700000001", "reason": "旧号停用"}
    return client.post(reverse("desk_member_phone", args=[member.pk]), data | fields)


def test_new_number_at_the_desk_ends_sessions_and_keys(client, clerk, palace):
    member = known(palace)
    device = type(client)()
    device.post(reverse("sign_in"), {"phone": shown(member.user.phone), "password": PASSWORD})
    issue_token(user=member.user)
    new_phone(client, member)
    member.user.refresh_from_db()
    assert (member.user.phone, member.user.api_tokens.count()) == ("+8613700000001", 0)
    assert device.get(reverse("me")).status_code == 302
    assert acts() == [("phone", "旧号停用", "钱守望")]
    changed = AuditEntry.objects.filter(table_name="accounts_user", action="update", row_id=str(member.user_id)).last()
    assert (changed.actor_id, "phone" in changed.changed, changed.after) == (clerk.pk, True, changed.after)


@pytest.mark.parametrize("fields", [{"reason": ""}, {"reason": "  "}, {"phone": "123"}, {"phone": ""}])
def test_new_number_at_the_desk_needs_number_and_reason(client, clerk, palace, fields):
    member = known(palace)
    assert new_phone(client, member, **fields).status_code == 422
    assert (StaffAct.objects.count(), PhoneCode.objects.count()) == (0, 0)


def test_new_number_of_another_account_is_refused(client, clerk, palace):
    taken = make_user()
    assert new_phone(client, known(palace), phone=shown(taken.phone)).status_code == 422


def test_first_number_opens_an_account(client, clerk, palace, texts):
    member = known(palace)
    Member.objects.filter(pk=member.pk).update(user=None)
    new_phone(client, member)
    client.post(reverse("sign_out"))
    client.post(reverse("sign_in_code"), {"phone": "13700000001"})
    client.post(reverse("sign_in_enter"), {"code": texts[0][1]})
    member.refresh_from_db()
    assert client.session["_auth_user_id"] == str(member.user_id)


def reset(client, member, reason="忘了密码"):
    return client.post(reverse("desk_member_password", args=[member.pk]), {"reason": reason})


def test_password_reset_hands_out_a_code_that_works_once(client, clerk, palace):
    member = known(palace)
    phone = shown(member.user.phone)
    device = type(client)()
    device.post(reverse("sign_in"), {"phone": phone, "password": PASSWORD})
    code = reset(client, member).context["code"]
    assert device.get(reverse("me")).status_code == 302
    assert device.post(reverse("sign_in"), {"phone": phone, "password": PASSWORD}).status_code == 422
    device.post(reverse("reset_password"), {"phone": phone, "slip": "1"})
    assert device.post(reverse("sign_in_enter"), {"code": code})["Location"] == reverse("reset_password_new")
    device.post(reverse("reset_password_new"), {"password": "brand-new-words"})
    assert device.get(reverse("me")).status_code == 200
    device.post(reverse("sign_out"))
    device.post(reverse("reset_password"), {"phone": phone, "slip": "1"})
    assert device.post(reverse("sign_in_enter"), {"code": code}).status_code == 422
    assert acts() == [("password", "忘了密码", "钱守望")]


def test_slip_works_a_day(client, clerk, palace):
    reset(client, known(palace))
    code = PhoneCode.objects.get()
    assert timedelta(hours=23, minutes=59) < code.expires_at - code.created_at <= timedelta(hours=24, seconds=1)


def test_password_reset_needs_a_reason(client, clerk, palace):
    member = known(palace)
    assert reset(client, member, " ").status_code == 422
    member.user.refresh_from_db()
    assert (member.user.has_usable_password(), StaffAct.objects.count()) == (True, 0)


def test_password_reset_needs_an_account(client, clerk, palace):
    member = known(palace)
    Member.objects.filter(pk=member.pk).update(user=None)
    assert list(reset(client, member).context["form"].errors["__all__"]) == ["这位会员还没有账号，先给他登记手机号。"]


def test_access_of_colleagues_and_oneself_is_not_the_desks(client, clerk, palace):
    colleague = known(palace, user=make_user(role="finance", palace=palace))
    own = known(palace, user=clerk)
    for member in (colleague, own):
        assert [reset(client, member).status_code, new_phone(client, member).status_code] == [422, 422]
    colleague.user.refresh_from_db()
    assert colleague.user.has_usable_password()


@pytest.mark.parametrize("what", ["refused", "phone", "password", "hardship"])
def test_database_wants_a_reason(palace, what):
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffAct.objects.create(member=make_member(), palace=palace, by=make_user(), what=what, reason="")


def test_reasons_are_not_in_the_audit(client, clerk, palace):
    new_phone(client, known(palace), reason="家里的事")
    entry = AuditEntry.objects.get(table_name="accounts_staffact")
    assert "家里的事" not in f"{entry.before} {entry.after}"


# --- hardship -------------------------------------------------------------------------------------------------------


@pytest.fixture
def director(client, palace):
    director = make_user(role="director", palace=palace, name="郑为民")
    client.force_login(director)
    return director


def put_file(client, member, **fields):
    today = timezone.localdate()
    data = {"first_day": today, "last_day": today + timedelta(days=30), "reason": "民政核定"}
    return client.post(reverse("desk_member_hardship", args=[member.pk]), data | fields)


def test_hardship_file_in_force_on_its_days(client, director, palace):
    member, today = known(palace), timezone.localdate()
    assert put_file(client, member).status_code == 302
    days = [today - timedelta(days=1), today, today + timedelta(days=30), today + timedelta(days=31)]
    force = [Member.objects.with_hardship(day).get(pk=member.pk).hardship for day in days]
    assert force == [False, True, True, False]
    assert acts() == [("hardship", "民政核定", "郑为民")]


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"first_day": "2030-01-02", "last_day": "2030-01-01"}, {"first_day": "x"}, {"last_day": ""}],
)
def test_hardship_file_needs_days_in_order_and_a_reason(client, director, palace, fields):
    assert put_file(client, known(palace), **fields).status_code == 422
    assert HardshipFile.objects.count() == 0


def test_hardship_file_of_one_day(client, director, palace):
    today = timezone.localdate()
    assert put_file(client, known(palace), last_day=today).status_code == 302


def test_hardship_file_ends_with_a_reason(client, director, palace):
    member = known(palace)
    today = timezone.localdate()
    file = HardshipFile.objects.create(
        member=member, first_day=today - timedelta(days=5), last_day=today + timedelta(days=5)
    )
    url = reverse("desk_member_hardship", args=[member.pk])
    assert client.post(url, {"end": file.pk, "reason": ""}).status_code in (200, 422)
    file.refresh_from_db()
    assert file.last_day == today + timedelta(days=5)
    client.post(url, {"end": file.pk, "reason": "脱困"})
    file.refresh_from_db()
    assert file.last_day == today - timedelta(days=1)


def test_hardship_file_of_another_member_does_not_end(client, director, palace):
    today = timezone.localdate()
    file = HardshipFile.objects.create(member=make_member(), first_day=today, last_day=today)
    url = reverse("desk_member_hardship", args=[known(palace).pk])
    assert [client.post(url, {"end": value, "reason": "x"}).status_code for value in (file.pk, "x", "9" * 40)] == [
        404
    ] * 3


def test_nobody_keeps_his_own_hardship_file(client, director, palace):
    assert put_file(client, known(palace, user=director)).status_code == 422


@pytest.mark.parametrize("role", ["desk", "venue_manager", "coordinator", "finance", "admin", "auditor", "lecturer"])
def test_hardship_is_hidden_from_every_other_role(client, palace, role):
    member, today = known(palace), timezone.localdate()
    HardshipFile.objects.create(member=member, first_day=today, last_day=today)
    client.force_login(make_user(role=role, palace=palace))
    assert client.get(reverse("desk_member_hardship", args=[member.pk])).status_code == 403
    page = client.get(reverse("desk_member", args=[member.pk])).content.decode()
    assert "困难" not in page


def test_hardship_is_not_on_the_members_page_for_those_who_may_see_it(client, director, palace):
    member, today = known(palace), timezone.localdate()
    HardshipFile.objects.create(member=member, first_day=today, last_day=today)
    page = client.get(reverse("desk_member", args=[member.pk])).content.decode()
    assert ("困难职工档案" in page, str(today) in page) == (True, False)


def test_looking_at_a_hardship_file_is_logged(client, director, palace):
    member = known(palace)
    client.get(reverse("desk_member_hardship", args=[member.pk]))
    assert list(PersonalRead.objects.values_list("member", "what")) == [(member.pk, "hardship")]


@pytest.mark.parametrize("card", ["", "!!!", "123"])
def test_card_that_was_seen_has_a_number(client, clerk, card):
    fields = PERSON | {"card_number": card, "employer": "鼎新照明", "card_seen": "on"}
    response = client.post(reverse("desk_member_new"), fields)
    assert (list(response.context["form"].errors), Member.objects.filter(name="孙桂兰").count()) == (["card_number"], 0)
