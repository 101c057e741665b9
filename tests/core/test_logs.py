"""What is logged names nobody: not in the message, not in the exception, not in PostgreSQL's detail."""

import io
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.log import configure_logging

from palace import celery
from palace.core.logs import masked

from ..factories import make_member


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        ("phone=+8613800138000.", "phone=+86138****8000."),
        ("33048119900307123X", "330481********123X"),
        ("order 1380013800012, 12345678", "order 1380013800012, 12345678"),
        (
            "bad\nDETAIL:  Failing row contains (7, 赵(小)兰).\n, x@y.cn).\nCONTEXT:  SQL statement",
            "bad\nDETAIL:  Failing row contains (…)\nCONTEXT:  SQL statement",
        ),
        ("IntegrityError('Failing row contains (赵小兰).')", "IntegrityError('Failing row contains (…)"),
    ],
)
def test_masked(text, shown):
    assert masked(text) == shown


@pytest.fixture
def log():
    """What our handler writes, as production sets it up."""
    kept = logging.root.handlers[:], logging.root.level
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    handler = next(h for h in logging.root.handlers if h.get_name() == "stderr")
    written = io.StringIO()
    handler.setStream(written)
    yield written
    logging.root.handlers[:], logging.root.level = kept


def test_log_masks_message_exception_and_stack(log):
    logger = logging.getLogger("palace.somewhere")
    try:
        raise ValueError("13800138000 is taken")
    except ValueError:
        logger.exception("No code for %s", "+8613900139000", stack_info=True)
    text = log.getvalue()
    assert ("ValueError: 138****8000 is taken" in text, "No code for +86139****9000" in text) == (True, True)
    assert ("13800138000" in text, "13900139000" in text) == (False, False)


def test_worker_and_beat_log_as_we_do(monkeypatch):
    """Celery puts handlers of its own in the place of ours unless somebody says that logs are taken care of."""
    monkeypatch.setattr("celery.app.log.Logging._setup", False)
    before = logging.root.handlers[:]
    celery.app.log.setup_logging_subsystem()
    assert logging.root.handlers == before


@pytest.mark.django_db
def test_log_leaves_out_the_row_that_the_database_refused(log):
    member = make_member(name="赵小兰")
    try:
        with transaction.atomic():
            type(member).objects.filter(pk=member.pk).update(guardian=member)
    except IntegrityError:
        logging.getLogger("palace.somewhere").exception("It did not work")
    text = log.getvalue()
    assert ("Failing row contains (…)" in text, "赵小兰" in text) == (True, False)
