"""Bookings. Rows are made by the database function ``book_places`` and changed by ``bookings.services``."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.accounts.models import Member
from palace.unions.models import Palace
from venues.models import Policy, Unit

from .querysets import OWED_BACK, BookingQuerySet


class BookingStatus(models.TextChoices):
    PENDING = "pending", pgettext_lazy("booking", "waiting for approval")
    CONFIRMED = "confirmed", pgettext_lazy("booking", "booked")
    CANCELLED = "cancelled", pgettext_lazy("booking", "cancelled")
    USED = "used", pgettext_lazy("booking", "used")
    NO_SHOW = "no_show", pgettext_lazy("booking", "did not come")


class BookingSource(models.TextChoices):
    WEB = "web", pgettext_lazy("source", "web")
    API = "api", pgettext_lazy("source", "other app")
    DESK = "desk", pgettext_lazy("source", "desk")
    WALK_IN = "walk_in", pgettext_lazy("source", "walk-in")


class Booking(models.Model):
    """A member's use of a unit. ``ends_at`` is the end for people; the buffer lies in the occupancy only.

    The trigger ``bookings_booking_status`` allows pending → confirmed or cancelled, confirmed → used, no_show or
    cancelled, no_show → used, used → confirmed (a check-in taken back); ``bookings_booking_holds`` checks at commit
    that an awaited booking holds its places and a cancelled one none. ``number`` is derived from the id and shown to
    people; it is no secret.
    """

    # No index of a single key: those that are searched lead an index of Meta, and each one more costs every booking.
    palace = models.ForeignKey(
        Palace, models.PROTECT, related_name="+", verbose_name=_("palace"), db_constraint=False, db_index=False
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="bookings", verbose_name=_("unit"), db_constraint=False, db_index=False
    )
    number = models.CharField(_("number"), max_length=12)
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="bookings", verbose_name=_("member"), db_index=False
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by"), db_index=False
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    party_size = models.SmallIntegerField(_("persons"))
    status = models.CharField(_("status"), max_length=10, choices=BookingStatus)
    price_fen = models.IntegerField(_("price"))
    price_basis = models.JSONField(default=dict)
    paid_fen = models.IntegerField(_("paid"), default=0, db_default=0)
    waived_fen = models.IntegerField(_("given back for good"), default=0, db_default=0)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    cancel_before = models.DateTimeField(_("can be cancelled before"))
    source = models.CharField(_("source"), max_length=8, choices=BookingSource)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    checked_in_at = models.DateTimeField(_("came in"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1, db_default=1)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="booking_number_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_range_sane"),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="booking_party_sane"),
            models.CheckConstraint(condition=Q(status__in=BookingStatus.values), name="booking_status_known"),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, paid_fen__lte=F("price_fen")), name="booking_paid_within_price"
            ),
            models.CheckConstraint(condition=Q(waived_fen__gte=0), name="booking_waived_sane"),
            models.CheckConstraint(
                condition=Q(status=BookingStatus.CANCELLED, cancelled_at__isnull=False)
                | (~Q(status=BookingStatus.CANCELLED) & Q(cancelled_at=None)),
                name="booking_cancelled_when",
            ),
        ]
        indexes = [
            models.Index(fields=["palace", "starts_at"], name="booking_of_palace"),
            models.Index(fields=["member", "starts_at"], name="booking_of_member"),
            models.Index(fields=["unit", "starts_at"], name="booking_of_unit"),
            models.Index(fields=["palace"], condition=OWED_BACK, name="booking_owed_back"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_active(self) -> bool:
        return self.status in (BookingStatus.PENDING, BookingStatus.CONFIRMED)

    @property
    def enters_from(self) -> datetime:
        """When the party is let in, and so checked in. Reads the policy."""
        return self.starts_at - timedelta(minutes=self.policy.early_minutes)

    @property
    def is_paid(self) -> bool:
        return self.paid_fen + self.waived_fen >= self.price_fen

    @property
    def due_fen(self) -> int:
        """What is still to be paid. A cancelled booking owes nothing, and what was given back for good is no debt again."""
        if self.status == BookingStatus.CANCELLED:
            return 0
        return max(0, self.price_fen - self.paid_fen - self.waived_fen)

    @property
    def return_fen(self) -> int:
        """What the house still has to give back: all it keeps of a cancelled booking."""
        return self.paid_fen if self.status == BookingStatus.CANCELLED else 0
