"""The ways out of the house: a text message, an e-mail. What is read in the portal needs no way out."""

import smtplib
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from . import sms
from .errors import Refused, Unreachable
from .models import Channel, Message

Attachment = tuple[str, bytes, str]  # file name, content, type
ATTACHMENTS: dict[str, Callable[[Message], Iterable[Attachment]]] = {}


def attach(kind: str, function: Callable[[Message], Iterable[Attachment]]) -> None:
    """``function(message)`` makes the files that go with e-mails of ``kind``, when they are sent."""
    if ATTACHMENTS.setdefault(kind, function) is not function:
        raise ValueError(f"two functions attach to {kind}")


def send(message: Message) -> None:
    """Send what waits. Raises ``Unreachable`` or ``Refused``."""
    SENDERS[message.channel](message)


def is_out(message: Message) -> bool:
    """Whether an earlier try got out, though its answer was lost. Raises ``Unanswered`` or ``Refused``.

    Only the SMS provider can be asked. A mail server cannot: the e-mail goes out again under the same Message-ID,
    by which mailboxes know a copy.
    """
    if message.channel != Channel.SMS:
        return False
    days = [timezone.localdate(message.created_at), timezone.localdate()]
    return sms.is_out(message.to, message.reference, sorted(set(days)), timeout=settings.SMS_TIMEOUT)


def send_sms(message: Message) -> None:
    template, values = message.params["template"], message.params["values"]
    sms.send(message.to, template, values, timeout=settings.SMS_TIMEOUT, reference=message.reference)


def send_email(message: Message) -> None:
    mail = EmailMessage(message.title, mail_text(message), to=[message.to], headers={"Message-ID": message_id(message)})
    for name, content, kind in ATTACHMENTS.get(message.kind, lambda _message: [])(message):
        mail.attach(name, content, kind)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        raise Refused("The mail server refuses this address.", hopeless=all_final(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:300]) from error


def message_id(message: Message) -> str:
    return f"<{message.reference}@{urlsplit(settings.SITE_URL).hostname}>"


def all_final(error: smtplib.SMTPRecipientsRefused) -> bool:
    """5xx answers are final; 4xx ask to come again."""
    return all(code >= 500 for code, _text in error.recipients.values())


def mail_text(message: Message) -> str:
    link = f"{settings.SITE_URL}{message.link}" if message.link else ""
    return "\n\n".join(filter(None, [message.body, link]))


SENDERS: dict[str, Callable[[Message], None]] = {Channel.SMS: send_sms, Channel.EMAIL: send_email}
