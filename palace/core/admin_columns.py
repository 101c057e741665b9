"""Columns that registers share: names in the reader's language, and what became of things that go out."""

from datetime import datetime
from decimal import Decimal

from django.contrib import admin
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from .wording import local_text


def in_own_words(field: str, label):
    """The column ``field`` in the reader's language; sorted by the Chinese."""

    @admin.display(description=label, ordering=field)
    def column(thing):
        return local_text(thing, field)

    column.__name__ = f"local_{field}"
    return column


NAME = in_own_words("name", _("name"))
REASON = in_own_words("reason", _("reason"))


def in_yuan(field: str, label):
    """The column ``field``, kept in fen, as a number of yuan: for lists that are worked on in Excel."""

    @admin.display(description=label)
    def column(thing):
        return Decimal(getattr(thing, field)) / 100

    column.__name__ = field.replace("_fen", "_yuan")
    return column


def moment(value: datetime | None) -> str:
    """A time of Shanghai as the fields of a register show theirs: a record's page prints what a method gives as it is."""
    return str(localize(timezone.localtime(value))) if value else "–"


def named(field: str, label):
    """Whom the column ``field`` means, by name only: its readers may not open his page."""

    @admin.display(description=label, ordering=field)
    def column(thing):
        return str(getattr(thing, field) or "–")

    column.__name__ = f"{field}_named"
    return column


class Outgoing:
    @admin.display(description=_("written"), ordering="pk")
    def written(self, message):
        return moment(message.created_at)

    @admin.display(description=_("tries"))
    def attempts(self, message):
        return message.tries

    @admin.display(description=_("error"))
    def trouble(self, message):
        return message.error or "–"
