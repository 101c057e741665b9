"""Which palace a unit belongs to, kept per process: a unit never moves to another palace."""

from time import monotonic

from .models import Unit

KEEP_SECONDS = 60  # a palace that is switched off disappears for callers by then
MOST = 10_000
_palaces: dict[int, tuple[int, float]] = {}


def palace_of_unit(unit_id: int) -> int | None:
    """The palace of a unit; None where there is no such unit, or its palace is not shown. A query at most once a minute."""
    palace_id, until = _palaces.get(unit_id, (None, 0.0))
    if until < monotonic():
        palace_id = Unit.objects.filter(pk=unit_id, palace__is_active=True).values_list("palace", flat=True).first()
        keep(unit_id, palace_id)
    return palace_id


def keep(unit_id: int, palace_id: int | None) -> None:
    """Unknown units are asked for again: guessing numbers shall not fill the memory."""
    if palace_id is None:
        _palaces.pop(unit_id, None)
        return
    if len(_palaces) >= MOST:
        _palaces.clear()
    _palaces[unit_id] = palace_id, monotonic() + KEEP_SECONDS
