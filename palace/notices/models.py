"""Messages to people, and announcements."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from palace.accounts.models import Member
from palace.core.constraints import moments_sane
from palace.unions.models import Palace

from .querysets import AnnouncementQuerySet, MessageQuerySet


class Channel(models.TextChoices):
    IN_APP = "in_app", pgettext_lazy("channel", "in the portal")
    SMS = "sms", pgettext_lazy("channel", "SMS")
    EMAIL = "email", pgettext_lazy("channel", "e-mail")


class MessageState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("message", "waiting")
    SENDING = "sending", pgettext_lazy("message", "handed over, no answer yet")
    SENT = "sent", pgettext_lazy("message", "sent")
    FAILED = "failed", pgettext_lazy("message", "given up")


class Message(models.Model):
    """One message to one person over one channel.

    ``outbox_id`` and channel together exist once, and so do kind, subject and ``until``: writing it twice is harmless.
    SMS and e-mail wait here until they are out; nothing is sent after ``until``. ``params`` is what an SMS template takes.
    What is read in the portal is kept in both languages; SMS and e-mail in that of the account, in ``title`` and ``body``.
    ``sending`` is written before the provider is called: who finds it later does not know whether the message is out.
    """

    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="messages")
    palace = models.ForeignKey(Palace, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True, default="", db_default="")
    body = models.TextField(_("text"))
    body_en = models.TextField(_("English text"), blank=True, default="", db_default="")
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True)
    to = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.WAITING)
    outbox_id = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["outbox_id", "member", "channel"], name="message_once", condition=Q(outbox_id__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "until", "member", "channel"],
                name="message_once_until",
                nulls_distinct=False,
                condition=Q(until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-created_at"], name="message_of_member"),
            models.Index(fields=["next_try_at"], name="message_waiting", condition=Q(state__in=["waiting", "sending"])),
        ]

    def __str__(self):
        return self.title

    @property
    def reference(self) -> str:
        """The same for each try, and of no other message, also after an older copy of the database was restored."""
        return f"{self.pk}.{round(self.created_at.timestamp() * 1_000_000)}"


class AnnouncementAudience(models.TextChoices):
    PUBLIC = "public", pgettext_lazy("announcement", "everybody")
    MEMBERS = "members", pgettext_lazy("announcement", "signed-in members")
    STAFF = "staff", pgettext_lazy("announcement", "staff of the palace")


class Announcement(models.Model):
    """A notice on the wall of a palace, for an audience, from when to when."""

    palace = models.ForeignKey(Palace, models.PROTECT, related_name="announcements", verbose_name=_("palace"))
    title = models.CharField(_("title"), max_length=100)
    title_en = models.CharField(_("English title"), max_length=150, blank=True)
    body = models.TextField(_("text"))
    body_en = models.TextField(_("English text"), blank=True)
    audience = models.CharField(
        _("audience"), max_length=8, choices=AnnouncementAudience, default=AnnouncementAudience.PUBLIC
    )
    shown_from = models.DateTimeField(_("shown from"))
    shown_until = models.DateTimeField(_("shown until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-shown_from", "-id"]
        constraints = [
            moments_sane("announcement_years_sane", "shown_from", "shown_until"),
            models.CheckConstraint(
                condition=Q(shown_until=None) | Q(shown_until__gt=F("shown_from")),
                name="announcement_dates_in_order",
                violation_error_message=_("The end must come after the start."),
            ),
        ]

    def __str__(self):
        return self.title

    def state_at(self, now) -> str:
        """``coming``, ``over`` or ``hanging``; as ``current`` picks rows."""
        if self.shown_from > now:
            return "coming"
        return "over" if self.shown_until and self.shown_until <= now else "hanging"

    def chip_at(self, now) -> tuple[str, str]:
        """Its state in two words, and the kind of the chip."""
        chips = {
            "coming": (gettext("to come"), "wait"),
            "over": (gettext("over"), "off"),
            "hanging": (gettext("on the wall"), "ok"),
        }
        return chips[self.state_at(now)]
