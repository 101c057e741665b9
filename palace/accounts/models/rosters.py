"""Rosters of unions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from palace.unions.models import Union

from .members import Member, MemberCategory


class RosterEntry(models.Model):
    """One line of a union's roster: what a newcomer is compared with."""

    union = models.ForeignKey(Union, models.PROTECT, related_name="roster", verbose_name=_("union"))
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("mobile"), max_length=20, blank=True)
    card_number = models.CharField(_("card number"), max_length=32, unique=True)
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=16, choices=MemberCategory, default=MemberCategory.EMPLOYEE)
    member = models.OneToOneField(Member, models.SET_NULL, null=True, blank=True, related_name="roster_entry")

    class Meta:
        verbose_name = _("roster entry")
        verbose_name_plural = _("roster")
        indexes = [
            models.Index(fields=["phone"], name="roster_phone"),
            models.Index(fields=["name", "employer"], name="roster_name_employer"),
        ]

    def __str__(self):
        return self.name
