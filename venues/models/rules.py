from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.accounts.models import MemberCategory
from palace.core.constraints import days_sane
from palace.core.wording import date_text
from palace.unions.models import Palace

from .house import Unit, Venue


class RulesVersion(models.Model):
    """Counts the changes of a palace's rules. Triggers raise it; a cached reading of the rules carries it."""

    palace = models.OneToOneField(Palace, models.CASCADE, primary_key=True, related_name="+")
    version = models.BigIntegerField(default=1)

    def __str__(self):
        return f"{self.palace_id} {self.version}"


class Audience(models.TextChoices):
    """Whom a venue is for. Each kind includes the ones after it where that is meant: everyone > registered > members."""

    REGISTERED = "registered", pgettext_lazy("audience", "everybody with an account")
    MEMBERS = "members", pgettext_lazy("audience", "verified union members")


class OfVenue(models.Model):
    """Holds for a venue, or for one unit of it."""

    class Meta:
        abstract = True

    def clean(self):
        """Raises ``unit_of_other_venue``."""
        super().clean()
        if self.unit_id and self.unit.venue_id != self.venue_id:  # type: ignore[attr-defined]
            text = _("This unit belongs to another venue. Choose one of this venue, or none for all of them.")
            raise ValidationError({"unit": ValidationError(text, code="unit_of_other_venue")})


class Policy(OfVenue):
    """The rules for booking a venue or one unit of it, from ``first_day`` on. The one in force at a slot's start applies."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", verbose_name=_("palace"))
    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="policies", verbose_name=_("venue"), db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only this unit")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    grid_minutes = models.PositiveSmallIntegerField(
        _("grid in minutes"),
        default=60,
        help_text=_("Bookings begin on this grid, counted from opening, and last a multiple of it."),
        validators=[MinValueValidator(5), MaxValueValidator(1440)],
    )
    min_minutes = models.PositiveSmallIntegerField(_("shortest, in minutes"), default=60)
    max_minutes = models.PositiveSmallIntegerField(_("longest, in minutes"), default=120)
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead"),
        default=7,
        help_text=_("1: today and tomorrow."),
        validators=[MaxValueValidator(366, _("A day can be booked a year ahead at most: type 366 or less."))],
    )
    opens_at = models.TimeField(
        _("new day opens at"),
        default="08:00",
        help_text=_("The second at which the last day of the horizon can first be booked."),
    )
    cancel_notice_minutes = models.PositiveIntegerField(_("notice for cancelling, in minutes"), default=30)
    audience = models.CharField(_("audience"), max_length=12, choices=Audience, default=Audience.MEMBERS)
    needs_approval = models.BooleanField(_("needs approval"), default=False)
    party_min = models.PositiveSmallIntegerField(_("smallest party"), default=1)
    party_max = models.PositiveSmallIntegerField(
        _("largest party"), null=True, blank=True, help_text=_("Empty: as many as the unit holds.")
    )
    buffer_minutes = models.PositiveSmallIntegerField(_("buffer after use, in minutes"), default=0)
    early_minutes = models.PositiveSmallIntegerField(_("come in early, in minutes"), default=10)

    class Meta:
        verbose_name = _("booking policy")
        verbose_name_plural = _("booking policies")
        ordering = ["venue", "-first_day"]
        constraints = [
            days_sane("policy_years_sane", "first_day", "last_day"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="policy_days_in_order",
                violation_error_message=_("The last day comes before the first. Swap them."),
            ),
            models.CheckConstraint(
                condition=Q(
                    grid_minutes__gte=5, min_minutes__gte=5, max_minutes__gte=F("min_minutes"), max_minutes__lte=1440
                ),
                name="policy_lengths_sane",
                violation_error_message=_("The longest booking must be at least the shortest and at most 24 hours."),
            ),
            models.CheckConstraint(
                condition=Exact(Mod("min_minutes", "grid_minutes"), 0) & Exact(Mod("max_minutes", "grid_minutes"), 0),
                name="policy_lengths_whole",
                violation_error_message=_("The shortest and the longest booking must be multiples of the grid."),
            ),
            models.CheckConstraint(
                condition=Q(
                    cancel_notice_minutes__lte=43200,
                    buffer_minutes__lte=480,
                    early_minutes__lte=240,
                ),
                name="policy_limits_sane",
                violation_error_message=_(
                    "At most 30 days of notice, 8 hours of buffer, and 4 hours to come in early."
                ),
            ),
            models.UniqueConstraint(
                fields=["venue", "unit", "first_day"],
                nulls_distinct=False,
                name="policy_once_from_a_day",
                violation_error_message=_("There is one for this place from the same day already. Change that one."),
            ),
            models.CheckConstraint(
                condition=Q(party_min__gte=1) & (Q(party_max=None) | Q(party_max__gte=F("party_min"))),
                name="policy_party_sane",
                violation_error_message=_("The largest party must be at least the smallest."),
            ),
        ]

    def __str__(self):
        return f"{self.venue} · {date_text(self.first_day)}"

    def clean(self):
        """Raises ``party_too_large`` where no place that it holds for has room for its smallest party."""
        super().clean()
        if self.venue_id and self.party_min and self.party_min > self.most_persons():
            text = _("No place here has room for a party of %(n)s. Type a smaller number.")
            raise ValidationError({"party_min": ValidationError(text, "party_too_large", {"n": self.party_min})})

    def most_persons(self) -> int:
        """How many the largest of its places holds; a venue without places has room for any."""
        if self.unit_id:
            return self.unit.capacity  # type: ignore[union-attr]
        return self.venue.units.aggregate(most=models.Max("capacity"))["most"] or self.party_min


class Tariff(OfVenue):
    """Prices of a venue from ``first_day`` on. An hour without a line is free."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", verbose_name=_("palace"))
    venue = models.ForeignKey(
        Venue, models.CASCADE, related_name="tariffs", verbose_name=_("venue"), db_constraint=False
    )
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only this unit")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"), null=True, blank=True)
    market_fen = models.PositiveIntegerField(
        _("market price an hour"), default=0, help_text=_("Shown beside the price; 0 hides it.")
    )

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ["venue", "-first_day"]
        constraints = [
            days_sane("tariff_years_sane", "first_day", "last_day"),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="tariff_days_in_order",
                violation_error_message=_("The last day comes before the first. Swap them."),
            ),
            models.UniqueConstraint(
                fields=["venue", "unit", "first_day"],
                nulls_distinct=False,
                name="tariff_once_from_a_day",
                violation_error_message=_("There is one for this place from the same day already. Change that one."),
            ),
        ]

    def __str__(self):
        return f"{self.venue} · {date_text(self.first_day)}"


