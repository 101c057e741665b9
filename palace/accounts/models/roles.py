"""Roles: asked for by one person, decided by another."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.core.constraints import days_sane
from palace.unions.models import Palace, Union

from ..querysets import AssignmentQuerySet
from ..roles import Role
from .accounts import User


class RoleState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("role", "asked for")
    APPROVED = "approved", pgettext_lazy("role", "given")
    REFUSED = "refused", pgettext_lazy("role", "refused")


class RoleAssignment(models.Model):
    """A role of an account for one palace, or for a union and its subtree; it counts once a second person approved it.

    ``requested_by`` is empty only where the installation itself set the role up. Taking a role back deletes its row.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    palace = models.ForeignKey(
        Palace, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("palace")
    )
    union = models.ForeignKey(Union, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("union"))
    first_day = models.DateField(_("first day"), default=timezone.localdate)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RoleState, default=RoleState.PENDING)
    requested_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked for by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
        db_column="granted_by_id",
    )
    answer = models.CharField(_("reason of refusal"), max_length=200, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            days_sane("role_years_sane", "first_day", "last_day"),
            models.CheckConstraint(
                condition=Q(palace=None) ^ Q(union=None),
                name="role_for_palace_or_union",
                violation_error_message=_("A role is for one palace or for one union: choose one of the two."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "palace", "union"],
                nulls_distinct=False,
                condition=~Q(state=RoleState.REFUSED),
                name="role_once",
                violation_error_message=_("This account holds this role already, or it is asked for."),
            ),
            models.CheckConstraint(
                condition=Q(state=RoleState.PENDING, requested_by__isnull=False, decided_by=None)
                | Q(state=RoleState.APPROVED, requested_by=None)
                | (
                    Q(state__in=[RoleState.APPROVED, RoleState.REFUSED])
                    & Q(requested_by__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("requested_by"))
                ),
                name="role_by_two_people",
                violation_error_message=_("A role takes two people: one asks for it, another decides."),
            ),
            models.CheckConstraint(
                condition=~Q(requested_by=F("user")) & ~Q(decided_by=F("user")),
                name="role_not_for_oneself",
                violation_error_message=_("Nobody changes his own roles. A second administrator has to do it."),
            ),
            models.CheckConstraint(
                condition=(~Q(state=RoleState.PENDING) | ~Q(reason="")) & (~Q(state=RoleState.REFUSED) | ~Q(answer="")),
                name="role_says_why",
                violation_error_message=_("Write the reason in a few words; it stays with the request."),
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="role_days_in_order",
                violation_error_message=_(
                    "The role would be over before it begins. Choose today or a later last day, or leave it empty."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} · {self.user}"
