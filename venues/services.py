"""Changes of the house. ``occupy`` is the only door to the places; closures go through it too."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palace.core.rows import as_json, json_value
from palace.core.wording import date_text, local_day

from .holders import HOLDERS, Line
from .models import Closure, Occupancy, OccupancyKind, Space, Unit

# Why ``claim_places`` refuses, in words; whoever claims says the same.
CLAIM_REFUSALS = {
    "taken": gettext_lazy("Somebody has just taken this. Choose another time."),
    "allocated": gettext_lazy(
        "These hours are kept for somebody else. What they leave unused is opened to all before it starts."
    ),
}

A_YEAR = timedelta(days=366)  # what ends later is asked about


@dataclass(frozen=True, slots=True)
class Claim:
    """Places of a space for a time.

    ``heads`` None takes the whole run for one party; a number takes that many free places of it, whichever they are.
    ``fill`` takes whatever of the run nobody else holds. ``holder`` is the id of the booking, session or closure.
    """

    palace: int
    space: int
    first: int
    count: int
    since: datetime
    until: datetime
    kind: str
    holder: int
    heads: int | None = None
    allocation: int | None = None
    fill: bool = False

    def __post_init__(self):
        if self.heads is not None and self.heads < 1:
            raise ValueError(f"a claim of {self.heads} heads takes nothing")


def occupy(
    claims: list[Claim], *, by, source: str, releases=(), now: datetime | None = None
) -> list[tuple[int, int, int, int]]:
    """Take all of ``claims`` and let go of the occupancies ``releases``, or change nothing.

    Returns (index of the claim, occupancy id, first place, number of places) for each row written. Raises
    ``ValidationError`` with code ``taken`` or ``allocated``; its ``params`` name the claim. One round trip.
    """
    answer = json_value(
        "SELECT claim_places(%s::jsonb, %s::bigint[], %s, %s, coalesce(%s, clock_timestamp()))",
        [as_json([asdict(c) for c in claims]), list(releases), getattr(by, "pk", None), source, now],
    )
    if "refused" in answer:
        raise ValidationError(
            CLAIM_REFUSALS[answer["refused"]], code=answer["refused"], params={"claim": answer["claim"]}
        )
    return [tuple(row) for row in answer["rows"]]


def lock_spaces(spaces) -> None:
    """Wait for the spaces until the end of the transaction. Spaces come before rows of bookings, in every transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lock_spaces(%s::bigint[])", [sorted(spaces)])


# --- closures -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """One holder that a change would hit, with a sentence about it."""

    kind: str
    holder_id: int
    line: Line
    may_be_released: bool

    @property
    def text(self) -> str:
        return self.line.text

    @property
    def is_told(self) -> bool:
        """Whether a closure cancels it and sends a message: not a class, nor who is in the house already."""
        return self.may_be_released and not self.line.here


def runs_of(closure: Closure) -> list[tuple[int, int, int]]:
    """(space, first place, number of places) of what is shut."""
    if closure.unit_id:
        unit = Unit.objects.get(pk=closure.unit_id)
        return [(unit.space_id, unit.first_place, unit.place_count)]
    if closure.space_id:
        spaces = Space.objects.filter(pk=closure.space_id)
    elif closure.venue_id:
        spaces = Space.objects.filter(venue=closure.venue_id)
    else:
        spaces = Space.objects.filter(venue__site=closure.site_id)
    return [(s.pk, 1, s.places) for s in spaces.order_by("pk")]


def occupancies_hit(closure: Closure, now: datetime) -> list[Occupancy]:
    """Holding rows of others on what is shut, while it is shut; what is over at ``now`` took place and stays."""
    since = max(closure.starts_at, now)
    rows = Occupancy.objects.holding().overlapping(since, closure.ends_at).exclude(kind=OccupancyKind.CLOSURE)
    runs = runs_of(closure)
    rows = rows.filter(space__in=[space for space, _first, _count in runs]).order_by("starts_at", "id")
    return [o for o in rows if any(touches(o, run) for run in runs)]


def touches(occupancy: Occupancy, run: tuple[int, int, int]) -> bool:
    space, first, count = run
    last = occupancy.first_place + occupancy.place_count - 1
    return occupancy.space_id == space and occupancy.first_place <= first + count - 1 and last >= first


def judge(closure: Closure, now: datetime, *, is_sure: bool) -> None:
    """The one place where the times of a closure are judged, whoever makes it and however."""
    refuse_over(closure, now)
    if not is_sure:
        refuse_far(closure, now)


def refuse_over(closure: Closure, now: datetime) -> None:
    if closure.ends_at <= now:
        raise ValidationError(_("This closure is over already. Choose an end in the future."), code="past")


def far_end(closure: Closure, now: datetime) -> str:
    """A sentence where it ends more than a year from now: a slip of the finger more often than a plan. Else empty."""
    if closure.ends_at <= now + A_YEAR:
        return ""
    day = {"day": date_text(local_day(closure.ends_at))}
    return _("This stays shut until %(day)s, more than a year from now. Check the year.") % day


