from datetime import timedelta

from django.db import models
from django.db.models import Q, Sum
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

    def persons(self) -> int:
        return self.aggregate(persons=Coalesce(Sum("persons"), 0))["persons"]
