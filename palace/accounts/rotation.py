"""Moving the vault under a new key, in small transactions: whoever breaks off begins again where it ended."""

from collections.abc import Callable
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, models, transaction

from .adapters import SecondFactorAdapter, key_of
from .models import IdentityNumber
from .vault import KeyMissing, closed, decrypt, key_id

BATCH = 200


@dataclass
class Outcome:
    """``missing``: rows by the id of a key that is not in the environment. ``twice``: members whose number another
    holds. ``broken``: members whose row does not open, though its key is there.
    """

    moved: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    twice: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not (self.missing or self.twice or self.broken)


def rotate(said: Callable[[int], None] = lambda moved: None) -> Outcome:
    """Put every ID number and every key of an app under the present key; ``said(n)`` hears of progress."""
    outcome = Outcome()
    numbers = IdentityNumber.objects.exclude(key_id=key_id())
    for rows, move in ((numbers, move_number), (Authenticator.objects.all(), move_app)):
        last: int | None = 0
        while last is not None:
            last = batch(rows, last, move, outcome)
            said(outcome.moved)
    return outcome


@transaction.atomic
def batch(rows: models.QuerySet, after: int, move: Callable, outcome: Outcome) -> int | None:
    """Move the next rows; the id of the last one seen, None at the end."""
    found = list(rows.filter(pk__gt=after).order_by("pk").select_for_update()[:BATCH])
    for row in found:
        try:
            outcome.moved += move(row)
        except KeyMissing as error:
            key = str(error.args[0])
            outcome.missing[key] = outcome.missing.get(key, 0) + 1
        except IntegrityError:
            outcome.twice.append(row.pk)
        except InvalidTag:
            outcome.broken.append(row.pk)
    return found[-1].pk if found else None


def move_number(row: IdentityNumber) -> bool:
    number = decrypt(bytes(row.ciphertext), str(row.pk), row.key_id)
    with transaction.atomic():
        IdentityNumber.objects.filter(pk=row.pk).update(**closed(row.pk, number))
    return True


def move_app(row: Authenticator) -> bool:
    """Secrets of apps and seeds of recovery codes; whether any lay under another key."""
    adapter = SecondFactorAdapter()
    old = {name: row.data[name] for name in ("secret", "seed") if name in row.data}
    stale = {name: text for name, text in old.items() if key_of(text) != key_id()}
    row.data |= {name: adapter.encrypt(adapter.decrypt(text)) for name, text in stale.items()}
    if stale:
        row.save(update_fields=["data"])
    return bool(stale)
