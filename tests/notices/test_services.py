"""Who is told, over which channels, in which language, and only once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from palace.core import outbox
from palace.core.models import OutboxMessage
from palace.core.wording import local_text
from palace.notices.models import Message
from palace.notices.services import mark_read, notify
from tests.factories import make_member, make_palace, make_user

pytestmark = pytest.mark.django_db


def tell(member, **options):
    return notify(kind="member_refused", member=member, facts=lambda: {"reason": "卡号不对"}, **options)


def rows():
    return [(m.channel, m.to, m.state) for m in Message.objects.order_by("pk")]


def test_notify_uses_every_channel_that_the_person_gave():
    user = make_user(email="zhou@example.org")
    tell(make_member(user=user))
    assert rows() == [("in_app", "", "sent"), ("sms", user.phone, "waiting"), ("email", "zhou@example.org", "waiting")]


def test_notify_without_phone_and_email_is_read_in_the_portal():
    user = make_user()
    user.phone = None
    user.save()
    tell(make_member(user=user))
    assert rows() == [("in_app", "", "sent")]


def test_notify_in_a_house_without_sms_waits_for_none(settings):
    settings.SMS_ENDPOINT = ""
    tell(make_member())
    assert rows() == [("in_app", "", "sent")]


def test_notify_not_outside_stays_in_the_portal():
    tell(make_member(), outside=False)
    assert rows() == [("in_app", "", "sent")]


def test_notify_of_a_dependant_tells_the_guardian():
    guardian = make_member()
    child = type(guardian).objects.create(name="周小小", guardian=guardian)
    tell(child)
    assert set(Message.objects.values_list("member", flat=True)) == {guardian.pk}


def test_notify_of_a_person_without_account_tells_nobody():
    member = make_member()
    type(member).objects.filter(pk=member.pk).update(user=None)
    member.refresh_from_db()
    assert (tell(member), rows()) == ([], [])


def test_notify_of_a_closed_account_tells_nobody():
    assert tell(make_member(user=make_user(is_active=False))) == []


@pytest.mark.parametrize(
    ("language", "title", "body", "template"),
    [
        (
            "zh-hans",
            "会员身份还没核实",
            "你的会员身份没核实成。原因：卡号不对。到“我的”里改好，或者带会员证到前台办。",
            "SMS_480000012",
        ),
        (
            "en",
            "Not verified yet",
            "Your membership could not be verified. Reason: 卡号不对. Correct it on your own page, or bring your member card "
            "to the desk.",
            "SMS_481000012",
        ),
    ],
)
def test_notify_speaks_the_language_of_the_reader(language, title, body, template):
    tell(make_member(user=make_user(language=language)))
    in_app, sms = Message.objects.order_by("pk")
    with override(language):
        read = (local_text(in_app, "title"), local_text(in_app, "body"))
    assert (read, (sms.title, sms.body)) == ((title, body), (title, body))
    assert sms.params == {"template": template, "values": {"reason": "卡号不对"}}


def test_notify_once_for_an_outbox_row():
    member, row = make_member(), outbox.put("test", {})
    for _time in range(2):
        tell(member, outbox=row)
    assert len(rows()) == 2


def test_notify_once_for_what_it_is_about():
    member, until = make_member(), timezone.now() + timedelta(hours=1)
    for moment in (until, until, until + timedelta(hours=1)):
        tell(member, subject_id=7, until=moment)
    assert len(rows()) == 4


def test_notify_shortens_what_the_provider_would_refuse():
    notify(kind="member_refused", member=make_member(), facts=lambda: {"reason": "长" * 50})
    in_app, sms = Message.objects.order_by("pk")
    assert sms.params["values"] == {"reason": "长" * 35}
    assert "长" * 50 in in_app.body


def test_mark_read_marks_only_ones_own():
    mine, other = make_member(), make_member()
    for member in (mine, mine, other):
        tell(member, outside=False)
    first = Message.objects.order_by("pk").first()
    theirs = Message.objects.get(member=other)
    assert mark_read(by=mine.user, message_id=theirs.pk) == 0
    assert mark_read(by=mine.user, message_id=first.pk) == 1
    assert mark_read(by=mine.user) == 1
    assert list(Message.objects.unread()) == [theirs]


# --- topics of membership -------------------------------------------------------------------------


def deliver(topic, member):
    row = outbox.put(topic, {"member": member.pk}, palace=make_palace())
    assert outbox.deliver(row.pk), OutboxMessage.objects.get(pk=row.pk).error
    return [(m.kind, m.title) for m in Message.objects.filter(channel="in_app").order_by("pk")]


def test_member_verified_is_told():
    assert deliver("member_verified", make_member()) == [("member_verified", "会员核实好了")]


def test_member_refused_is_told_with_the_reason():
    member = make_member(verified=False, state="rejected", refusal="卡号不对")
    assert deliver("member_refused", member) == [("member_refused", "会员身份还没核实")]
    assert "原因：卡号不对。" in Message.objects.get(channel="in_app").body


def test_member_news_that_is_no_longer_true_is_not_told():
    assert deliver("member_refused", make_member()) == []
    assert deliver("member_verified", make_member(verified=False)) == []
