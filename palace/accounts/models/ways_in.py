"""Codes, wrong tries, keys of the API, and what was agreed to on the way in."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .accounts import User


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
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="consent_once")]

    def __str__(self):
        return self.version
