"""Booking: every rule at its boundary on both sides, every refusal changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bookings.models import Booking
from bookings.services import book_slot, cancel_booking, check_in, move_booking, place_booking, refund, take_payment
from palace.accounts.models import HardshipFile
from palace.core.models import AuditEntry, LedgerEntry, OutboxMessage
from venues.models import (
    CalendarDay,
    Closure,
    Occupancy,
    OpeningException,
    Policy,
    Space,
    TariffDiscount,
    TariffLine,
    Unit,
    Visit,
)
from venues.services import close, preview_closure

from ..factories import at, make_member, make_user, make_venue, tomorrow

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 10)  # a Wednesday
NOW = at(DAY, 9)


def book(unit, member, hour=10, minute=0, *, day=DAY, minutes=60, **options):
    since = at(day, hour, minute)
    options = {"by": member.user, "now": NOW} | options
    return book_slot(unit=unit, member=member, starts_at=since, ends_at=since + timedelta(minutes=minutes), **options)


def refusal(unit, member, *args, **options) -> str:
    before = (Booking.objects.count(), Occupancy.objects.count(), OutboxMessage.objects.count())
    with pytest.raises(ValidationError) as refused:
        book(unit, member, *args, **options)
    assert (Booking.objects.count(), Occupancy.objects.count(), OutboxMessage.objects.count()) == before
    assert refused.value.messages[0]
    return refused.value.code


def test_book_slot_makes_booking_places_message_and_audit():
    venue = make_venue(prices=[(12, 22, 1500)])
    unit, member = venue.units.first(), make_member()
    booking = book(unit, member, 14)
    assert (booking.status, booking.price_fen, booking.party_size, booking.cancel_before, len(booking.number)) == (
        "confirmed",
        1500,
        1,
        at(DAY, 13, 30),
        8,
    )
    held = Occupancy.objects.holding().get()
    assert (held.kind, held.holder_id, held.starts_at, held.ends_at) == (
        "booking",
        booking.pk,
        at(DAY, 14),
        at(DAY, 15),
    )
    assert OutboxMessage.objects.get().payload == {"booking": booking.pk}
    assert AuditEntry.objects.get(table_name="bookings_booking").actor_id == member.user_id


def test_book_slot_takes_one_round_trip_once_rules_are_known():
    unit, member = make_venue().units.first(), make_member()
    book(unit, member, 10)
    member.hardship = False
    with CaptureQueriesContext(
        connection,
    ) as queries:
        place_booking(
            palace_id=unit.palace_id,
            unit_id=unit.pk,
            member=member,
            starts_at=at(DAY, 11),
            ends_at=at(DAY, 12),
            by=member.user,
            party_size=1,
            source="api",
            now=NOW,
        )
    assert [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]] == [queries[1]["sql"]]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ((8, 0), "past"),
        ((9, 0), "past"),
        ((10, 30), "off_grid"),
        ((22, 0), "outside_hours"),
        ((7, 0), "past"),
        ((23, 0), "outside_hours"),
    ],
)
def test_book_slot_refuses_time(start, code):
    assert refusal(make_venue().units.first(), make_member(), *start) == code


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(0, "too_short"), (-60, "past"), (59, "too_short"), (90, "bad_length"), (180, "too_long"), (1500, "too_long")],
)
def test_book_slot_refuses_length(minutes, code):
    unit = make_venue().units.first()
    assert refusal(unit, make_member(), 10, minutes=minutes) in {code, "too_short", "past"}
    assert refusal(unit, make_member(), 10, minutes=minutes) == ("past" if minutes == -60 else code)


def test_book_slot_last_hour_fits_and_crossing_closing_time_does_not():
    unit, member = make_venue().units.first(), make_member()
    assert book(unit, member, 20, minutes=120).ends_at == at(DAY, 22)
    assert refusal(unit, member, 21, minutes=120) == "outside_hours"


def test_book_slot_after_midnight_belongs_to_the_evening_before():
    unit, member = make_venue(hours=(18, 26)).units.first(), make_member()
    assert book(unit, member, 25).starts_at == datetime(2027, 3, 10, 17, tzinfo=UTC)
    assert refusal(unit, member, 26) == "outside_hours"


def test_book_slot_follows_the_policy_in_force_at_the_start():
    venue = make_venue()
    unit, member = venue.units.first(), make_member()
    Policy.objects.create(
        palace=venue.palace,
        venue=venue,
        first_day=DAY + timedelta(days=1),
        grid_minutes=90,
        min_minutes=90,
        max_minutes=90,
        opens_at="00:00",
        horizon_days=30,
    )
    assert book(unit, member, 10).ends_at == at(DAY, 11)
    assert refusal(unit, member, 8, day=DAY + timedelta(days=1)) == "too_short"
    assert book(unit, member, 9, 30, day=DAY + timedelta(days=1), minutes=90).policy.grid_minutes == 90


def test_book_slot_horizon_opens_at_its_second():
    venue = make_venue(policy={"horizon_days": 3, "opens_at": "09:00"})
    unit, member = venue.units.first(), make_member()
    target = DAY + timedelta(days=3)
    assert refusal(unit, member, 10, day=target, now=NOW - timedelta(seconds=1)) == "too_early"
    assert book(unit, member, 10, day=target, now=NOW).status == "confirmed"
    assert refusal(unit, member, 10, day=target + timedelta(days=1), now=NOW) == "too_early"


def test_book_slot_on_leap_day():
    leap = date(2028, 2, 29)
    booking = book(make_venue().units.first(), make_member(), 10, day=leap, now=at(leap, 8))
    assert booking.starts_at == at(leap, 10)


def test_book_slot_on_swapped_working_saturday_pays_the_workday_price():
    saturday = date(2027, 3, 13)
    venue = make_venue()
    tariff = venue.tariffs.get()
    for days, fen in (("weekend", 3000), ("workday", 1000)):
        TariffLine.objects.create(
            tariff=tariff, audience="anyone", days=days, from_time="08:00", to_time="22:00", price_fen=fen
        )
    unit, member = venue.units.first(), make_member()
    assert book(unit, member, 10, day=saturday).price_fen == 3000
    CalendarDay.objects.create(day=saturday, counts_as=0, name="调休上班")
    assert book(unit, member, 11, day=saturday).price_fen == 1000


def test_book_slot_on_dated_exception():
    venue = make_venue()
    unit, member = venue.units.first(), make_member()
    OpeningException.objects.create(
        palace=venue.palace, venue=venue, day=DAY, opens_at="12:00", closes_at="14:00", reason="停电"
    )
    assert refusal(unit, member, 11) == "outside_hours"
    assert book(unit, member, 13).starts_at == at(DAY, 13)


@pytest.mark.parametrize(("persons", "code"), [(0, "party_too_small"), (-1, "party_too_small"), (7, "party_too_large")])
def test_book_slot_refuses_party(persons, code):
    assert refusal(make_venue().units.first(), make_member(), party_size=persons) == code


def test_book_slot_party_fills_the_unit():
    assert book(make_venue().units.first(), make_member(), party_size=6).party_size == 6


def test_book_slot_is_for_verified_members_where_the_policy_says_so():
    venue = make_venue()
    unit = venue.units.first()
    assert refusal(unit, make_member(verified=False)) == "audience"
    Policy.objects.update(audience="registered")
    assert book(unit, make_member(verified=False)).status == "confirmed"


def test_book_slot_for_another_is_refused_and_for_a_dependant_not():
    venue = make_venue()
    unit, guardian = venue.units.first(), make_member()
    child = make_member(user=make_user(), guardian=guardian)
    assert refusal(unit, make_member(), by=guardian.user) == "not_allowed"
    assert book(unit, child, by=guardian.user).member == child


def test_book_slot_staff_of_another_palace_may_not_book_for_members():
    unit = make_venue().units.first()
    stranger = make_user(role="desk", palace=make_venue().palace)
    colleague = make_user(role="desk", palace=unit.palace)
    assert refusal(unit, make_member(), by=stranger, source="desk") == "not_allowed"
    assert book(unit, make_member(), by=colleague, source="desk").booked_by == colleague


def test_book_slot_taken():
    unit = make_venue().units.first()
    book(unit, make_member())
    assert refusal(unit, make_member()) == "taken"


def test_book_slot_waits_for_approval_where_the_policy_says_so_and_holds_meanwhile():
    unit = make_venue(policy={"needs_approval": True}).units.first()
    assert book(unit, make_member()).status == "pending"
    assert refusal(unit, make_member()) == "taken"


def test_book_slot_buffer_follows_the_use_and_may_pass_closing_time():
    unit = make_venue(policy={"buffer_minutes": 30}).units.first()
    booking = book(unit, make_member(), 21)
    assert (booking.ends_at, Occupancy.objects.get().ends_at) == (at(DAY, 22), at(DAY, 22, 30))
    book(unit, make_member(), 18)
    assert refusal(unit, make_member(), 19) == "taken"


def test_book_slot_key_answers_alike_and_refuses_another_body():
    unit, member = make_venue().units.first(), make_member()
    first = book(unit, member, key="k1")
    assert book(unit, member, key="k1") == first
    assert book(unit, member, key="k1", now=NOW + timedelta(days=2)) == first
    assert refusal(unit, member, 12, key="k1") == "key_reused"
    assert refusal(unit, member, key="k2") == "taken"
    assert book(unit, member, 12, key="k2").starts_at == at(DAY, 12)


def test_book_slot_retries_under_rules_that_changed_meanwhile():
    venue = make_venue()
    unit, member = venue.units.first(), make_member()
    book(unit, member, 10)
    Policy.objects.update(max_minutes=60)
    assert refusal(unit, member, 11, minutes=120) == "too_long"
    Policy.objects.update(max_minutes=240)
    assert book(unit, member, 11, minutes=240).ends_at == at(DAY, 15)


def test_price_bands_discount_and_rounding():
    venue = make_venue()
    tariff = venue.tariffs.get()
    lines = [("members", "08:00", "12:00", 0), ("members", "12:00", "18:00", 1500), ("members", "18:00", "00:00", 2525)]
    for audience, since, until, fen in lines:
        TariffLine.objects.create(tariff=tariff, audience=audience, from_time=since, to_time=until, price_fen=fen)
    TariffDiscount.objects.create(tariff=tariff, category="model_worker", percent=50)
    TariffDiscount.objects.create(tariff=tariff, category="hardship", percent=0)
    Policy.objects.update(audience="registered", grid_minutes=60)
    units = list(venue.units.all())
    assert book(units[0], make_member(), 10).price_fen == 0
    assert book(units[0], make_member(), 11, minutes=120).price_fen == 1500
    assert book(units[1], make_member(category="model_worker"), 18).price_fen == 1263  # 12.625 yuan, half up
    poor = make_member()
    HardshipFile.objects.create(member=poor, first_day=date(2020, 1, 1), last_day=date(2030, 1, 1))
    assert book(units[2], poor, 18).price_fen == 0
    assert book(units[3], make_member(verified=False), 18).price_fen == 4000


def test_price_of_shared_unit_counts_heads():
    venue = make_venue(shared=True, places=10, prices=[(8, 22, 500)])
    assert book(venue.units.get(), make_member(), party_size=3).price_fen == 1500


def test_cancel_booking_frees_the_place_until_the_notice():
    unit, member = make_venue().units.first(), make_member()
    booking = book(unit, member, 10)
    with pytest.raises(ValidationError) as refused:
        cancel_booking(booking=booking, by=member.user, now=at(DAY, 9, 30))
    assert refused.value.code == "too_late"
    cancel_booking(booking=booking, by=member.user, now=at(DAY, 9, 30) - timedelta(seconds=1))
    assert Occupancy.objects.holding().count() == 0
    assert book(unit, make_member(), 10).status == "confirmed"
    with pytest.raises(ValidationError) as again:
        cancel_booking(booking=booking, by=member.user, now=NOW)
    assert again.value.code == "not_active"


def test_request_is_taken_back_until_it_begins_as_long_as_nobody_agreed():
    unit, member = (
        make_venue(policy={"needs_approval": True, "cancel_notice_minutes": 600}).units.first(),
        make_member(),
    )
    asked, agreed = book(unit, member, 10), book(unit, member, 14)
    Booking.objects.filter(pk=agreed.pk).update(status="confirmed")
    cancel_booking(booking=asked, by=member.user, now=at(DAY, 9, 59))
    with pytest.raises(ValidationError) as refused:
        cancel_booking(booking=agreed, by=member.user, now=at(DAY, 9, 59))
    assert refused.value.code == "too_late"
    asked.refresh_from_db()
    assert asked.status == "cancelled"
    late = book(unit, member, 11)
    with pytest.raises(ValidationError) as over:
        cancel_booking(booking=late, by=member.user, now=at(DAY, 11))
    assert over.value.code == "too_late"


def test_cancel_booking_by_staff_needs_a_reason_and_no_notice():
    unit, member, staff = make_venue().units.first(), make_member(), make_user()
    booking = book(unit, member, 10)
    with pytest.raises(ValidationError) as refused:
        cancel_booking(booking=booking, by=staff, by_staff=True, reason="  ", now=at(DAY, 9, 59))
    assert refused.value.code == "reason_required"
    assert cancel_booking(booking=booking, by=staff, by_staff=True, reason="漏水", now=at(DAY, 9, 59)).reason == "漏水"


def test_move_booking_onto_overlapping_time_keeps_the_first_until_the_second_is_sure():
    venue = make_venue()
    first, second = venue.units.all()[:2]
    member = make_member()
    booking = book(first, member, 10, minutes=120)
    move_booking(booking=booking, unit=first, starts_at=at(DAY, 11), by=member.user, now=NOW)
    booking.refresh_from_db()
    assert (booking.starts_at, booking.ends_at, Occupancy.objects.holding().get().starts_at) == (
        at(DAY, 11),
        at(DAY, 13),
        at(DAY, 11),
    )
    book(second, make_member(), 15)
    with pytest.raises(ValidationError):
        move_booking(booking=booking, unit=second, starts_at=at(DAY, 14), by=member.user, now=NOW)
    assert Occupancy.objects.holding().get(holder_id=booking.pk).starts_at == at(DAY, 11)


def test_move_booking_stays_in_its_venue():
    booking = book(make_venue().units.first(), make_member(), 10)
    other = make_venue(palace=booking.unit.palace, name="球馆二").units.first()
    with pytest.raises(ValidationError) as refused:
        move_booking(booking=booking, unit=other, starts_at=at(DAY, 11), by=booking.member.user, now=NOW)
    assert refused.value.code == "other_venue"


def test_move_booking_to_a_cheaper_time_waits_until_the_difference_is_given_back():
    booking = book(make_venue(prices=[(8, 12, 1500), (12, 22, 1000)]).units.first(), make_member(), 10)
    staff = make_user()
    take_payment(booking=booking, by=staff, amount_fen=1500, account="cash", receipt_number="R1")
    move = {"booking": booking, "unit": booking.unit, "starts_at": at(DAY, 14), "by": booking.member.user, "now": NOW}
    with pytest.raises(ValidationError) as refused:
        move_booking(**move)
    assert (refused.value.code, refused.value.params) == ("paid_more", {"back": "5 元"})
    refund(booking=booking, by=staff, amount_fen=500, account="cash", receipt_number="R2", reason="改时间")
    assert move_booking(**move).price_fen == 1000


def test_move_booking_to_another_space_locks_both_before_any_row():
    venue = make_venue()
    there = venue.units.first()
    annex = Space.objects.create(palace=venue.palace, venue=venue, name="加厅", places=1)
    here = Unit.objects.create(palace=venue.palace, venue=venue, space=annex, name="7 号场", label="7", first_place=1)
    booking = book(here, make_member(), 10)
    assert there.space_id < annex.pk
    with CaptureQueriesContext(connection) as queries:
        move_booking(booking=booking, unit=there, starts_at=at(DAY, 11), by=booking.member.user, now=NOW)
    first = next(q["sql"] for q in queries if "lock_spaces" in q["sql"] or "FOR UPDATE" in q["sql"])
    assert f"{there.space_id}, {annex.pk}" in first or f"{there.space_id},{annex.pk}" in first


def test_check_in_opens_early_minutes_before_and_counts_one_visit():
    booking = book(make_venue().units.first(), make_member(), 10, party_size=3)
    staff = make_user()
    with pytest.raises(ValidationError) as refused:
        check_in(booking=booking, by=staff, now=at(DAY, 9, 50) - timedelta(seconds=1))
    assert refused.value.code == "too_early_to_check_in"
    check_in(booking=booking, by=staff, now=at(DAY, 9, 50))
    check_in(booking=booking, by=staff, now=at(DAY, 9, 51))
    assert [(v.persons, v.source_id) for v in Visit.objects.all()] == [(3, booking.pk)]


def test_payment_and_refund_balance_and_stay_within_price():
    booking = book(make_venue(prices=[(8, 22, 1500)]).units.first(), make_member())
    staff = make_user()
    for amount in (0, -1, 1501):
        with pytest.raises(ValidationError) as refused:
            take_payment(booking=booking, by=staff, amount_fen=amount, account="cash", receipt_number="R1")
        assert refused.value.code == "wrong_amount"
    take_payment(booking=booking, by=staff, amount_fen=1500, account="cash", receipt_number="R1")
    with pytest.raises(ValidationError):
        refund(booking=booking, by=staff, amount_fen=100, account="cash", receipt_number="R1", reason="多收")
    refund(booking=booking, by=staff, amount_fen=500, account="cash", receipt_number="R2", reason="多收")
    booking.refresh_from_db()
    assert booking.paid_fen == 1000
    assert sum(LedgerEntry.objects.values_list("amount_fen", flat=True)) == 0


def test_closure_previews_and_releases_bookings():
    venue = make_venue()
    unit, member = venue.units.first(), make_member(name="赵小兰")
    booking = book(unit, member, 10, now=None, day=tomorrow())
    closure = Closure(
        palace=venue.palace, venue=venue, starts_at=at(tomorrow(), 9), ends_at=at(tomorrow(), 12), reason="检修灯具"
    )
    [hit] = preview_closure(closure)
    assert (hit.holder_id, hit.may_be_released, "赵*兰" in hit.text) == (booking.pk, True, True)
    close(closure=closure, by=make_user())
    booking.refresh_from_db()
    assert (booking.status, booking.reason) == ("cancelled", "检修灯具")
    assert {o.kind for o in Occupancy.objects.holding()} == {"closure"}


def test_closure_says_who_is_in_the_house_already():
    venue = make_venue()
    unit, member = venue.units.first(), make_member()
    booking = book(unit, member, 10, now=None, day=tomorrow())
    check_in(booking=booking, by=make_user(), now=at(tomorrow(), 10))
    closure = Closure(
        palace=venue.palace, venue=venue, starts_at=at(tomorrow(), 10, 15), ends_at=at(tomorrow(), 12), reason="漏水"
    )
    with translation.override("zh-hans"):
        [hit] = preview_closure(closure)
    assert hit.line.here
