"""Sending what waits. Each message is taken for two minutes, tried outside of a transaction, and tried again for a day.

Between the provider's yes and our commit a worker may die. So each try is written down before it begins (state
``sending``), and who takes a message in that state asks first whether it is out already.
"""

import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from . import channels
from .errors import NotSent, Refused, Unanswered, Unreachable
from .models import Message, MessageState

LEASE = timedelta(minutes=2)  # above the longest sending: whoever died with a message in hand gives it back
GIVE_UP_AFTER = timedelta(hours=24)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60)]
PAUSE_SECONDS = 50  # a channel that does not answer is left alone until the next minute
MOST_AT_ONCE = 200

logger = logging.getLogger(__name__)


def send_waiting(channel: str, most: int = MOST_AT_ONCE) -> int:
    """Send what is due on ``channel``, at most ``most``; how many got out.

    Ends at the first sign that the channel as a whole is down: the others would wait as long for the same answer.
    """
    if cache.get(f"channel_down:{channel}"):
        return 0
    sent = 0
    for _n in range(most):
        claimed = claim(channel)
        if claimed is None:
            break
        try:
            sent += attempt(*claimed)
        except Unreachable:
            cache.set(f"channel_down:{channel}", True, PAUSE_SECONDS)
            break
    return sent


@transaction.atomic
def claim(channel: str) -> tuple[Message, bool] | None:
    """The message that is due longest, taken for two minutes; and whether an earlier try may have got it out."""
    due = Message.objects.due(timezone.now()).filter(channel=channel).order_by("next_try_at", "pk")
    message = due.select_for_update(skip_locked=True).first()
    if message is None:
        return None
    in_doubt = message.state == MessageState.SENDING
    message.state, message.next_try_at, message.tries = MessageState.SENDING, timezone.now() + LEASE, message.tries + 1
    message.save(update_fields=["state", "next_try_at", "tries"])
    return message, in_doubt


def attempt(message: Message, in_doubt: bool) -> bool:
    """Whether it is out. Outside of a transaction: a slow provider must not hold one open."""
    try:
        if in_doubt and channels.is_out(message):
            close(message, MessageState.SENT, "")
            return True
        in_doubt = False
        if is_stale(message, timezone.now()):
            close(message, MessageState.FAILED, message.error or "Too late to be of use.")
            return False
        if message.next_try_at is None or timezone.now() >= message.next_try_at:  # held up: somebody else took it
            return False
        channels.send(message)
    except Refused as refusal:
        postpone(message, refusal, hopeless=refusal.hopeless and not in_doubt, in_doubt=in_doubt)
        return False
    except Unreachable as trouble:
        postpone(message, trouble, in_doubt=in_doubt or isinstance(trouble, Unanswered))
        raise
    except Exception as error:  # a message that breaks its sender must not hold up the next
        logger.exception("Message %s could not be sent.", message.pk)
        postpone(message, NotSent(f"{type(error).__name__}: {error}"), in_doubt=in_doubt)
        return False
    close(message, MessageState.SENT, "")
    return True


def is_stale(message: Message, now: datetime) -> bool:
    return now >= last_moment(message)


def last_moment(message: Message) -> datetime:
    """When trying ends: a day after it was written, or when it is of no use any more."""
    return min(filter(None, [message.created_at + GIVE_UP_AFTER, message.until]))


def postpone(message: Message, reason: NotSent, *, in_doubt: bool, hopeless: bool = False) -> None:
    again = timezone.now() + BACK_OFF[min(message.tries, len(BACK_OFF)) - 1]
    if hopeless or again >= last_moment(message):
        close(message, MessageState.FAILED, described(reason))
        return
    state = MessageState.SENDING if in_doubt else MessageState.WAITING
    Message.objects.filter(pk=message.pk).waiting().update(state=state, next_try_at=again, error=described(reason))


def described(reason: NotSent) -> str:
    """The querysets tell by the first word whose fault it was."""
    return f"{type(reason).__name__}: {reason}"


def close(message: Message, state: str, error: str) -> None:
    sent_at = timezone.now() if state == MessageState.SENT else None
    Message.objects.filter(pk=message.pk).waiting().update(state=state, error=error, sent_at=sent_at, next_try_at=None)
    if state == MessageState.FAILED:
        logger.warning("Message %s (%s, %s) was given up: %s", message.pk, message.channel, message.kind, error)
