"""Messages and jobs that must happen: a row written with its cause, handed to a worker, run once.

``put`` belongs into the transaction of the cause. ``relay`` hands due rows to Celery and hands them over again when
nothing came of it; ``deliver`` runs the function of the topic and marks the row done in one transaction, so twins and
late copies of the same task change nothing. Upper apps ``register`` their topics in ``AppConfig.ready()``.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import Promise

from .actor import acting
from .models import OutboxMessage

HAND_AGAIN_AFTER = timedelta(minutes=2)  # Redis came back empty, or the worker died
MOST_IN_FLIGHT = 500  # more would be handed over twice before the worker comes to them
BACK_OFF = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 900)]
MOST_TRIES = len(BACK_OFF) + 1
LONGEST_ERROR = 2000

Handler = Callable[[OutboxMessage], None]
HANDLERS: dict[str, Handler] = {}
NAMES: dict[str, str | Promise] = {}  # of topics, for people
logger = logging.getLogger(__name__)


def register(topic: str, function: Handler, name: str | Promise) -> None:
    """``function(outbox)`` does what ``topic`` asks for, ``name`` for people; it must be safe to run again after a failure."""
    if HANDLERS.setdefault(topic, function) is not function:
        raise ValueError(f"two functions for topic {topic}")
    NAMES[topic] = name


def name_of(topic: str) -> str:
    """``topic`` in the reader's language; its code where an older installation wrote it."""
    return str(NAMES.get(topic, topic))


def put(topic: str, payload: dict, *, palace=None, due_at=None) -> OutboxMessage:
    """Ask for ``topic`` in the caller's transaction; not before ``due_at`` if given. ``palace``: object or id."""
    when = {"due_at": due_at} if due_at else {}
    palace_id = getattr(palace, "pk", palace)
    return OutboxMessage.objects.create(topic=topic, payload=payload, palace_id=palace_id, **when)


# --- handing over ---------------------------------------------------------------------------------


def relay(hand: Callable[[int], None]) -> int:
    """Claim due rows and give their ids to ``hand``; those that it does not take (Redis is gone) stay as they were."""
    claimed = claim()
    for position, pk in enumerate(claimed):
        try:
            hand(pk)
        except Exception as error:  # whatever the transport raises, the rest must be given back
            logger.warning("The queue does not answer (%s): messages wait.", type(error).__name__)
            OutboxMessage.objects.filter(pk__in=claimed[position:]).update(handed_at=None)
            return position
    return len(claimed)


@transaction.atomic
def claim() -> list[int]:
    """Mark rows as handed over and return their ids, oldest first."""
    lost = Q(handed_at=None) | Q(handed_at__lt=Now() - HAND_AGAIN_AFTER)
    rows = OutboxMessage.objects.due().filter(lost).order_by("due_at", "pk")
    rows = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
    claimed = list(rows[: room()])
    OutboxMessage.objects.filter(pk__in=claimed).update(handed_at=Now())
    return claimed


def room() -> int:
    """How many rows the worker can take until they would be handed over again."""
    in_flight = OutboxMessage.objects.open().filter(handed_at__gte=Now() - HAND_AGAIN_AFTER)
    return max(0, MOST_IN_FLIGHT - in_flight.count())


# --- running --------------------------------------------------------------------------------------


def deliver(pk: int) -> bool:
    """Run the row if it is open, due, and no twin runs it. Whether it was run to its end here.

    The try is counted before it begins: a row that ends its worker is given up like one that raises.
    """
    tries = count_try(pk)
    if not tries:
        return False
    try:
        return run(pk, tries)
    except Exception as error:  # a row that cannot be done must not stop the others
        logger.warning("Outbox row %s failed at try %s.", pk, tries, exc_info=True)
        note_failure(pk, tries, describe(error))
        return False


@transaction.atomic
def count_try(pk: int) -> int:
    """The number of the try that may begin now; 0 for none."""
    row = OutboxMessage.objects.due().select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None:
        return 0
    if row.tries >= MOST_TRIES:
        give_up(row.pk, row.error or "The worker ended each time while it did this.")
        return 0
    OutboxMessage.objects.filter(pk=pk).update(tries=F("tries") + 1)
    return row.tries + 1


@transaction.atomic
def run(pk: int, tries: int) -> bool:
    row = OutboxMessage.objects.open().select_for_update().filter(pk=pk, tries=tries).first()
    if row is None:  # done meanwhile, or a twin counted after us and runs it
        return False
    with acting(source=f"task:{row.topic}"):
        handler_of(row.topic)(row)
    OutboxMessage.objects.filter(pk=pk).update(done_at=Now(), error="")
    return True


def handler_of(topic: str) -> Handler:
    if topic not in HANDLERS:
        raise LookupError(f"no function for topic {topic}")
    return HANDLERS[topic]


@transaction.atomic
def note_failure(pk: int, tries: int, error: str) -> None:
    if tries >= MOST_TRIES:
        give_up(pk, error)
        return
    again = Now() + BACK_OFF[tries - 1]
    open_row = OutboxMessage.objects.open().filter(pk=pk)
    open_row.update(handed_at=None, due_at=again, error=error)


def give_up(pk: int, error: str) -> None:
    """Leave the row for a person to look at (``manage.py doctor``, /desk/jobs/)."""
    logger.error("Outbox row %s was given up: %s", pk, error)
    OutboxMessage.objects.open().filter(pk=pk).update(dead=True, error=error)


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR]


def revive(rows: Iterable[int]) -> int:
    """Try rows that were given up once more, from the first try."""
    dead = OutboxMessage.objects.filter(pk__in=list(rows), dead=True, done_at=None)
    return dead.update(dead=False, tries=0, handed_at=None, due_at=Now())
