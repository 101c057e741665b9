"""The ground tables: audit, outbox, jobs, idempotency, ledger, heartbeats. None knows anything of the apps above."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .querysets import AuditQuerySet, JobQuerySet, OutboxQuerySet


class AuditEntry(models.Model):
    """Who did what to which record, written by the trigger ``core_audit_row`` in the same transaction.

    The application's role may only read it. Tables with personal data leave ``before`` and ``after`` empty
    for those columns and only name them in ``changed``, so that a person can be erased.
    """

    at = models.DateTimeField(db_default=Now(), db_index=True)
    actor_id = models.BigIntegerField(null=True)
    source = models.TextField()  # "web", "api", "task:…", "command:…", or "database:<role>" where nobody said
    request_id = models.TextField(default="", db_default="")
    address = models.GenericIPAddressField(null=True)
    palace_id = models.BigIntegerField(null=True)
    table_name = models.TextField()
    row_id = models.TextField()
    action = models.TextField()
    changed = models.JSONField(default=list)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["table_name", "row_id", "id"], name="audit_of_row")]

    def __str__(self):
        return f"{self.action} {self.table_name} {self.row_id}"


class OutboxMessage(models.Model):
    """A message or job that must happen: written with its cause, handed on by the relay, safe to run twice."""

    topic = models.TextField()
    payload = models.JSONField(default=dict)
    palace_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    handed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.SmallIntegerField(default=0, db_default=0)
    dead = models.BooleanField(default=False, db_default=False)
    error = models.TextField(default="", db_default="", blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [models.Index(fields=["due_at"], name="outbox_open", condition=models.Q(done_at=None, dead=False))]

    def __str__(self):
        return f"{self.topic} {self.pk}"


class JobState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("job", "waiting")
    RUNNING = "running", pgettext_lazy("job", "running")
    DONE = "done", pgettext_lazy("job", "done")
    FAILED = "failed", pgettext_lazy("job", "failed")


class Job(models.Model):
    """Long work that a person started: its progress, result and reason of failure."""

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    palace_id = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    params = models.JSONField(default=dict)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(_("error"), default="", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("started by")
    )
    created_at = models.DateTimeField(_("started"), db_default=Now())
    updated_at = models.DateTimeField(_("last change"), auto_now=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self):
        return self.title


class ExportRecord(models.Model):
    """A list that somebody took out of the portal as a file: who, when, what for, how much. Only grows."""

    at = models.DateTimeField(_("time"), db_default=Now())
    palace_id = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    what = models.CharField(_("list"), max_length=60)
    purpose = models.CharField(_("purpose"), max_length=120)
    filters = models.TextField(_("filters"), blank=True)
    rows = models.PositiveIntegerField(_("rows"))
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["palace_id", "-at"], name="export_of_palace")]

    def __str__(self):
        return f"{self.what} {self.rows}"


class IdempotencyRecord(models.Model):
    """The answer given to a key, stored with its effect. Only effects are stored: a refusal may be tried again."""

    principal = models.BigIntegerField()
    endpoint = models.TextField()
    key = models.TextField()
    request_hash = models.TextField()
    answer_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["principal", "endpoint", "key"], name="idempotency_key_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self):
        return self.key


class LedgerAccount(models.TextChoices):
    """Where money comes from and goes to; a short chart, in the words of the desk."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    WALLET = "wallet", _("mobile payment")
    INCOME_BOOKING = "income_booking", _("income from bookings")


class LedgerTransaction(models.Model):
    """One movement of money: its entries sum to zero, and nothing of it ever changes."""

    palace_id = models.BigIntegerField()
    subject = models.TextField()  # "booking"
    subject_id = models.BigIntegerField()
    kind = models.TextField()  # "payment", "refund"
    receipt_number = models.CharField(_("receipt number"), max_length=40)
    memo = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"), db_default=Now())

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        constraints = [
            models.UniqueConstraint(
                fields=["palace_id", "receipt_number"],
                name="ledger_receipt_once",
                violation_error_message=_("This receipt number is already in the ledger. Check it and type it again."),
                violation_error_code="receipt_used",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["payment", "refund"]), name="ledger_transaction_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["subject", "subject_id"], name="ledger_of_subject")]

    def __str__(self):
        return self.receipt_number


class LedgerEntry(models.Model):
    """One side of a transaction in integer fen: positive into ``account``, negative out of it."""

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="entries")
    account = models.TextField(choices=LedgerAccount)
    amount_fen = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="ledger_entry_not_zero"),
            models.CheckConstraint(
                condition=models.Q(account__in=LedgerAccount.values), name="ledger_entry_account_known"
            ),
        ]

    def __str__(self):
        return f"{self.account} {self.amount_fen}"


class Heartbeat(models.Model):
    """Last sign of life of a worker or of beat."""

    name = models.TextField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return self.name


class PeriodicRun(models.Model):
    """One run of a periodic job for one slot of time: claimed once, however many beats there are."""

    job = models.TextField()
    slot = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="periodic_run_once")]

    def __str__(self):
        return f"{self.job} {self.slot:%F %R}"
