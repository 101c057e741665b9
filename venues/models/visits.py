from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.accounts.models import Member
from palace.unions.models import Palace

from ..querysets import VisitQuerySet
from .house import Venue


class VisitSource(models.TextChoices):
    BOOKING = "booking", pgettext_lazy("visit", "booking")
    SESSION = "session", pgettext_lazy("visit", "class")
    WALK_IN = "walk_in", pgettext_lazy("visit", "walk-in")


class Visit(models.Model):
    """Somebody came in. The source of footfall; one row for a party."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+", db_constraint=False)
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="visits", db_constraint=False)
    member = models.ForeignKey(Member, models.SET_NULL, null=True, blank=True, related_name="visits")
    source = models.CharField(max_length=10, choices=VisitSource)
    source_id = models.BigIntegerField(null=True)
    persons = models.PositiveSmallIntegerField(_("persons"), default=1)
    entered_at = models.DateTimeField(_("came in"), db_default=Now())
    leaves_at = models.DateTimeField(_("expected to leave"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=Q(source_id__isnull=False), name="visit_once"
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="visit_persons_sane"),
        ]
        indexes = [models.Index(fields=["palace", "entered_at"], name="visit_footfall")]

    def __str__(self):
        return f"{self.source} {self.entered_at:%F %R}"
