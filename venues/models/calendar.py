from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palace.core.constraints import days_sane
from palace.core.wording import hours_text, local_text
from palace.unions.models import Palace

from ..querysets import HoursQuerySet
from ..rules import interval
from .house import Site, Venue


class DayType(models.IntegerChoices):
    """A weekday as Python counts it, or a public holiday."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")
    HOLIDAY = 7, _("public holiday")


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a public holiday, or a make-up working day. Same for all palaces."""

    day = models.DateField(_("day"), primary_key=True)
    counts_as = models.PositiveSmallIntegerField(_("counts as"), choices=DayType)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    is_estimate = models.BooleanField(_("not yet announced"), default=False)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        constraints = [days_sane("calendar_years_sane", "day")]

    def __str__(self):
        return f"{self.day} {local_text(self, 'name')}"


class Scoped(models.Model):
    """Holds for a venue, or for all venues of a site, or for the whole palace: the narrower one wins."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", verbose_name=_("palace"))
    site = models.ForeignKey(
        Site, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("site"), db_constraint=False
    )
    venue = models.ForeignKey(
        Venue, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("venue"), db_constraint=False
    )

    objects = HoursQuerySet.as_manager()
    apart_within: tuple[str, ...] = ("palace_id", "site_id", "venue_id")

    class Meta:
        abstract = True

    def clean(self):
        """Raises ``hours_overlap`` or ``day_closed``, with the row that has the time already."""
        super().clean()
        other = type(self).objects.clashing_with(self).first() if self.is_closed_or_open() else None
        if other:
            raise self.clash_with(other)

    def is_closed_or_open(self) -> bool:
        """Whether the hours are both there, or both left out for a closed day: else the form says what is missing."""
        raise NotImplementedError

    def clash_with(self, other) -> ValidationError:
        raise NotImplementedError

    def hours(self) -> str:
        """8:00–24:00, 18:00–2:00 next day."""
        return hours_text(*interval(date(2000, 1, 1), self.opens_at, self.closes_at))  # type: ignore[attr-defined]


class OpeningHours(Scoped):
    """Weekly hours with validity. A season is a row with a later first day: it wins while it lasts.

    ``closes_at`` at or before ``opens_at`` means the next day: 18:00–02:00, 8:00–0:00. The constraint
    ``opening_hours_apart`` lets no two rows of a scope, day and first day share a time.
    """

    apart_within = (*Scoped.apart_within, "day_type", "first_day")
    day_type = models.PositiveSmallIntegerField(_("day"), choices=DayType)
    opens_at = models.TimeField(_("opens"))
    closes_at = models.TimeField(_("closes"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    season = models.CharField(_("season"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["day_type", "opens_at"]
        constraints = [
            days_sane("opening_years_sane", "first_day", "last_day"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="opening_days_in_order",
                violation_error_message=_("The last day comes before the first. Swap them."),
            ),
            models.CheckConstraint(
                condition=Q(site=None) | Q(venue=None),
                name="opening_one_scope",
                violation_error_message=_("Choose a site or a venue, not both."),
            ),
        ]

    def __str__(self):
        return f"{self.get_day_type_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"

    def is_closed_or_open(self) -> bool:
        return None not in (self.opens_at, self.closes_at)

    def clash_with(self, other) -> ValidationError:
        text = _(
            "%(day)s %(hours)s stands here already, from the same first day. Change that row, or let one end where the "
            "other begins; a season has a first day of its own."
        )
        return ValidationError(text, "hours_overlap", {"day": other.get_day_type_display(), "hours": other.hours()})


class OpeningException(Scoped):
    """Another rule for one day: closed, or other hours. Several rows of one day are several intervals.

    The constraint ``exception_hours_apart`` lets no two rows of a scope and day share a time; a closed one stands alone.
    """

    apart_within = (*Scoped.apart_within, "day")
    day = models.DateField(_("day"))
    closed = models.BooleanField(_("closed"), default=False)
    opens_at = models.TimeField(_("opens"), null=True, blank=True)
    closes_at = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=60)
    reason_en = models.CharField(_("reason in English"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("dated exception")
        verbose_name_plural = _("dated exceptions")
        ordering = ["day"]
        constraints = [
            days_sane("exception_years_sane", "day"),
            models.CheckConstraint(
                condition=Q(closed=True, opens_at=None, closes_at=None)
                | Q(closed=False, opens_at__isnull=False, closes_at__isnull=False),
                name="exception_closed_or_hours",
                violation_error_message=_("Either closed, or hours: fill in one of the two."),
            ),
            models.CheckConstraint(
                condition=Q(site=None) | Q(venue=None),
                name="exception_one_scope",
                violation_error_message=_("Choose a site or a venue, not both."),
            ),
        ]

    def __str__(self):
        return f"{self.day} {local_text(self, 'reason')}"

    def is_closed_or_open(self) -> bool:
        return [self.opens_at is None, self.closes_at is None] == [self.closed] * 2

    def clash_with(self, other) -> ValidationError:
        what = {"hours": _("closed") if other.closed else other.hours(), "reason": local_text(other, "reason")}
        if self.closed or other.closed:
            text = _(
                "There is a row for this day already: %(hours)s (%(reason)s). A closed day is one row alone: change that "
                "row, or delete it first."
            )
            return ValidationError(text, "day_closed", what)
        text = _(
            "%(hours)s (%(reason)s) stands here for the same day already. Change that row, or let one end where the other "
            "begins."
        )
        return ValidationError(text, "hours_overlap", what)
