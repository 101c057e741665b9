"""What may hold places, filled in by the apps above: how a kind of occupancy is called, and how it lets go.

The one way in which this app reaches upwards (docs/architecture.md). A booking is released with a message to the
member; a class session is never released silently: a person moves or cancels it.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One holder in a sentence for staff: ``page`` is its address on the desk, ``call`` where its people's number is asked for.

    ``here`` says that they are in the house already: they are told in person and keep what they have used.
    ``persons`` is the size of a party; 0 where nobody counted them.
    """

    text: str
    page: str = ""
    call: str = ""
    here: bool = False
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Holder:
    """``describe(ids) -> {id: Line}``; ``release(ids, by=…, reason=…, since=…, now=…)`` ends them from ``since`` on and says so.

    It does not touch occupancies.
    """

    label: str
    may_be_released: bool
    describe: Callable[[list[int]], dict[int, Line]]
    release: Callable[..., None] | None = None


HOLDERS: dict[str, Holder] = {}


def register(kind: str, holder: Holder) -> None:
    HOLDERS[kind] = holder
