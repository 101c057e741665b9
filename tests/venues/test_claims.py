"""The heart: races with negative controls, and the claim function's own rules."""

import threading
import time
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from palace.core.models import AuditEntry
from palace.core.rows import as_json
from venues.models import Closure, Occupancy, Space
from venues.services import Claim, close, end_closure, occupy

from ..factories import at, make_user, make_venue, tomorrow

pytestmark = pytest.mark.invariant
RIVALS = 16
ROUNDS = 100


def claim(space, *, first=1, count=1, hour=10, length=1, heads=None, holder=1, kind="session", fill=False, day=None):
    since = at(day or tomorrow(), hour)
    return Claim(
        palace=space.palace_id,
        space=space.pk,
        first=first,
        count=count,
        since=since,
        until=since + timedelta(hours=length),
        kind=kind,
        holder=holder,
        heads=heads,
        fill=fill,
    )


@contextmanager
def race(url, statements_of, rivals=RIVALS):
    """Run ``statements_of(n)`` (a list of (sql, params)) in ``rivals`` threads that start together; yields lists of answers and errors."""
    answers, errors, gate = [], [], threading.Barrier(rivals)

    def run(n):
        with psycopg.connect(url, autocommit=True, options="-c lock_timeout=20s") as rival:
            gate.wait()
            for sql, params in statements_of(n):
                try:
                    answers.append(rival.execute(sql, params).fetchone()[0])
                except psycopg.Error as error:
                    errors.append(error.sqlstate)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(rivals)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    yield answers, errors


def call(*claims):
    return "SELECT claim_places(%s, '{}', NULL, 'test')", [as_json([asdict(c) for c in claims])]


def overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM venues_occupancy a JOIN venues_occupancy b ON a.id < b.id AND a.holds AND b.holds AND a.space_id = b.space_id "
            "AND int4range(a.first_place, a.first_place + a.place_count) && int4range(b.first_place, b.first_place + b.place_count) "
            "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
        )
        return cursor.fetchone()[0]