def refuse_far(closure: Closure, now: datetime) -> None:
    sentence = far_end(closure, now)
    if sentence:
        raise ValidationError(f"{sentence} {_('If you mean it, tick the box.')}", code="far_end")


def preview_closure(closure: Closure, now: datetime | None = None, *, is_sure: bool = False) -> list[Hit]:
    """Whom ``closure`` (saved or not) would hit: bookings that it would release, sessions that a person must move.

    Raises ``ValidationError``: ``past`` for a closure that is over already, ``far_end`` for one that ends more than a
    year from now, unless the person ``is_sure``.
    """
    now = now or timezone.now()
    judge(closure, now, is_sure=is_sure)
    return hits_of_rows(occupancies_hit(closure, now))


def hits_of_rows(rows) -> list[Hit]:
    """One hit for each holder among the occupancies ``rows``, in order."""
    return [hit for kind, ids in by_kind(rows).items() for hit in hits_of(kind, ids)]


def by_kind(rows) -> dict[str, list[int]]:
    found: dict[str, dict[int, None]] = {}
    for row in rows:
        found.setdefault(row.kind, {})[row.holder_id] = None
    return {kind: list(ids) for kind, ids in found.items()}


def hits_of(kind: str, ids: list[int]) -> list[Hit]:
    holder = HOLDERS[kind]
    lines = holder.describe(ids)
    return [Hit(kind, pk, lines.get(pk, Line("")), holder.may_be_released) for pk in ids]


@transaction.atomic
def close(
    *, closure: Closure, by, source: str = "web", now: datetime | None = None, is_sure: bool = False
) -> list[Hit]:
    """Shut what ``closure`` names. Bookings it hits are released and told; sessions stay and are returned for a person to move.

    A party in the house keeps its place until the closure begins, and its used booking (docs/decisions/closure-over-people.md).
    Raises ``ValidationError`` as ``preview_closure``.
    """
    now = now or timezone.now()
    judge(closure, now, is_sure=is_sure)
    closure.created_by = by
    closure.full_clean()
    runs = runs_of(closure)
    lock_spaces([space for space, _first, _count in runs])
    closure.save()
    since = max(closure.starts_at, now)
    found = by_kind(occupancies_hit(closure, now))
    for kind, ids in found.items():
        if HOLDERS[kind].may_be_released:
            HOLDERS[kind].release(  # type: ignore[misc]
                ids, by=by, reason=closure.reason, since=since, now=now
            )
    # Described after their rows were locked: who came in at this moment is here.
    hits = [hit for kind, ids in found.items() for hit in hits_of(kind, ids)]
    gone = [row for kind, ids in found.items() if HOLDERS[kind].may_be_released for row in rows_of(kind, ids)]
    here = {(hit.kind, hit.holder_id) for hit in hits if hit.line.here}
    stay = [row for row in gone if (row.kind, row.holder_id) in here and row.starts_at < since]
    claims = [*(stay_claim(row, since) for row in stay), *(closure_claim(closure, run) for run in runs)]
    occupy(claims, by=by, source=source, releases=[row.pk for row in gone], now=now)
    return hits


def rows_of(kind: str, ids: list[int]):
    """A booking of several rows goes as a whole, also the rows outside the closed run."""
    return Occupancy.objects.holding().filter(kind=kind, holder_id__in=ids).order_by("pk")


def stay_claim(row: Occupancy, until: datetime) -> Claim:
    """The places of a party that is here, up to ``until``: nobody else is let onto them before."""
    return Claim(
        palace=row.palace_id,
        space=row.space_id,
        first=row.first_place,
        count=row.place_count,
        since=row.starts_at,
        until=until,
        kind=row.kind,
        holder=row.holder_id,
        fill=True,
    )


def closure_claim(closure: Closure, run: tuple[int, int, int]) -> Claim:
    space, first, count = run
    return Claim(
        palace=closure.palace_id,
        space=space,
        first=first,
        count=count,
        since=closure.starts_at,
        until=closure.ends_at,
        kind=OccupancyKind.CLOSURE,
        holder=closure.pk,
        fill=True,
    )


@transaction.atomic
def end_closure(*, closure: Closure, by, source: str = "web", now: datetime | None = None) -> None:
    """Open again before time. Closures that overlap this one stay in force and take over the places they share."""
    now = now or timezone.now()
    runs = runs_of(closure)
    lock_spaces([space for space, _first, _count in runs])
    closure = Closure.objects.select_for_update().get(pk=closure.pk)
    if closure.ended_at or closure.ends_at <= now:
        raise ValidationError(_("This closure is over already."), code="not_active")
    closure.ended_at = now
    closure.save(update_fields=["ended_at"])
    rows = Occupancy.objects.holding().of(OccupancyKind.CLOSURE, closure.pk).values_list("pk", flat=True)
    others = (
        Closure.objects.overlapping(max(closure.starts_at, now), closure.ends_at)
        .filter(palace=closure.palace_id)
        .exclude(pk=closure.pk)
    )
    claims = [
        closure_claim(other, run)
        for other in others.order_by("pk")
        for run in runs_of(other)
        if run[0] in {r[0] for r in runs}
    ]
    occupy(claims, by=by, source=source, releases=list(rows), now=now)
