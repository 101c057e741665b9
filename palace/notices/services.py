"""Writing messages to people. They go out by ``sending``, which finds them by itself."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from kombu.exceptions import KombuError

from palace.accounts.models import Member, User
from palace.core import tasks as core_tasks
from palace.core.models import OutboxMessage

from . import sms, tasks, texts
from .models import Announcement, Channel, Message, MessageState

logger = logging.getLogger(__name__)


# --- writing --------------------------------------------------------------------------------------


def reader_of(member: Member) -> Member | None:
    """Who reads what concerns ``member``: himself, else his guardian; None where neither has an account in use."""
    candidates = [member, member.guardian]
    return next((m for m in candidates if m and m.user and m.user.is_active), None)


def notify(
    *,
    kind: str,
    member: Member,
    facts: Callable[[], dict],
    palace_id: int | None = None,
    subject_id: int | None = None,
    link: str = "",
    outbox: OutboxMessage | None = None,
    until: datetime | None = None,
    outside: bool = True,
) -> list[Message]:
    """Tell ``member`` in the portal and, unless ``outside`` is false, by SMS and e-mail where he gave them.

    ``facts()`` is called in each language that is written. ``outbox`` or ``until`` make a repetition harmless (see ``Message``).
    """
    reader = reader_of(member)
    if reader is None:
        return []
    common: dict = {"subject_id": subject_id, "member": reader, "palace_id": palace_id, "until": until}
    common |= {"outbox_id": outbox.pk if outbox else None, "link": link}
    return write(kind, facts, reader.user, outside, common)  # type: ignore[arg-type]


def notify_account(
    *, kind: str, user: User, facts: Callable[[], dict], outbox: OutboxMessage, link: str = "", phone: str = ""
) -> list[Message]:
    """Tell the owner of an account about his access; where he is no member, only by SMS and e-mail.

    ``phone`` gets the SMS instead of the account's own number.
    """
    if not user.is_active:
        return []
    member = Member.objects.filter(user=user).first()
    return write(kind, facts, user, True, {"member": member, "outbox_id": outbox.pk, "link": link}, phone)


def write(
    kind: str, facts: Callable[[], dict], user: User, outside: bool, common: dict, phone: str = ""
) -> list[Message]:
    """Messages of ``kind`` with the fields ``common``; in the portal for members only."""
    messages = [in_portal(kind, facts)]
    if outside:
        with override(user.language):
            messages += sent_outside(kind, facts(), user, phone or user.phone)
    for message in messages:
        for name, value in ({"kind": kind} | common).items():
            setattr(message, name, value)
    return save([message for message in messages if message.member or message.channel != Channel.IN_APP])


def in_portal(kind: str, facts: Callable[[], dict]) -> Message:
    """In both languages: it is read in the one that the page is in by then."""
    told: dict[str, str] = {}
    for suffix, language in (("", "zh-hans"), ("_en", "en")):
        with override(language):
            known = facts()
            told |= {f"title{suffix}": texts.title_of(kind, known), f"body{suffix}": texts.body_of(kind, known)}
    return Message(channel=Channel.IN_APP, state=MessageState.SENT, sent_at=timezone.now(), **told)


def sent_outside(kind: str, facts: dict, user: User, phone: str | None):
    """One message for each way to reach ``user`` outside the portal, in the active language."""
    title, body, now = texts.title_of(kind, facts), texts.body_of(kind, facts), timezone.now()
    template = texts.sms_template(kind, user.language)
    if phone and template and sms.is_set():
        values = template.values(facts)
        params = {"template": template.code, "values": values}
        yield Message(
            channel=Channel.SMS,
            title=title,
            body=template.filled(values),
            params=params,
            to=phone,
            next_try_at=now,
        )
    if user.email:
        yield Message(channel=Channel.EMAIL, title=title, body=body, to=user.email, next_try_at=now)


def save(messages: list[Message]) -> list[Message]:
    """Write what is not there yet, and send it soon after the commit."""
    written = Message.objects.bulk_create(messages, ignore_conflicts=True)
    if any(message.state == MessageState.WAITING for message in written):
        transaction.on_commit(send_soon)
    return written


def send_soon() -> None:
    """Only a hint: the sweep of the minute finds what waits, also where the queue is gone."""
    try:
        core_tasks.send(tasks.send_messages)
    except (KombuError, OSError):
        logger.warning("The queue does not answer: messages go out with the next sweep.")


@transaction.atomic
def mark_read(*, by: User, message_id: int | None = None) -> int:
    """Mark one message of ``by``, or all of them, as read; how many were new."""
    mine = Message.objects.filter(member__user=by, channel=Channel.IN_APP).unread()
    return (mine if message_id is None else mine.filter(pk=message_id)).update(read_at=timezone.now())


# --- announcements --------------------------------------------------------------------------------


@transaction.atomic
def save_announcement(*, announcement: Announcement, by: User) -> Announcement:
    """Hang it up, or change it. Raises ``ValidationError`` for a time that ends before it begins."""
    announcement.created_by = announcement.created_by or by
    announcement.full_clean()
    announcement.save()
    return announcement


@transaction.atomic
def end_announcement(*, announcement: Announcement, by: User) -> None:
    """Take it down now; one that has not begun disappears. Doing it twice changes nothing."""
    now = timezone.now()
    announcement = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if announcement.shown_from >= now:
        announcement.delete()
    elif announcement.shown_until is None or announcement.shown_until > now:
        announcement.shown_until = now
        announcement.save(update_fields=["shown_until"])
