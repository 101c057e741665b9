"""Sending: at most once at a time, again for a day, and a dead provider holds up nobody else."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError

from palace.core import watchdog
from palace.notices import channels, sending, tasks
from palace.notices.errors import Refused, Unanswered, Unreachable
from palace.notices.models import Channel, Message
from palace.notices.standin import StandIn
from palace.notices.texts import sms_template
from tests.core.test_outbox import in_parallel
from tests.factories import make_member
from tests.notices.test_services import tell
from tests.notices.test_sms import serving, standing_in

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_pause():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def sent(monkeypatch):
    """An SMS channel that notes what it sends; ``sent.error`` is raised instead when set."""

    class Sent(list):
        error = None

    sent = Sent()

    def send(message):
        if sent.error:
            raise sent.error
        sent.append(message.pk)

    monkeypatch.setitem(channels.SENDERS, Channel.SMS, send)
    return sent


def waiting(**fields):
    now = timezone.now()
    common = {"channel": "sms", "kind": "member_verified", "to": "+8613900001234", "next_try_at": now}
    message = Message.objects.create(**common | {k: v for k, v in fields.items() if k != "age"})
    Message.objects.filter(pk=message.pk).update(created_at=now - fields.get("age", timedelta()))
    return message


def state(message):
    message.refresh_from_db()
    return message.state, message.tries, message.error


def wait_of(message):
    message.refresh_from_db()
    return round((message.next_try_at - timezone.now()) / MINUTE)


@pytest.mark.django_db
def test_send_waiting_sends_what_is_due_oldest_first(sent):
    now = timezone.now()
    second, first = waiting(), waiting(next_try_at=now - MINUTE)
    waiting(next_try_at=now + MINUTE)
    waiting(channel="in_app", state="sent")
    assert sending.send_waiting("sms") == 2
    assert sent == [first.pk, second.pk]
    assert state(first) == ("sent", 1, "")
    assert sending.send_waiting("sms") == 0


@pytest.mark.django_db
def test_send_waiting_stops_at_its_limit(sent):
    for _n in range(3):
        waiting()
    assert [sending.send_waiting("sms", most=2), sending.send_waiting("sms", most=2)] == [2, 1]


@pytest.mark.django_db
def test_send_waiting_leaves_a_dead_provider_alone(sent):
    """The first message finds out; the second is not tried, and nothing is until the pause is over."""
    sent.error = Unreachable("timed out")
    first, second = waiting(), waiting()
    assert sending.send_waiting("sms") == 0
    assert state(first) == ("waiting", 1, "Unreachable: timed out")
    assert state(second) == ("waiting", 0, "")
    sent.error = None
    assert sending.send_waiting("sms") == 0
    cache.clear()
    assert sending.send_waiting("sms") == 1
    assert sent == [second.pk]


@pytest.mark.django_db
def test_send_waiting_goes_on_after_a_refusal(sent, monkeypatch):
    refused, good = waiting(), waiting()
    usual = channels.SENDERS[Channel.SMS]

    def send(message):
        if message.pk == refused.pk:
            raise Refused("isv.BUSINESS_LIMIT_CONTROL: limit", hopeless=False)
        usual(message)

    monkeypatch.setitem(channels.SENDERS, Channel.SMS, send)
    assert sending.send_waiting("sms") == 1
    assert sent == [good.pk]
    assert state(refused) == ("waiting", 1, "Refused: isv.BUSINESS_LIMIT_CONTROL: limit")


@pytest.mark.django_db
def test_send_waiting_goes_on_after_a_message_that_breaks_its_sender(sent, monkeypatch):
    broken = waiting()
    monkeypatch.setitem(channels.SENDERS, Channel.SMS, lambda message: message.params["template"])
    assert sending.send_waiting("sms") == 0
    assert state(broken) == ("waiting", 1, "NotSent: KeyError: 'template'")


@pytest.mark.django_db
def test_send_waiting_gives_up_at_once_what_is_hopeless(sent):
    sent.error = Refused("isv.MOBILE_NUMBER_ILLEGAL: no", hopeless=True)
    message = waiting()
    sending.send_waiting("sms")
    assert state(message) == ("failed", 1, "Refused: isv.MOBILE_NUMBER_ILLEGAL: no")


@pytest.mark.django_db
def test_send_waiting_tries_for_a_day(sent):
    sent.error = Unreachable("timed out")
    message, waits = waiting(), []
    for tries in range(7):
        Message.objects.filter(pk=message.pk).update(tries=tries, next_try_at=timezone.now())
        sending.send_waiting("sms")
        cache.clear()
        waits.append(wait_of(message))
    assert waits == [1, 5, 15, 30, 60, 60, 60]


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "expected"), [(24 * HOUR - 10 * SECOND, "sent"), (24 * HOUR, "failed")])
def test_send_waiting_ends_after_a_day(sent, age, expected):
    message = waiting(age=age)
    sending.send_waiting("sms")
    assert state(message)[0] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "expected"), [(10 * SECOND, "sent"), (-SECOND, "failed")])
def test_send_waiting_sends_nothing_that_is_of_no_use(sent, left, expected):
    message = waiting(until=timezone.now() + left)
    sending.send_waiting("sms")
    assert state(message)[0] == expected


@pytest.mark.django_db
def test_send_waiting_gives_up_where_the_next_try_would_be_too_late(sent):
    sent.error = Unreachable("timed out")
    message = waiting(until=timezone.now() + 50 * SECOND)
    sending.send_waiting("sms")
    assert state(message) == ("failed", 1, "Unreachable: timed out")


def test_send_waiting_by_four_workers_sends_each_once(fresh_db, monkeypatch):
    sent, lock = [], threading.Lock()

    def send(message):
        with lock:
            sent.append(message.pk)

    monkeypatch.setitem(channels.SENDERS, Channel.SMS, send)
    rows = [waiting().pk for _n in range(40)]
    counts = in_parallel([lambda: sending.send_waiting("sms")] * 4)
    assert (sorted(sent), sum(counts)) == (rows, 40)


@pytest.mark.django_db
def test_claim_gives_back_what_a_dead_worker_held_and_says_that_it_may_be_out(sent):
    message = waiting()
    assert sending.claim("sms") == (message, False)
    assert sending.claim("sms") is None
    again(message)
    assert sending.claim("sms") == (message, True)


@pytest.mark.django_db
def test_a_worker_that_was_held_up_longer_than_it_may_hold_a_message_leaves_it_alone(sent, monkeypatch):
    monkeypatch.setattr(channels, "is_out", lambda message: message.pk in sent)
    waiting()
    held, in_doubt = sending.claim("sms")
    again(held)
    assert sending.send_waiting("sms") == 1
    held.next_try_at = timezone.now()  # its lease has just ended
    assert (sending.attempt(held, in_doubt), sent) == (False, [held.pk])
    assert state(held)[0] == "sent"


# --- an unknown outcome ---------------------------------------------------------------------------


def again(message):
    """The lease, the pause of the channel and the wait until the next try are over."""
    cache.clear()
    Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now() - SECOND)


class LosingAnswers(StandIn):
    """Breaks off instead of answering SendSms; ``takes`` the message before, or not."""

    takes = True

    def send(self, query):
        if self.takes:
            super().send(query)
        raise ConnectionAbortedError

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def losing(settings):
    with serving(LosingAnswers(0, key_id="demo", secret="demo")) as provider:
        settings.SMS_ENDPOINT = provider.address
        yield provider


def to_send():
    template = sms_template("member_verified", "zh-hans")
    return waiting(params={"template": template.code, "values": {}})


@pytest.mark.django_db
@pytest.mark.parametrize("takes", [True, False])
def test_an_answer_that_was_lost_is_asked_for(losing, settings, takes):
    """However it was, the message is out exactly once, and the doubt is seen meanwhile."""
    losing.takes = takes
    message = to_send()
    assert sending.send_waiting("sms") == 0
    assert state(message)[:2] == ("sending", 1)
    assert state(message)[2].startswith("Unanswered: RemoteDisconnected")
    assert len(losing.messages) == takes
    with standing_in(settings) as well:
        well.messages.extend(losing.messages)
        again(message)
        assert sending.send_waiting("sms") == 1
        assert (state(message), len(well.messages)) == (("sent", 2, ""), 1)


@pytest.mark.django_db
def test_without_asking_a_lost_answer_would_send_twice(losing, settings, monkeypatch):
    """The negative control of the test above."""
    monkeypatch.setattr(channels, "is_out", lambda message: False)
    message = to_send()
    sending.send_waiting("sms")
    with standing_in(settings) as well:
        well.messages.extend(losing.messages)
        again(message)
        sending.send_waiting("sms")
        assert len(well.messages) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trouble", "tried"),
    [
        (Unanswered("timed out"), "Unanswered: timed out"),
        (Refused("isv.RAM_PERMISSION_DENY", hopeless=True), "Refused: isv.RAM_PERMISSION_DENY"),
    ],
)
def test_a_message_in_doubt_waits_until_the_provider_can_be_asked(sent, monkeypatch, trouble, tried):
    def cannot_say(message):
        raise trouble

    message = waiting(state="sending")
    monkeypatch.setattr(channels, "is_out", cannot_say)
    assert sending.send_waiting("sms") == 0
    assert (state(message), sent) == (("sending", 1, tried), [])
    monkeypatch.setattr(channels, "is_out", lambda message: False)
    again(message)
    assert sending.send_waiting("sms") == 1
    assert (state(message), sent) == (("sent", 2, ""), [message.pk])


@pytest.mark.django_db
@pytest.mark.parametrize(("out", "expected"), [(True, "sent"), (False, "failed")])
def test_a_message_in_doubt_is_asked_for_also_when_it_is_too_late_to_send(sent, monkeypatch, out, expected):
    monkeypatch.setattr(channels, "is_out", lambda message: out)
    message = waiting(state="sending", age=25 * HOUR)
    sending.send_waiting("sms")
    assert (state(message)[0], sent) == (expected, [])


@pytest.mark.django_db
def test_nobody_is_asked_after_a_try_that_surely_failed(sent, monkeypatch):
    monkeypatch.setattr(channels, "is_out", lambda message: pytest.fail("was asked"))
    sent.error = Unreachable("refused")
    message = waiting()
    sending.send_waiting("sms")
    assert state(message)[0] == "waiting"
    sent.error = None
    again(message)
    assert sending.send_waiting("sms") == 1


@pytest.mark.django_db
def test_an_email_in_doubt_goes_out_again_under_the_same_message_id(settings):
    settings.SITE_URL = "https://palace.example.org"
    message = waiting(channel="email", to="zhou@example.org", title="a", body="b")
    sending.send_waiting("email")
    Message.objects.filter(pk=message.pk).update(state="sending", next_try_at=timezone.now())
    waiting(channel="email", to="zhou@example.org", title="a", body="b")
    assert sending.send_waiting("email") == 2
    first, copy, other = (letter.message()["Message-ID"] for letter in mail.outbox)
    assert first == copy != other
    assert first.endswith("@palace.example.org>")


# --- e-mail ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_send_email_carries_the_link(settings):
    settings.SITE_URL = "https://palace.example.org"
    waiting(channel="email", to="zhou@example.org", title="订好了", body="周六见。", link="/bookings/7/")
    assert sending.send_waiting("email") == 1
    letter = mail.outbox[0]
    text = "周六见。\n\nhttps://palace.example.org/bookings/7/"
    assert (letter.subject, letter.body, letter.to) == ("订好了", text, ["zhou@example.org"])


@pytest.mark.django_db
def test_send_email_without_a_server_waits(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = waiting(channel="email", to="zhou@example.org", title="a", body="b")
    assert sending.send_waiting("email") == 0
    assert state(message)[:2] == ("waiting", 1)
    assert state(message)[2].startswith("Unreachable: ConnectionRefusedError")


@pytest.mark.django_db
def test_a_title_with_a_line_break_does_not_stop_the_others(sent):
    """A name from outside cannot smuggle a header in: Django refuses it, the message alone fails."""
    bad = waiting(channel="email", to="a@example.org", title="a\nBcc: b@example.org", body="b")
    waiting(channel="email", to="c@example.org", title="a", body="b")
    assert sending.send_waiting("email") == 1
    assert state(bad)[2].startswith("NotSent: BadHeaderError")


# --- around it ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_watchdog_sees_messages_that_are_held_up():
    waiting(age=5 * MINUTE, error="Unreachable: timed out")
    assert watchdog.late_minutes() == 5


@pytest.mark.django_db
def test_the_watchdog_does_not_mind_a_refused_number():
    waiting(age=5 * MINUTE, error="Refused: isv.BUSINESS_LIMIT_CONTROL: limit")
    assert watchdog.late_minutes() == 0


def test_notify_survives_a_dead_queue(fresh_db, monkeypatch):
    def gone(*arguments):
        raise OperationalError("gone")

    monkeypatch.setattr("palace.core.tasks.send", gone)
    tell(make_member())
    assert Message.objects.filter(state="waiting").count() == 1


@pytest.mark.django_db(transaction=False)
def test_notify_asks_for_sending_after_the_commit(monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr("palace.core.tasks.send", lambda task: asked.append(task.name))
    with django_capture_on_commit_callbacks(execute=True):
        tell(make_member())
        tell(make_member(), outside=False)
    assert asked == [tasks.send_messages.name]