def test_claim_one_court_has_exactly_one_winner_in_each_round(fresh_db):
    space = make_venue().spaces.get()
    rounds = [claim(space, hour=n % 24, day=tomorrow() + timedelta(days=n // 24)) for n in range(ROUNDS)]
    with race(fresh_db.app, lambda n: [call(c) for c in rounds]) as (answers, errors):
        assert (errors, len(answers)) == ([], RIVALS * ROUNDS)
        assert sum("rows" in a for a in answers) == ROUNDS
    assert (Occupancy.objects.holding().count(), overlaps()) == (ROUNDS, 0)


NO_LOCK = "CREATE OR REPLACE FUNCTION lock_spaces(spaces bigint[]) RETURNS void LANGUAGE sql AS 'SELECT'"

# Each call stops after its first row until the test opens the gate, so that calls meet in the middle on purpose and not by luck.
GATE_KEY = 20299
GATE = f"""
CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared({GATE_KEY});
    RETURN NULL;
END $$;
CREATE TRIGGER gate AFTER INSERT ON venues_occupancy FOR EACH ROW EXECUTE FUNCTION gate()
"""
WAITING = "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()"
PATIENCE_SECONDS = 20


def until(come) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not come() and time.monotonic() < end:
        time.sleep(0.01)


def gathered(owner, jobs) -> list:
    """What each job answers: they begin in turn, and all wait (for the gate or for each other) before any goes on."""
    answers = [None] * len(jobs)

    def run(n):
        answers[n] = jobs[n]()

    owner.execute(GATE)
    owner.execute("SELECT pg_advisory_lock(%s)", [GATE_KEY])
    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(jobs))]
    for begun, thread in enumerate(threads, start=1):
        thread.start()
        until(lambda begun=begun: owner.execute(WAITING).fetchone()[0] >= begun)
    owner.execute("SELECT pg_advisory_unlock(%s)", [GATE_KEY])
    [t.join() for t in threads]
    return answers


def meeting(url, owner, *calls) -> list:
    """The answer or SQLSTATE of each call of claims that meet."""

    def answer(asked):
        with psycopg.connect(url, autocommit=True) as rival:
            try:
                return rival.execute(*asked).fetchone()[0]
            except psycopg.Error as error:
                return error.sqlstate

    return gathered(owner, [lambda asked=asked: answer(asked) for asked in calls])


def kinds(answers):
    """What became of each call, in any order: 'rows', 'taken' or an SQLSTATE."""
    return sorted(a if isinstance(a, str) else a.get("refused", "rows") for a in answers)


def test_claim_meeting_on_one_court_has_one_winner(fresh_db, owner):
    one = call(claim(make_venue().spaces.get()))
    assert kinds(meeting(fresh_db.app, owner, one, one, one)) == ["rows", "taken", "taken"]
    assert overlaps() == 0


def test_claim_meeting_on_one_court_without_lock_leans_on_the_constraint(fresh_db, owner):
    """Without the lock the loser gets an error in place of an answer, and still no place."""
    owner.execute(NO_LOCK)
    one = call(claim(make_venue().spaces.get()))
    assert kinds(meeting(fresh_db.app, owner, one, one)) == ["23P01", "rows"]
    assert overlaps() == 0


def test_claim_meeting_on_one_court_without_lock_and_constraint_sells_it_twice(fresh_db, owner):
    """Negative control: with both taken away the court is sold twice, so the races here would notice."""
    owner.execute(NO_LOCK)
    owner.execute("ALTER TABLE venues_occupancy DROP CONSTRAINT occupancy_places_free")
    one = call(claim(make_venue().spaces.get()))
    assert kinds(meeting(fresh_db.app, owner, one, one)) == ["rows", "rows"]
    assert overlaps() == 1


def test_claim_whole_hall_against_single_courts_never_overlaps(fresh_db):
    space = make_venue(whole=True).spaces.get()

    def rival(n):
        size = {"first": 1, "count": 6} if n % 4 == 0 else {"first": n % 6 + 1, "count": 1}
        return [call(claim(space, hour=h, **size)) for h in range(24)]

    with race(fresh_db.app, rival) as (_answers, errors):
        assert errors == []
    assert overlaps() == 0


def hall_and_court(space):
    """The whole hall, and one court of it."""
    return call(claim(space, first=1, count=6)), call(claim(space, first=3))


@pytest.mark.parametrize("turned", [False, True])
def test_claim_meeting_of_whole_hall_and_court_has_one_winner(fresh_db, owner, turned):
    calls = hall_and_court(make_venue(whole=True).spaces.get())
    assert kinds(meeting(fresh_db.app, owner, *(reversed(calls) if turned else calls))) == ["rows", "taken"]
    assert overlaps() == 0


def test_claim_meeting_of_whole_hall_and_court_without_lock_and_constraint_sells_it_twice(fresh_db, owner):
    """Negative control: one court of the hall is sold twice, so the races here would notice."""
    owner.execute(NO_LOCK)
    owner.execute("ALTER TABLE venues_occupancy DROP CONSTRAINT occupancy_places_free")
    assert kinds(meeting(fresh_db.app, owner, *hall_and_court(make_venue(whole=True).spaces.get()))) == ["rows", "rows"]
    assert overlaps() == 1


def fill_gym(url, space):
    """40 places, parties of 1 to 5, more wanted than there is: answers by size."""
    parties = [n % 5 + 1 for n in range(RIVALS)]
    with race(
        url, lambda n: [call(claim(space, count=40, heads=parties[n], holder=n * 10 + k)) for k in range(8)]
    ) as result:
        return result


def held_places() -> int:
    return sum(o.place_count for o in Occupancy.objects.holding())


def test_claim_gym_is_filled_to_exactly_its_places(fresh_db):
    space = make_venue(places=40, shared=True).spaces.get()
    _answers, errors = fill_gym(fresh_db.app, space)
    assert (errors, held_places(), overlaps()) == ([], 40, 0)


def test_claim_meeting_in_a_gym_gives_each_party_its_places(fresh_db, owner):
    space = make_venue(places=40, shared=True).spaces.get()
    party = call(claim(space, count=40, heads=3))
    assert kinds(meeting(fresh_db.app, owner, party, party)) == ["rows", "rows"]
    assert (held_places(), overlaps()) == (6, 0)


def test_claim_meeting_in_a_gym_without_lock_chooses_the_same_places(fresh_db, owner):
    """Negative control: without the lock both parties choose places 1 to 3, and one is sent away from an empty gym."""
    owner.execute(NO_LOCK)
    space = make_venue(places=40, shared=True).spaces.get()
    party = call(claim(space, count=40, heads=3))
    assert kinds(meeting(fresh_db.app, owner, party, party)) == ["23P01", "rows"]
    assert (held_places(), overlaps()) == (3, 0)  # the constraint still holds


def opposite_terms(url, space):
    """A term of twenty weekly claims against single claims in the opposite order, and a term against a term."""
    weeks = [claim(space, day=tomorrow() + timedelta(weeks=n), holder=7) for n in range(20)]
    other = Space.objects.exclude(pk=space.pk).get()
    mixed = [
        claim(s, day=tomorrow() + timedelta(weeks=n), hour=12, holder=8) for n in range(10) for s in (space, other)
    ]
    jobs = [[call(*weeks)], [call(w) for w in reversed(weeks)], [call(*mixed)], [call(*reversed(mixed))]]
    with race(url, lambda n: jobs[n % 4]) as result:
        return result


def test_claim_term_against_single_claims_has_no_deadlock(fresh_db):
    palace = make_venue().palace
    make_venue(palace)
    space = Space.objects.order_by("pk").first()
    _answers, errors = opposite_terms(fresh_db.app, space)
    assert (errors, overlaps()) == ([], 0)


def two_terms(space):
    """The same two weeks in opposite order."""
    weeks = [claim(space, day=tomorrow() + timedelta(weeks=n)) for n in range(2)]
    return call(*weeks), call(*reversed(weeks))


def test_claim_meeting_of_opposite_terms_has_no_deadlock(fresh_db, owner):
    assert kinds(meeting(fresh_db.app, owner, *two_terms(make_venue().spaces.get()))) == ["rows", "taken"]
    assert overlaps() == 0


def test_claim_meeting_of_opposite_terms_without_lock_deadlocks(fresh_db, owner):
    """Negative control: the same claims without the lock end in a deadlock."""
    owner.execute(NO_LOCK)
    assert "40P01" in meeting(fresh_db.app, owner, *two_terms(make_venue().spaces.get()))
    assert overlaps() == 0


def test_occupancy_refuses_overlap_when_written_past_the_door(fresh_db, owner):
    space = make_venue().spaces.get()
    insert = (
        "INSERT INTO venues_occupancy (palace_id, space_id, first_place, place_count, starts_at, ends_at, kind, holder_id, holds) "
        "VALUES (%s, %s, %s, %s, %s, %s, 'session', 1, true)"
    )
    since = at(tomorrow(), 10)
    row = [space.palace_id, space.pk, 1, 3, since, since + timedelta(hours=2)]
    beside = [space.palace_id, space.pk, 3, 1, since + timedelta(hours=1), since + timedelta(hours=3)]
    owner.execute(insert, row)
    with pytest.raises(psycopg.errors.ExclusionViolation):
        owner.execute(insert, beside)
    owner.execute("ALTER TABLE venues_occupancy DROP CONSTRAINT occupancy_places_free")
    owner.execute(insert, beside)  # negative control: without the constraint nothing stops it
    assert overlaps() == 1


def test_occupancy_is_not_written_by_the_application(fresh_db):
    with psycopg.connect(fresh_db.app, autocommit=True) as app:
        for statement in (
            "DELETE FROM venues_occupancy",
            "UPDATE venues_occupancy SET holds = false",
            "TRUNCATE venues_occupancy",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
    with pytest.raises(TypeError):
        Occupancy.objects.create()


@pytest.mark.django_db
def test_occupy_row_has_its_actor():
    space = make_venue().spaces.get()
    user = make_user()
    rows = occupy([claim(space)], by=user, source="test")
    entry = AuditEntry.objects.get(table_name="venues_occupancy")
    assert (entry.actor_id, entry.source, entry.row_id) == (user.pk, "test", str(rows[0][1]))


@pytest.mark.django_db
def test_occupy_moves_onto_overlapping_time():
    space = make_venue().spaces.get()
    user = make_user()
    [(_claim, pk, _first, _count)] = occupy([claim(space, hour=10, length=2)], by=user, source="test")
    occupy([claim(space, hour=11, length=2)], by=user, source="test", releases=[pk])
    assert list(Occupancy.objects.holding().values_list("starts_at", flat=True)) == [at(tomorrow(), 11)]


@pytest.mark.django_db
def test_occupy_is_all_or_nothing():
    space = make_venue().spaces.get()
    user = make_user()
    occupy([claim(space, hour=11)], by=user, source="test")
    with pytest.raises(ValidationError) as refused:
        occupy([claim(space, hour=10), claim(space, hour=11)], by=user, source="test")
    assert (refused.value.code, refused.value.params, Occupancy.objects.holding().count()) == ("taken", {"claim": 1}, 1)


@pytest.mark.django_db
def test_occupy_party_may_get_several_runs_and_is_refused_only_when_too_few_are_free():
    space = make_venue(places=6, shared=True).spaces.get()
    user = make_user()
    occupy([claim(space, first=2, count=1), claim(space, first=4, count=1)], by=user, source="test")
    rows = occupy([claim(space, count=6, heads=3)], by=user, source="test")
    assert [(first, count) for _c, _id, first, count in rows] == [(1, 1), (3, 1), (5, 1)]
    with pytest.raises(ValidationError):
        occupy([claim(space, count=6, heads=2)], by=user, source="test")
    assert len(occupy([claim(space, count=6, heads=1)], by=user, source="test")) == 1


@pytest.mark.django_db
def test_closures_overlap_and_ending_one_leaves_the_other_in_force():
    venue = make_venue()
    user = make_user()
    common = {"palace": venue.palace, "venue": venue, "reason": "检修"}
    first = Closure(starts_at=at(tomorrow(), 8), ends_at=at(tomorrow(), 12), **common)
    second = Closure(starts_at=at(tomorrow(), 10), ends_at=at(tomorrow(), 14), **common)
    close(closure=first, by=user)
    close(closure=second, by=user)
    end_closure(closure=first, by=user)
    spans = {(o.starts_at, o.ends_at) for o in Occupancy.objects.holding()}
    assert (min(spans)[0], max(spans)[1], {o.holder_id for o in Occupancy.objects.holding()}) == (
        at(tomorrow(), 10),
        at(tomorrow(), 14),
        {second.pk},
    )
    assert sum(o.place_count * (o.ends_at - o.starts_at).seconds // 3600 for o in Occupancy.objects.holding()) == 6 * 4
