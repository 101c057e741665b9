"""What the owner of an account hears about it: lock-outs and a second factor that was reset. Once each, in his language."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from palace.accounts import second_factor
from palace.accounts.models import FailedAttempt, User
from palace.accounts.phones import shown
from palace.accounts.services.access import approve_role, request_role, reset_second_factor
from palace.core import outbox
from palace.core.models import OutboxMessage
from palace.core.wording import local_text
from palace.notices.models import Message

from ..factories import PASSWORD, make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db


def try_passwords(client, phone, times, address="10.0.0.1"):
    """The last answer to ``times`` wrong passwords from ``address``."""
    for _ in range(times):
        answer = client.post(reverse("sign_in"), {"phone": phone, "password": "wrong"}, REMOTE_ADDR=address)
    return answer


def delivered() -> list[Message]:
    """What was written to people by now."""
    for pk in OutboxMessage.objects.open().values_list("pk", flat=True):
        assert outbox.deliver(pk)
    return list(Message.objects.order_by("pk"))


def later(**ago):
    """As if all wrong tries and notices had happened ``ago``."""
    back = timezone.now() - timedelta(**ago)
    FailedAttempt.objects.update(at=back)
    AccessAttempt.objects.update(attempt_time=back)


def test_owner_hears_of_a_lock_out_once(client):
    user = make_member(user=make_user(email="zhou@example.cn")).user
    try_passwords(client, shown(user.phone), 4)
    assert OutboxMessage.objects.count() == 0
    assert try_passwords(client, shown(user.phone), 1).status_code == 429
    assert [(m.kind, m.channel, m.member.user) for m in delivered()] == [
        ("locked_out", channel, user) for channel in ("in_app", "sms", "email")
    ]
    try_passwords(client, shown(user.phone), 3)
    assert len(delivered()) == 3


def test_next_lock_out_is_told_again(client):
    user = make_member().user
    try_passwords(client, shown(user.phone), 6)
    later(minutes=16)
    try_passwords(client, shown(user.phone), 6)
    assert [m.kind for m in delivered() if m.channel == "in_app"] == ["locked_out"] * 2


def test_other_address_is_another_lock_out_and_the_twentieth_try_locks_the_day(client):
    user = make_member().user
    for n in range(5):
        try_passwords(client, shown(user.phone), 5, address=f"10.0.0.{n + 1}")
    bodies = [m.body for m in delivered() if m.channel == "in_app"]
    assert [("15 分钟" in body, "24 小时" in body) for body in bodies] == [(True, False)] * 3 + [(False, True)]


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "密码登录已暂停"), ("en", "Signing in by password pauses")])
def test_message_is_in_the_language_of_its_reader(client, language, word):
    user = make_member(user=make_user(language=language)).user
    try_passwords(client, shown(user.phone), 5)
    in_app, sms = delivered()
    with override(language):
        assert (local_text(in_app, "title"), sms.title) == (word, word)


def rows_and_answer(client, phone):
    before = OutboxMessage.objects.count(), FailedAttempt.objects.count()
    answer = try_passwords(client, phone, 5)
    written = OutboxMessage.objects.count() - before[0], FailedAttempt.objects.count() - before[1]
    return answer.status_code, list(answer.context["form"].errors["__all__"]), written


def test_guesser_learns_nothing_and_nobody_is_told_where_there_is_no_account(client, django_assert_num_queries):
    user = make_member().user
    known, unknown = rows_and_answer(client, shown(user.phone)), rows_and_answer(client, "13955555555")
    assert known == unknown
    assert {m.member.user for m in delivered()} == {user}


def test_account_without_a_member_is_told_outside_the_portal(client):
    user = make_user(role="admin", palace=make_palace())
    try_passwords(client, shown(user.phone), 5)
    assert [(m.channel, m.to, m.member) for m in delivered()] == [("sms", user.phone, None)]


def test_closed_account_is_told_nothing(client):
    user = make_member().user
    User.objects.update(is_active=False)
    try_passwords(client, shown(user.phone), 5)
    assert delivered() == []


def test_program_that_guesses_locks_and_tells_too(client):
    user = make_member().user
    for _ in range(5):
        client.post(reverse("api:tokens"), {"phone": user.phone, "password": "x"}, content_type="application/json")
    assert {m.kind for m in delivered()} == {"locked_out"}


def test_old_password_guessed_in_a_found_session_tells_at_the_twentieth_try(client):
    user = make_member().user
    client.force_login(user)
    for n in range(22):
        if n == 19:
            assert OutboxMessage.objects.count() == 0
        client.post(reverse("me_password"), {"old": "wrong", "password": "brand-new-words"})
    assert [m.kind for m in delivered() if m.channel == "in_app"] == ["locked_out"]


def test_wrong_codes_of_the_app_tell_that_the_password_is_known(client, settings):
    settings.SECOND_FACTOR = True
    user = make_member(user=make_user(role="desk", palace=make_palace())).user
    second_factor.TOTP.activate(user, second_factor.new_secret())
    client.post(reverse("sign_in"), {"phone": shown(user.phone), "password": PASSWORD})
    for _ in range(7):
        client.post(reverse("second_factor"), {"code": "000000"})
    assert [m.kind for m in delivered() if m.channel == "in_app"] == ["factor_locked_out"]


def test_owner_hears_of_a_reset_with_its_reason():
    user = make_member(user=make_user(role="desk", palace=make_palace())).user
    reset_second_factor(user=user, by=make_user(), reason="手机丢了")
    assert [(m.kind, "手机丢了" in m.body) for m in delivered()] == [("factor_reset", True)] * 2


# --- a role that is asked for --------------------------------------------------------------------


def asked_for(*, by, palace=None, union=None, user=None):
    role = "official_city" if union else "director"
    fields = {"user": user or make_user(name="林大为"), "role": role, "by": by, "reason": "新到任"}
    return request_role(palace=palace, union=union, **fields)


def test_everybody_who_may_decide_hears_of_a_role_that_is_asked_for():
    city = make_union(level="city")
    palace = make_palace(union=make_union(parent=city), name="东宫", name_en="East palace")
    admin = make_user(role="admin", palace=palace, name="孙伟")
    second = make_member(user=make_user(role="admin", palace=palace, email="second@example.cn")).user
    director = make_user(role="director", palace=palace, language="en")
    above = make_user(role="admin", union=city)
    make_user(role="desk", palace=palace), make_user(role="director", palace=make_palace())
    make_user(role="director", palace=palace, is_active=False)
    User.objects.create_superuser("13800000001", PASSWORD, name="装机员")
    row = asked_for(by=admin, palace=palace, user=make_user(role="director", palace=make_palace(), name="林大为"))
    written = delivered()
    to = {(m.channel, m.to or m.member.user.phone) for m in written}
    assert to == {
        ("in_app", second.phone), ("sms", second.phone), ("email", second.email), ("sms", director.phone), ("sms", above.phone),
    }  # fmt: skip
    bodies = {m.to: m.body for m in written if m.channel == "sms"}
    assert bodies[second.phone] == "孙伟申请给林大为一个角色：主任，东宫。理由：新到任。请到“角色”登记里批准或退回。"
    assert bodies[director.phone] == (
        "孙伟 asks for a role for 林大为: director, East palace. Reason: 新到任. Approve or refuse it in the register of roles."
    )
    assert {m.link for m in written} == {reverse("admin:accounts_roleassignment_change", args=[row.pk])}


def test_a_role_for_a_union_and_one_where_nobody_else_decides_go_to_the_installers():
    admin = make_user(role="admin", palace=make_palace())
    make_user(role="director", palace=admin.roles.get().palace, is_active=False)
    installer = User.objects.create_superuser("13800000001", PASSWORD, name="装机员")
    asked_for(by=admin, union=make_union(level="city"))
    asked_for(by=admin, palace=admin.roles.get().palace)
    assert [(m.kind, m.to) for m in delivered()] == [("role_requested", installer.phone)] * 2


def test_a_role_that_is_decided_already_is_not_told():
    palace = make_palace()
    director = make_user(role="director", palace=palace)
    approve_role(assignment=asked_for(by=make_user(role="admin", palace=palace), palace=palace), by=director)
    assert delivered() == []
