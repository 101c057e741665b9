"""Reminders at their boundaries: the evening before, two hours before, once, and never for what is off."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from bookings import reminders
from bookings.models import Booking
from bookings.reminders import remind
from bookings.services import book_slot, cancel_booking, move_booking
from palace.core import sweeps
from palace.notices.models import Message
from tests.core.test_outbox import in_parallel
from tests.factories import at, make_member, make_venue

DAY = date(2026, 11, 28)
EVE = DAY - timedelta(days=1)
DAY_BEFORE, HOURS_BEFORE = "booking_reminder_day", "booking_reminder_hours"
SECOND = timedelta(seconds=1)


def book(venue=None, hour=14, *, made=None, member=None, minute=0):
    member = member or make_member()
    since = at(DAY, hour, minute)
    venue = venue or make_venue(hours=(6, 22), policy={"grid_minutes": 30})
    return book_slot(
        unit=venue.units.first(),
        member=member,
        by=member.user,
        starts_at=since,
        ends_at=since + timedelta(hours=1),
        now=made or at(DAY, -48),
    )


def reminded(now: datetime) -> list[tuple[str, int]]:
    """Kinds and bookings of the reminders that a sweep at ``now`` wrote."""
    before = set(Message.objects.values_list("pk", flat=True))
    with time_machine.travel(now, tick=False):
        remind(None)
    fresh = Message.objects.exclude(pk__in=before).filter(channel="in_app").order_by("pk")
    return [(m.kind, m.subject_id) for m in fresh]


@pytest.mark.django_db
def test_remind_on_the_evening_before_from_seven_on():
    booking = book()
    assert reminded(at(EVE, 19) - SECOND) == []
    assert reminded(at(EVE, 19)) == [(DAY_BEFORE, booking.pk)]
    assert reminded(at(EVE, 19, 1)) == []


@pytest.mark.django_db
def test_remind_two_hours_before():
    booking = book()
    reminded(at(EVE, 19))
    assert reminded(at(DAY, 12) - SECOND) == []
    assert reminded(at(DAY, 12)) == [(HOURS_BEFORE, booking.pk)]
    assert reminded(at(DAY, 12, 1)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("now", "kinds"), [(at(DAY, 14) - SECOND, [HOURS_BEFORE]), (at(DAY, 14), [])])
def test_remind_until_the_start(now, kinds):
    """After an outage of a night and a morning: late, once, and only what is still of use."""
    book()
    assert [kind for kind, _pk in reminded(now)] == kinds


@pytest.mark.django_db
@pytest.mark.parametrize(("now", "kinds"), [(at(DAY, 12) - SECOND, [DAY_BEFORE]), (at(DAY, 12), [HOURS_BEFORE])])
def test_remind_late_of_the_day_until_the_other_takes_over(now, kinds):
    book()
    assert [kind for kind, _pk in reminded(now)] == kinds


@pytest.mark.django_db
@pytest.mark.parametrize(("made", "kinds"), [(at(EVE, 19) - SECOND, [DAY_BEFORE]), (at(EVE, 19), [])])
def test_remind_not_who_booked_after_that_evening(made, kinds):
    book(made=made)
    assert [kind for kind, _pk in reminded(at(EVE, 20))] == kinds


@pytest.mark.django_db
@pytest.mark.parametrize(("made", "kinds"), [(at(DAY, 12) - SECOND, [HOURS_BEFORE]), (at(DAY, 12), [])])
def test_remind_not_who_booked_within_the_two_hours(made, kinds):
    book(made=made)
    assert [kind for kind, _pk in reminded(at(DAY, 12, 30))] == kinds


@pytest.mark.django_db
def test_remind_only_of_tomorrow_on_the_evening_before():
    book(hour=6)
    assert reminded(at(EVE - timedelta(days=1), 20)) == []
    assert len(reminded(at(EVE, 21, 59))) == 1


@pytest.mark.django_db
def test_remind_of_the_day_waits_for_the_morning():
    """A worker that was down in the evening and comes back in the night wakes nobody, and still reminds once."""
    booking = book()
    nights = [at(EVE, 22), at(EVE, 23, 59), at(DAY, 0), at(DAY, 0, 49), at(DAY, 7) - SECOND]
    assert [reminded(now) for now in nights] == [[]] * 5
    assert Message.objects.filter(kind=DAY_BEFORE).count() == 0
    assert reminded(at(DAY, 7)) == [(DAY_BEFORE, booking.pk)]
    assert reminded(at(DAY, 7, 1)) == []
    assert sorted(Message.objects.filter(kind=DAY_BEFORE).values_list("channel", flat=True)) == ["in_app", "sms"]


@pytest.mark.django_db
def test_remind_of_what_begins_before_morning_in_the_portal_alone():
    booking = book(hour=6)
    assert [reminded(at(DAY, hour)) for hour in (0, 4, 7)] == [[], [(HOURS_BEFORE, booking.pk)], []]
    assert list(Message.objects.filter(kind=HOURS_BEFORE).values_list("channel", flat=True)) == ["in_app"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["cancelled", "pending", "used", "no_show"])
def test_remind_of_confirmed_bookings_only(status):
    booking = book()
    if status == "cancelled":
        cancel_booking(booking=booking, by=booking.member.user, now=at(EVE, 18))
    elif status == "pending":
        venue = make_venue(policy={"needs_approval": True})
        Booking.objects.filter(pk=booking.pk).update(status="used")
        book(venue)
    else:
        Booking.objects.filter(pk=booking.pk).update(status=status)
    assert (reminded(at(EVE, 19)), reminded(at(DAY, 12))) == ([], [])


@pytest.mark.django_db
def test_remind_once_more_of_a_booking_that_was_moved():
    booking = book()
    assert len(reminded(at(DAY, 12))) == 1
    move_booking(booking=booking, unit=booking.unit, starts_at=at(DAY, 18), by=booking.member.user, now=at(DAY, 12))
    assert reminded(at(DAY, 16)) == [(HOURS_BEFORE, booking.pk)]


@pytest.mark.django_db
def test_remind_nobody_without_account_and_still_the_others():
    venue = make_venue(hours=(6, 22))
    first = book(venue, hour=8)
    type(first.member).objects.filter(pk=first.member_id).update(user=None)
    second = book(venue, hour=14)
    assert reminded(at(EVE, 19)) == [(DAY_BEFORE, second.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "minute", "early", "morning"),
    [
        (6, 30, ["in_app"], ["in_app"]),
        (7, 0, ["in_app"], ["in_app"]),
        (7, 30, [], ["in_app", "sms"]),
        (8, 30, [], ["in_app", "sms"]),
        (9, 0, ["in_app", "sms"], ["in_app", "sms"]),
    ],
)
def test_remind_makes_no_noise_at_night(hour, minute, early, morning):
    """Two hours before 8:30 it is 6:30: that waits for seven. What begins by seven is told in the portal alone."""
    book(hour=hour, minute=minute)
    sent = Message.objects.filter(kind=HOURS_BEFORE).order_by("pk").values_list("channel", flat=True)
    for now, channels in ((at(DAY, hour - 2, minute), early), (at(DAY, 7), morning), (at(DAY, 7, 1), morning)):
        reminded(max(now, at(DAY, hour - 2, minute)))
        assert list(sent.all()) == channels


@pytest.mark.django_db
@pytest.mark.parametrize("now", [at(EVE, 22), at(EVE, 23, 59), at(DAY, 0), at(DAY, 6, 59)])
def test_morning_after(now):
    assert reminders.morning_after(now) == at(DAY, 7)


@pytest.mark.django_db
def test_remind_says_when_and_where():
    booking = book()
    reminded(at(EVE, 19))
    reminded(at(DAY, 12))
    texts = [(m.title, m.body, m.until) for m in Message.objects.filter(channel="in_app").order_by("pk")]
    assert texts == [
        (
            "别忘了：周六 11月28日 14:00–15:00",
            f"别忘了：周六 11月28日 14:00–15:00，羽毛球馆 1 号场，预约号 {booking.number}，免费。来不了，13:30 前退场不记爽约。",
            at(DAY, 14),
        ),
        (
            "快开场了：羽毛球馆 1 号场",
            f"周六 11月28日 14:00–15:00，羽毛球馆 1 号场，预约号 {booking.number}。到了报这个号。",
            at(DAY, 14),
        ),
    ]


@pytest.mark.django_db
def test_remind_in_portions(monkeypatch):
    monkeypatch.setattr("bookings.reminders.MOST_AT_ONCE", 2)
    venue = make_venue()
    bookings = [book(venue, hour=hour).pk for hour in (8, 9, 10)]
    now = at(EVE, 19)
    assert [[pk for _kind, pk in reminded(now + n * SECOND)] for n in range(3)] == [bookings[:2], bookings[2:], []]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_awaited_reads_bookings_with_one_query(count, django_assert_num_queries):
    venue = make_venue()
    for hour in range(8, 8 + count):
        book(venue, hour=hour)
    with django_assert_num_queries(2):
        found = list(reminders.day_before(at(EVE, 19)).with_people())
        assert len([(b.unit.venue.name, b.member.user.language, b.member.guardian) for b in found]) == count


def test_two_sweeps_at_once_remind_once(fresh_db):
    venue = make_venue()
    for hour in (8, 9, 10):
        book(venue, hour=hour)
    with time_machine.travel(at(EVE, 19), tick=False):
        in_parallel([lambda: sweeps.run_due()] * 3)
        in_parallel([lambda: remind(None)] * 3)  # even without the sweep's lock
    assert Message.objects.filter(channel="in_app", kind=DAY_BEFORE).count() == 3
