"""Accounts, and the roles in force with how far they reach."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from palace.unions.models import Palace, Union

from ..querysets import UserManager
from ..roles import GUESTS, Role, roles_with


class User(AbstractBaseUser):
    """An account: one per person. Staff are ordinary accounts that hold roles."""

    phone = models.CharField(
        _("mobile"),
        max_length=20,
        unique=True,
        null=True,
        error_messages={"unique": _("This number has an account already. Sign in with it.")},
    )
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_superuser = models.BooleanField(_("installs and repairs"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self):
        return self.name

    @cached_property
    def assignments(self):
        """Roles in force today, read once per request."""
        return list(self.roles.in_force().select_related("palace", "union"))

    @cached_property
    def palaces_below(self) -> dict[int, Palace]:
        """Palaces of the unions for which this account holds a role, and of all unions below: one query for all of them."""
        unions = [a.union for a in self.assignments if a.union]
        return {p.pk: p for p in Palace.objects.below(unions).select_related("union")} if unions else {}

    def reach(self, assignment) -> list[int]:
        """Ids of the palaces where a role counts: its palace, or every palace in the subtree of its union."""
        if assignment.union is None:
            return [assignment.palace_id]
        return [pk for pk, p in self.palaces_below.items() if p.union.path.startswith(assignment.union.path)]  # type: ignore[union-attr]

    @property
    def palaces(self) -> set[int]:
        """Ids of the palaces where this account has any role."""
        return {pk for a in self.assignments for pk in self.reach(a)}

    def palaces_with(self, right: str, *, by_union: bool = False) -> list[int]:
        """Ids of the palaces for which this account holds ``right``; with ``by_union`` only by roles for a union."""
        holding = [a for a in self.assignments if a.role in roles_with(right) and (a.union_id or not by_union)]
        return sorted({pk for a in holding for pk in self.reach(a)})

    def unions_below(self, right: str) -> list[int]:
        """Ids of the unions for which a role of this account gives ``right``, and of all below them."""
        unions = self.unions_with(right)
        return list(Union.objects.below(unions).values_list("pk", flat=True)) if unions else []

    def holds_at_root(self, right: str) -> bool:
        """Whether ``right`` is held for a union that has none above it."""
        return any(union.parent_id is None for union in self.unions_with(right))

    def unions_with(self, right: str) -> list[Union]:
        return [a.union for a in self.assignments if a.union and a.role in roles_with(right)]

    def holds(self, right: str) -> bool:
        """Whether any role gives ``right``, for whichever palace or union."""
        return any(a.role in roles_with(right) for a in self.assignments)

    def may(self, right: str, palace) -> bool:
        """Whether a role for ``palace`` gives ``right``. Who installs the portal holds the administrator's rights everywhere."""
        if self.is_superuser and Role.ADMIN in roles_with(right):
            return True
        return getattr(palace, "pk", palace) in self.palaces_with(right)

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """May open the admin site; what is in it depends on the role."""
        return self.is_superuser or bool({a.role for a in self.assignments} - GUESTS)

    @property
    def needs_second_factor(self) -> bool:
        return self.is_superuser or bool(self.assignments)

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label) -> bool:
        return self.is_staff
