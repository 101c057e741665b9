from datetime import timedelta

from django.contrib.postgres.fields import DecimalRangeField
from django.db import models
from django.db.models import F, Func, Q, Sum, TimeField, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from palace.core.wording import local_text


class VenueQuerySet(models.QuerySet):
    def open(self):
        """Shown to the public."""
        return self.filter(is_active=True, palace__is_active=True)

    def visible_to(self, user):
        """Staff also see the venues of their palace that are not shown to the public."""
        palaces = user.palaces_with("venues.edit") if user.is_authenticated else []
        return self.filter(Q(is_active=True, palace__is_active=True) | Q(palace__in=palaces))

    def matching(self, *, kind="", site=None, **_others):
        """What a list was asked for; an empty wish narrows nothing. Words are looked for by ``venues.search``."""
        found = self.filter(kind=kind) if kind else self
        return found.filter(site=site) if site else found


class UnitQuerySet(models.QuerySet):
    def bookable(self):
        return self.filter(is_active=True, venue__is_active=True, palace__is_active=True)


def seconds_taken(opens_at, closes_at) -> Func:
    """What hours take of their day, by the function that the constraints ask; without hours all of it."""
    return Func(opens_at, closes_at, function="venues_open_seconds", output_field=DecimalRangeField())


class HoursQuerySet(models.QuerySet):
    def clashing_with(self, row):
        """Other rows that the database would not keep beside ``row``, the earliest first."""
        own = seconds_taken(*(Value(each, TimeField()) for each in (row.opens_at, row.closes_at)))
        beside = self.exclude(pk=row.pk).filter(**{name: getattr(row, name) for name in row.apart_within})
        taken = seconds_taken(F("opens_at"), F("closes_at"))
        return beside.alias(taken=taken).filter(taken__overlap=own).order_by("opens_at", "pk")


class OccupancyQuerySet(models.QuerySet):
    def holding(self):
        return self.filter(holds=True)

    def overlapping(self, starts_at, ends_at):
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def of(self, kind, holder_id):
        return self.filter(kind=kind, holder_id=holder_id)

    def _refuse(self, *args, **kwargs):
        raise TypeError("Occupancies are written by venues.services.occupy only: without its lock a crowd deadlocks.")

    create = bulk_create = get_or_create = update_or_create = update = bulk_update = delete = _refuse


class OccupancyManager(models.Manager.from_queryset(OccupancyQuerySet)):  # type: ignore[misc]
    pass


class ClosureQuerySet(models.QuerySet):
    def in_force(self):
        """Not over and not ended early."""
        return self.filter(ended_at=None, ends_at__gt=Now())

    def overlapping(self, starts_at, ends_at):
        return self.filter(ended_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at)

    def with_targets(self):
        return self.select_related("site", "venue", "space__venue", "unit__venue").order_by("starts_at", "pk")

    def reasons(self, palace_id, starts_at, ends_at) -> dict:
        """Why something of a palace is shut in the time, by the closure's id, in the reader's language: one query."""
        rows = self.filter(palace=palace_id).overlapping(starts_at, ends_at).only("reason", "reason_en")
        return {closure.pk: local_text(closure, "reason") for closure in rows}


class VisitQuerySet(models.QuerySet):
    def inside(self, now):
        """In the house at ``now``: came in and not expected to have left; who never leaves is gone at midnight."""
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        here = Q(leaves_at__gt=now) | Q(leaves_at=None, entered_at__gte=midnight)
        return self.filter(here, entered_at__gt=now - timedelta(days=1), entered_at__lte=now)

    def unbooked(self):
        """Let in just so: no booking, no place of their own."""
        return self.filter(source="walk_in", source_id=None)

    def guests(self, palace_id: int, now) -> dict[int, int]:
        """Persons inside without a booking, by venue: they hold no place, and take room all the same."""
        here = self.filter(palace=palace_id).unbooked().inside(now)
        return dict(here.values_list("venue").annotate(persons=Sum("persons")).order_by())

    def persons(self) -> int:
        return self.aggregate(persons=Coalesce(Sum("persons"), 0))["persons"]