class DayClass(models.TextChoices):
    ANY = "any", pgettext_lazy("days", "every day")
    WORKDAY = "workday", pgettext_lazy("days", "working days")
    WEEKEND = "weekend", pgettext_lazy("days", "weekends and holidays")


class TariffAudience(models.TextChoices):
    ANYONE = "anyone", pgettext_lazy("audience", "everybody")
    MEMBERS = "members", pgettext_lazy("audience", "verified union members")


class TariffLine(models.Model):
    """Price an hour (of a unit, or of a head where the unit is shared) in a band of the day, for an audience.

    Where several lines fit, the cheapest for the caller applies. The constraint ``tariff_prices_apart`` lets no two lines of
    a tariff for one audience and kind of day share a time; it is checked at the end of a transaction.
    """

    tariff = models.ForeignKey(Tariff, models.CASCADE, related_name="lines", verbose_name=_("tariff"))
    audience = models.CharField(_("audience"), max_length=10, choices=TariffAudience, default=TariffAudience.MEMBERS)
    days = models.CharField(_("days"), max_length=10, choices=DayClass, default=DayClass.ANY)
    from_time = models.TimeField(_("from"))
    to_time = models.TimeField(_("to"), help_text=_("0:00 is midnight."))
    price_fen = models.PositiveIntegerField(_("price an hour"))
    label = models.CharField(_("name of the band"), max_length=30, blank=True)
    label_en = models.CharField(_("name of the band in English"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("tariff line")
        verbose_name_plural = _("tariff lines")
        ordering = ["from_time", "audience"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price_fen__lte=1_000_000),
                name="tariff_price_sane",
                violation_error_message=_("A price is at most 10,000 yuan an hour."),
            )
        ]

    def __str__(self):
        hours = f"{self.from_time:%H:%M}–{self.to_time:%H:%M}"
        return f"{self.get_days_display()} {hours} {self.get_audience_display()}"


class TariffDiscount(models.Model):
    """What a category of member, or a hardship member, pays of the line's price, in per cent. The best one applies."""

    tariff = models.ForeignKey(Tariff, models.CASCADE, related_name="discounts", verbose_name=_("tariff"))
    category = models.CharField(
        _("category"),
        max_length=16,
        choices=[*MemberCategory.choices, ("hardship", pgettext_lazy("member", "hardship member"))],
    )
    percent = models.PositiveSmallIntegerField(_("pays per cent"), validators=[MaxValueValidator(100)])

    class Meta:
        verbose_name = _("discount")
        verbose_name_plural = _("discounts")
        constraints = [
            models.UniqueConstraint(fields=["tariff", "category"], name="discount_once"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="discount_at_most_all"),
        ]

    def __str__(self):
        return f"{self.get_category_display()} {self.percent} %"
