"""Pieces that are loaded once: each in a transaction with its mark, so that a kill loses at most one piece."""

from collections.abc import Iterable
from contextlib import contextmanager
from random import Random

from django.db import connection, transaction

from palace.demo.models import Part

SEED = "palace-2026"


def rng(*of_what) -> Random:
    """Chance that depends on the seed and on what it is for, never on what was drawn before."""
    return Random(":".join([SEED, *map(str, of_what)]))


def loaded(names: Iterable[str]) -> set[str]:
    return set(Part.objects.filter(name__in=list(names)).values_list("name", flat=True))


def mark(names: Iterable[str]) -> list[str]:
    """Claim the pieces ``names`` in the caller's transaction; those that were free. A twin that does the same waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO demo_part (name) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING RETURNING name",
            [list(names)],
        )
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def part(name: str):
    """Load the piece ``name`` inside; gives False where it is there already."""
    with transaction.atomic():
        yield bool(mark([name]))
