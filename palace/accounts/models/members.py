"""Members, who knows them, and what staff did with their accounts."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.constraints import days_sane
from palace.unions.models import Palace, Union

from ..querysets import MemberQuerySet
from .accounts import User


class MemberCategory(models.TextChoices):
    EMPLOYEE = "employee", pgettext_lazy("member", "employee")
    MODEL_WORKER = "model_worker", pgettext_lazy("member", "model worker")
    NEW_EMPLOYMENT = "new_employment", pgettext_lazy("member", "new-employment worker")
    RETIRED = "retired", pgettext_lazy("member", "retired")
    FAMILY = "family", pgettext_lazy("member", "family")


class MemberState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("member", "to be verified")
    VERIFIED = "verified", pgettext_lazy("member", "verified")
    REJECTED = "rejected", pgettext_lazy("member", "not verified")


class Member(models.Model):
    """A person the house knows: a union member, or a dependant of one. Without ``user`` he is booked for at the desk."""

    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="member")
    guardian = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="dependants", verbose_name=_("guardian")
    )
    name = models.CharField(_("name"), max_length=60)
    pinyin = models.CharField(
        _("pinyin"), max_length=200, blank=True, help_text=_("Full pinyin and initials, for search and order.")
    )
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    card_number = models.CharField(
        _("card number"),
        max_length=32,
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": _("This card number belongs to another member. Check it and type it again.")},
    )
    home_union = models.ForeignKey(
        Union, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("home union")
    )
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=16, choices=MemberCategory, default=MemberCategory.EMPLOYEE)
    state = models.CharField(_("verification"), max_length=10, choices=MemberState, default=MemberState.PENDING)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    refusal = models.CharField(_("reason of refusal"), max_length=200, blank=True)
    registered_palace = models.ForeignKey(
        Palace, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("registered at")
    )
    created_at = models.DateTimeField(_("registered"), db_default=Now())

    hardship: bool  # there only where ``with_hardship`` asked for it

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=MemberState.VERIFIED) | Q(verified_at__isnull=False), name="member_verified_when"
            ),
            models.CheckConstraint(condition=Q(guardian=None) | ~Q(guardian=F("id")), name="member_not_own_guardian"),
        ]
        indexes = [models.Index(fields=["pinyin"], name="member_pinyin", opclasses=["text_pattern_ops"])]

    def __str__(self):
        return self.name

    @property
    def is_being_checked(self) -> bool:
        """Somebody of the palace is at it: there is nothing to do but to wait."""
        return self.state == MemberState.PENDING

    @property
    def is_verified(self) -> bool:
        return self.state == MemberState.VERIFIED


class KnownMember(models.Model):
    """A palace knows a member because he booked or visited there; its staff find him by initials."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="known_to")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["palace", "member"], name="known_member_once")]

    def __str__(self):
        return f"{self.palace_id} {self.member_id}"


class HardshipFile(models.Model):
    """The hardship flag of a member with its validity. Seen only with the right ``accounts.see_hardship``."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="hardship_files", verbose_name=_("member"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("hardship file")
        verbose_name_plural = _("hardship files")
        constraints = [
            days_sane("hardship_years_sane", "first_day", "last_day"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="hardship_days_in_order",
                violation_error_message=_("The last day comes before the first. Swap them."),
            ),
        ]

    def __str__(self):
        return f"{self.first_day} – {self.last_day}"


class StaffAct(models.Model):
    """What staff did with a person's account, and why. Never changed; goes only with the person."""

    class What(models.TextChoices):
        REGISTERED = "registered", pgettext_lazy("act", "registered at the desk")
        VERIFIED = "verified", pgettext_lazy("act", "verified")
        REFUSED = "refused", pgettext_lazy("act", "not verified")
        EDITED = "edited", pgettext_lazy("act", "data corrected")
        PHONE = "phone", pgettext_lazy("act", "number changed")
        PASSWORD = "password", pgettext_lazy("act", "password reset")
        HARDSHIP = "hardship", pgettext_lazy("act", "hardship file changed")

    member = models.ForeignKey(Member, models.CASCADE, related_name="staff_acts")
    palace = models.ForeignKey(Palace, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = models.CharField(_("what was done"), max_length=12, choices=What)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("staff act")
        verbose_name_plural = _("staff acts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(what__in=["refused", "phone", "password", "hardship"]) | ~Q(reason=""),
                name="staff_act_has_reason",
            )
        ]
        indexes = [models.Index(fields=["member", "-at"], name="staff_acts_of_member")]

    def __str__(self):
        return f"{self.what} {self.member_id}"


class PersonalRead(models.Model):
    """Who read whose personal data, and why: shown to the person (see ``accounts.services.log_read``)."""

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    palace = models.ForeignKey(Palace, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="reads")
    what = models.CharField(max_length=60)
    rows = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["member", "-at"], name="personal_read_of_member")]

    def __str__(self):
        return f"{self.what} {self.rows}"
