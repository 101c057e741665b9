from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.constraints import moments_sane
from palace.core.wording import local_text
from palace.unions.models import Palace

from ..querysets import ClosureQuerySet, OccupancyManager
from .house import Site, Space, Unit, Venue


class OccupancyKind(models.TextChoices):
    BOOKING = "booking", pgettext_lazy("occupancy", "booking")
    SESSION = "session", pgettext_lazy("occupancy", "class session")
    CLOSURE = "closure", pgettext_lazy("occupancy", "closure")


class Occupancy(models.Model):
    """These places of this space, from when to when, are taken by that. Written only by ``claim_places``.

    The constraint ``occupancy_places_free`` lets no two holding rows share a place at a time. ``holder_id`` is the
    booking, session or closure; ``ends_at`` includes the buffer after a use.
    """

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    space = models.ForeignKey(Space, models.PROTECT, related_name="occupancies", db_constraint=False, db_index=False)
    first_place = models.IntegerField()
    place_count = models.IntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=OccupancyKind)
    holder_id = models.BigIntegerField()
    holds = models.BooleanField(default=True)
    released_at = models.DateTimeField(null=True)

    objects = OccupancyManager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="occupancy_range_sane"),
            models.CheckConstraint(
                condition=Q(first_place__range=(1, 5000), place_count__range=(1, 5000)), name="occupancy_run_sane"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "holder_id"], name="occupancy_of_holder"),
            models.Index(fields=["space", "ends_at"], name="occupancy_coming", condition=Q(holds=True)),
        ]

    def __str__(self):
        return f"{self.kind} {self.holder_id}"


class AllocationKind(models.TextChoices):
    PARTNER = "partner", pgettext_lazy("allocation", "partner")
    CLUB = "club", pgettext_lazy("allocation", "club")
    DRAW = "draw", pgettext_lazy("allocation", "draw")


class Allocation(models.Model):
    """Who may claim some hours first. It takes no place; ``release_hours`` before the start what is unused goes back to all."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", verbose_name=_("palace"))
    space = models.ForeignKey(
        Space, models.CASCADE, related_name="allocations", verbose_name=_("space"), db_constraint=False
    )
    first_place = models.PositiveIntegerField(_("first place"), default=1)
    place_count = models.PositiveIntegerField(_("number of places"), default=1)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    kind = models.CharField(_("kind"), max_length=10, choices=AllocationKind)
    holder = models.CharField(_("for whom"), max_length=60)
    holder_en = models.CharField(_("for whom, in English"), max_length=80, blank=True)
    release_hours = models.PositiveSmallIntegerField(_("goes back to all, hours before the start"), default=24)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            moments_sane("allocation_years_sane", "starts_at", "ends_at"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="allocation_range_sane",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(first_place__gte=1, place_count__gte=1),
                name="allocation_run_sane",
                violation_error_message=_("Places are numbered from 1, and at least one is kept."),
            ),
        ]
        indexes = [models.Index(fields=["space", "ends_at"], name="allocation_coming")]

    def __str__(self):
        return local_text(self, "holder")


class Closure(models.Model):
    """A site, venue, space or unit shut from when to when, with a reason that people read."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="closures", verbose_name=_("palace"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site"), db_constraint=False
    )
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("venue"), db_constraint=False
    )
    space = models.ForeignKey(
        Space, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("space"), db_constraint=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=60)
    reason_en = models.CharField(_("reason in English"), max_length=80, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("entered"), db_default=Now())
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["starts_at"]
        constraints = [
            moments_sane("closure_years_sane", "starts_at", "ends_at"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="closure_range_sane",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False, venue=None, space=None, unit=None)
                | Q(site=None, venue__isnull=False, space=None, unit=None)
                | Q(site=None, venue=None, space__isnull=False, unit=None)
                | Q(site=None, venue=None, space=None, unit__isnull=False),
                name="closure_one_target",
                violation_error_message=_("Choose one thing to close: a site, a venue, a space or a unit."),
            ),
        ]

    def __str__(self):
        return local_text(self, "reason")

    @property
    def target(self):
        """The site, venue, space or unit that is shut."""
        return self.unit or self.space or self.venue or self.site
