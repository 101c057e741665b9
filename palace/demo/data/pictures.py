"""Drawn at loading time: a picture of each venue, a plan of each site with more than one room."""

import uuid
from functools import lru_cache

from django.core.files.base import ContentFile

from venues.models import Site, Venue, VenuePhoto

from .plans import plan
from .rooms import ROOMS

CAPTION = ("%s，示意图", "%s, a drawing")


def load() -> None:
    for venue in Venue.objects.filter(photos=None).order_by("pk"):
        picture(venue)
    for site in Site.objects.filter(plan="").order_by("pk"):
        draw_plan(site)


@lru_cache
def drawing(kind: str) -> bytes:
    return ROOMS[kind]().jpeg()


def file_name() -> str:
    """Like an uploaded one: the server gives out no other names."""
    return f"{uuid.uuid4().hex}.jpg"


def picture(venue: Venue) -> None:
    kind = "playground" if "乐园" in venue.name else venue.kind
    photo = VenuePhoto(venue=venue, caption=CAPTION[0] % venue.name, caption_en=CAPTION[1] % venue.name_en)
    photo.image.save(file_name(), ContentFile(drawing(kind)), save=True)


def draw_plan(site: Site) -> None:
    venues = list(site.venues.order_by("position"))
    if len(venues) < 2:
        return
    site.plan.save(file_name(), ContentFile(plan(floors_of(venues))), save=True)


def floors_of(venues: list[Venue]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Rooms by floor, the lowest first."""
    floors: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for venue in venues:
        name = venue.floor, venue.floor_en
        floors.setdefault(name, []).append((venue.name, venue.name_en))
    return [(name, name_en, floors[name, name_en]) for name, name_en in sorted(floors)]
