"""Bookings written past the services meet the database's own walls."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from bookings.services import book_slot, cancel_booking, check_in, place_booking
from palace.accounts.tokens import holder_of, issue_token

from ..factories import at, make_member, make_user, make_venue, tomorrow

pytestmark = pytest.mark.invariant


@pytest.fixture
def booking(fresh_db):
    unit, member = make_venue(prices=[(8, 22, 1500)]).units.first(), make_member()
    return book_slot(unit=unit, member=member, starts_at=at(tomorrow(), 10), ends_at=at(tomorrow(), 11), by=member.user)


def refused(connection, statement, *params) -> str:
    """Name of the constraint that refuses ``statement``."""
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.ForeignKeyViolation)) as error:
        connection.execute(statement, params)
    return error.value.diag.constraint_name


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("ends_at = starts_at", "booking_range_sane"),
        ("party_size = 0", "booking_party_sane"),
        ("paid_fen = price_fen + 1", "booking_paid_within_price"),
        ("paid_fen = -1", "booking_paid_within_price"),
        ("waived_fen = -1", "booking_waived_sane"),
        ("status = 'gone'", "booking_status_step"),
        ("status = 'pending'", "booking_status_step"),
        ("cancelled_at = now()", "booking_cancelled_when"),
        ("status = 'cancelled', cancelled_at = now()", "booking_holds_places"),
        ("ends_at = ends_at + interval '1 hour'", "booking_holds_places"),
    ],
)
def test_booking_refuses_change(booking, owner, change, name):
    assert refused(owner, f"UPDATE bookings_booking SET {change} WHERE id = %s", booking.pk) == name


def test_number_names_one_booking(booking, owner):
    unit = booking.unit
    other = book_slot(
        unit=unit,
        member=booking.member,
        starts_at=at(tomorrow(), 12),
        ends_at=at(tomorrow(), 13),
        by=booking.member.user,
    )
    twice = f"UPDATE bookings_booking SET number = '{booking.number}' WHERE id = {other.pk}"
    with pytest.raises(psycopg.errors.UniqueViolation, match="booking_number_once"):
        owner.execute(twice)
    owner.execute("ALTER TABLE bookings_booking DROP CONSTRAINT booking_number_once")
    owner.execute(twice)  # negative control


def test_booking_that_ended_stays_so(booking, owner):
    cancel_booking(booking=booking, by=make_user(), by_staff=True, reason="停电")
    for status in ("confirmed", "used", "pending"):
        assert (
            refused(
                owner, "UPDATE bookings_booking SET status = %s, cancelled_at = NULL WHERE id = %s", status, booking.pk
            )
            == "booking_status_step"
        )


def test_places_cannot_be_taken_from_an_awaited_booking_by_a_bare_status(booking, owner):
    """Negative control: without the trigger a cancelled booking keeps its court for ever."""
    owner.execute("ALTER TABLE bookings_booking DISABLE TRIGGER booking_holds_places")
    owner.execute("UPDATE bookings_booking SET status = 'cancelled', cancelled_at = now() WHERE id = %s", [booking.pk])
    held = owner.execute(
        "SELECT count(*) FROM venues_occupancy WHERE holds AND holder_id = %s", [booking.pk]
    ).fetchone()[0]
    assert held == 1


def test_places_cannot_be_released_under_an_awaited_booking(booking, fresh_db, owner):
    let_go = (
        "SELECT claim_places('[]', (SELECT array_agg(id) FROM venues_occupancy WHERE holder_id = %s), NULL, 'test')"
    )
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        assert refused(app, let_go, booking.pk) == "booking_holds_places"
        owner.execute("ALTER TABLE venues_occupancy DISABLE TRIGGER booking_holds_places")
        app.execute(let_go, [booking.pk])  # negative control


def test_places_are_not_held_for_a_booking_that_is_not_there(booking, fresh_db, owner):
    """Nobody could let go of them again. Tried through the only door, as the application's role."""
    claim = (
        "SELECT claim_places(jsonb_build_array(jsonb_build_object('palace', palace_id, 'space', space_id, 'first', 2, 'count', 1,"
        " 'since', starts_at, 'until', ends_at, 'kind', 'booking', 'holder', %s::bigint)), '{}', NULL, 'test') FROM venues_occupancy"
    )
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        assert refused(app, claim, booking.pk + 1) == "places_of_a_booking"
        owner.execute("ALTER TABLE venues_occupancy DISABLE TRIGGER places_of_a_booking")
        app.execute(claim, [booking.pk + 1])  # negative control


def test_booking_cannot_point_into_another_palace(booking, owner):
    other = make_venue().palace
    assert (
        refused(owner, "UPDATE bookings_booking SET palace_id = %s WHERE id = %s", other.pk, booking.pk)
        == "booking_unit_in_palace"
    )


def test_application_may_neither_insert_nor_delete_bookings(booking, fresh_db):
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        for statement in (
            "DELETE FROM bookings_booking",
            "TRUNCATE bookings_booking CASCADE",
            "INSERT INTO bookings_booking DEFAULT VALUES",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_row_written_through_book_places_has_its_actor(booking, owner):
    rows = owner.execute(
        "SELECT DISTINCT table_name, actor_id, source FROM core_auditentry WHERE table_name IN ('bookings_booking', 'venues_occupancy')"
    ).fetchall()
    assert sorted(rows) == [
        ("bookings_booking", booking.booked_by_id, "web"),
        ("venues_occupancy", booking.booked_by_id, "web"),
    ]


def test_check_in_twice_in_the_database_is_one_visit(booking, owner):
    check_in(booking=booking, by=make_user(), now=booking.starts_at - timedelta(minutes=5))
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute(
            "INSERT INTO venues_visit (palace_id, venue_id, source, source_id, persons) SELECT palace_id, venue_id, source, source_id, 1 FROM venues_visit"
        )


READ_THROUGH = """
SELECT relname FROM pg_stat_xact_user_tables WHERE seq_scan > 0 AND relname IN ('core_idempotencyrecord', 'accounts_apitoken',
    'accounts_knownmember', 'accounts_hardshipfile', 'venues_occupancy', 'venues_spacestamp', 'bookings_booking')
"""


def test_booking_reads_no_table_through_even_if_it_was_planned_on_empty_ones(fresh_db, owner):
    """What a session plans once must hold when the tables have grown; a scan of them all is not seen in a small test."""
    units, member = list(make_venue().units.all()), make_member()
    owner.execute("VACUUM ANALYZE core_idempotencyrecord, venues_occupancy, accounts_apitoken")

    def booked(unit, key: str) -> None:
        times = {"starts_at": at(tomorrow(), 10), "ends_at": at(tomorrow(), 11)}
        place_booking(
            palace_id=unit.palace_id, unit_id=unit.pk, member=member, by=member.user, party_size=2, source="api",
            key=str(unit.pk), holder=holder_of(f"Token {key}"), **times,
        )  # fmt: skip

    token = issue_token(user=member.user)
    booked(units[0], token)
    with transaction.atomic(), connection.cursor() as cursor:
        booked(units[1], token)
        cursor.execute(READ_THROUGH)
        assert cursor.fetchall() == []
