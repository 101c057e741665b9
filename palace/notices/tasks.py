"""What Celery runs for messages."""

from django.db.models import F

from palace.celery import app
from palace.core.tasks import send

from . import sending
from .models import Channel, Message


@app.task(name="palace.notices.tasks.send_messages")
def send_messages():
    for channel in (Channel.SMS, Channel.EMAIL):
        sending.send_waiting(channel)


def ask_to_send(_slot) -> None:
    """Sweep of the minute: sending talks to the world and may take long, so it has a task of its own."""
    send(send_messages)


def messages_held_up():
    """For the watchdog."""
    return Message.objects.held_up().annotate(waits_since=F("created_at"))
