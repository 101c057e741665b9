"""Faces other than the member's: each app says where its face begins and who may go there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Face:
    name: str
    label: str
    may: Callable[[object], bool]


FACES: dict[str, Face] = {}


def offer_face(name: str, label, may) -> None:
    """Show the page ``name`` in the navigation of every account for which ``may(user)`` is true."""
    FACES[name] = Face(name, label, may)


def faces_of(user) -> list[tuple[str, str]]:
    """Label and address of each face that is open to ``user`` and exists here."""
    if not user or not user.is_authenticated:
        return []
    return [(str(face.label), address(face.name)) for face in FACES.values() if address(face.name) and face.may(user)]


@dataclass(frozen=True, slots=True)
class DeskPage:
    name: str
    label: str
    right: str
    position: int
    parts: frozenset[str] = frozenset()  # further pages of which it is the current one


DESK_PAGES: dict[str, DeskPage] = {}


def offer_desk_page(name: str, label, right: str, position: int = 50, parts=()) -> None:
    """Show the page ``name`` in the desk's navigation of everybody who holds ``right`` in the palace in use."""
    DESK_PAGES[name] = DeskPage(name, label, right, position, frozenset(parts))


def desk_pages_of(user, palace) -> list[DeskPage]:
    """The desk's pages that are open to ``user`` and exist here, in their order."""
    if not palace or not user or not user.is_authenticated:
        return []
    pages = sorted(DESK_PAGES.values(), key=lambda page: page.position)
    return [page for page in pages if address(page.name) and user.may(page.right, palace)]


# What a movement of money is about, in words and with the page of it: ``{subject: told(request, palace_id, id)}``; the
# address is empty for readers to whom that page is closed. Filled by the apps above.
SUBJECTS: dict[str, Callable[..., tuple[str, str]]] = {}


def subject_told(request, palace_id: int, subject: str, pk: int) -> tuple[str, str]:
    tell = SUBJECTS.get(subject)
    return tell(request, palace_id, pk) if tell else ("–", "")


def address(name: str, *args) -> str:
    """The address of the page ``name``; empty where the installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
