"""People: accounts, members, roles, hardship files, the vault of ID numbers, rosters and keys of the API."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palace.unions.models import Palace, Union

from .querysets import AssignmentQuerySet, MemberQuerySet, UserManager
from .roles import Role, roles_with


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
        return self.is_superuser or bool(
            {a.role for a in self.assignments} - {Role.PARTNER, Role.LECTURER, Role.CLUB_OFFICER, Role.EVALUATOR}
        )

    @property
    def needs_second_factor(self) -> bool:
        return self.is_superuser or bool(self.assignments)

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_superuser

    def has_module_perms(self, app_label) -> bool:
        return self.is_staff


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
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="hardship_days_in_order",
                violation_error_message=_("The last day comes before the first. Swap them."),
            )
        ]

    def __str__(self):
        return f"{self.first_day} – {self.last_day}"


class IdentityNumber(models.Model):
    """The vault: an ID number as ciphertext, and a keyed fingerprint to find a second use of it."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="identity")
    ciphertext = models.BinaryField()
    key_id = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self):
        return str(self.pk)


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
        return self.get_role_display()


class FactorReset(models.Model):
    """The second factor of an account was taken away: by whom and why. ``by`` is empty for the operator at the machine."""

    user = models.ForeignKey(User, models.CASCADE, related_name="factor_resets", verbose_name=_("account"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reset of the second factor")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="factor_reset_has_reason"),
            models.CheckConstraint(condition=~Q(by=F("user")), name="factor_reset_not_own"),
        ]

    def __str__(self):
        return str(self.pk)


class ApiToken(models.Model):
    """A key of the API: only its SHA-256 is kept. Ends after ``expires_at``, at sign-out everywhere, or when revoked."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    agent = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return str(self.pk)


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


class CodePurpose(models.TextChoices):
    ENTER = "enter", pgettext_lazy("code", "sign in or register")
    RESET = "reset", pgettext_lazy("code", "new password")
    CHANGE = "change", pgettext_lazy("code", "new number")


class PhoneCode(models.Model):
    """A code of six digits for one phone and purpose; only its keyed digest is kept. Rows also count for the limits."""

    phone = models.CharField(max_length=20)
    purpose = models.CharField(max_length=10, choices=CodePurpose)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-created_at"], name="phone_code_of_phone"),
            models.Index(fields=["address", "-created_at"], name="phone_code_of_address"),
        ]

    def __str__(self):
        return f"{self.purpose} {self.pk}"


class FailedAttempt(models.Model):
    """A wrong password or second factor, or a lock-out that was told; ``key`` is a keyed digest of what was attacked.

    Counted over the last hours.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "-at"], name="failed_attempts_of_key")]

    def __str__(self):
        return f"{self.kind} {self.pk}"


class DemoCode(models.Model):
    """The last codes in clear, for the demonstration's page of codes. Written only where ``settings.DEMO`` is on."""

    phone = models.CharField(max_length=20)
    code = models.CharField(max_length=6)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return str(self.pk)


class Consent(models.Model):
    """When an account agreed to which version of the text on personal data."""

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    version = models.CharField(max_length=20)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="consent_once")]

    def __str__(self):
        return self.version


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
    what = models.CharField(max_length=12, choices=What)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(what__in=["refused", "phone", "password", "hardship"]) | ~Q(reason=""),
                name="staff_act_has_reason",
            )
        ]
        indexes = [models.Index(fields=["member", "-at"], name="staff_acts_of_member")]

    def __str__(self):
        return f"{self.what} {self.member_id}"
