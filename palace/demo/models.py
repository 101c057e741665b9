"""What the demonstration has loaded and what is still to happen in it. Empty in a real installation."""

from django.db import models
from django.db.models.functions import Now


class Part(models.Model):
    """A piece of demonstration data, written in the same transaction as the piece itself."""

    name = models.TextField(primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self):
        return self.name


class EventKind(models.TextChoices):
    APPROVE = "approve"
    CANCEL = "cancel"
    GIVE_UP = "give_up"  # nobody approved in time
    ARRIVE = "arrive"
    ABSENT = "absent"
    WALK_IN = "walk_in"


class Event(models.Model):
    """What an invented person does at ``at``: he comes, stays away, gives back. Gone once it has happened."""

    kind = models.CharField(max_length=10, choices=EventKind)
    at = models.DateTimeField(db_index=True)
    palace_id = models.BigIntegerField()
    booking_id = models.BigIntegerField(null=True)
    venue_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    persons = models.PositiveSmallIntegerField(default=1)
    amount_fen = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.kind} {self.at:%F %R}"
