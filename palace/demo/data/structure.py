"""Unions, palaces and their houses, from the catalogue."""

from datetime import date, time

from django.utils import timezone

from palace.accounts.words import pinyin_of
from palace.demo.catalogue import PALACES
from palace.demo.catalogue.shapes import PalaceSpec, SiteSpec, UnitSpec, VenueSpec
from palace.demo.catalogue.texts import rules_of
from palace.demo.catalogue.unions import ENTERPRISES, TOWNS, TREE
from palace.unions.models import Palace, Union
from venues.holidays import load_year
from venues.models import (
    DayType,
    OpeningHours,
    Policy,
    Site,
    Space,
    Tariff,
    TariffDiscount,
    TariffLine,
    Unit,
    UnitMode,
    Venue,
)

SINCE = date(2024, 1, 1)
DISCOUNTS = {"model_worker": 50, "hardship": 0}


def load() -> None:
    year = timezone.localdate().year
    for each in (year - 1, year, year + 1):
        load_year(each)
    unions = make_unions()
    for position, spec in enumerate(PALACES):
        make_palace(spec, unions[spec.union], position)


def make_unions() -> dict[str | None, Union]:
    made: dict[str | None, Union] = {}
    for parent, level, name, name_en, code in TREE:
        made[name] = Union.objects.create(
            parent=made.get(parent), level=level, name=name, name_en=name_en, region_code=code
        )
    county = made["潮城市总工会"]
    for town, town_en, _spot in TOWNS:
        Union.objects.create(parent=county, level="town", name=f"{town}总工会", name_en=f"{town_en} Union")
    for parent, firms in ENTERPRISES.items():
        for firm, firm_en in firms:
            Union.objects.create(
                parent=made[parent], level="enterprise", name=f"{firm}工会", name_en=f"{firm_en} Union"
            )
    return made


def make_palace(spec: PalaceSpec, union: Union, position: int) -> Palace:
    fields = {}
    for field in ("name", "address", "motto", "services", "discounts", "hours", "procedures"):
        fields[field], fields[f"{field}_en"] = getattr(spec, field)
    for field in ("slug", "region_code", "institution", "palace_class", "floor_area_m2", "land_area_mu", "phone"):
        fields[field] = getattr(spec, field)
    palace = Palace.objects.create(union=union, position=position, **fields)
    make_hours(palace, spec)
    for number, site in enumerate(spec.sites):
        make_site(palace, site, number)
    return palace


def make_hours(palace: Palace, spec: PalaceSpec) -> None:
    """Weekly hours, longer summer evenings where the palace publishes them, and holidays."""
    opens, closes = spec.open_hours
    weekly(palace, (opens, closes), SINCE)
    hours_of(palace, [DayType.HOLIDAY], spec.holiday_hours, SINCE)
    if "7、8 月" not in spec.hours[0]:
        return
    this = timezone.localdate().year
    for year in (this - 1, this, this + 1):
        summer = {"last_day": date(year, 8, 31), "season": "夏季"}
        weekly(palace, (opens, closes + 1), date(year, 7, 1), **summer)


def weekly(palace, hours, first_day, **more) -> None:
    hours_of(palace, [day for day in DayType if day != DayType.HOLIDAY], hours, first_day, **more)


def hours_of(palace, days, hours, first_day, **more) -> None:
    opens_at, closes_at = (time(hour % 24) for hour in hours)
    rows = [
        OpeningHours(palace=palace, day_type=day, opens_at=opens_at, closes_at=closes_at, first_day=first_day, **more)
        for day in days
    ]
    OpeningHours.objects.bulk_create(rows)


def make_site(palace: Palace, spec: SiteSpec, position: int) -> None:
    site = Site.objects.create(
        palace=palace,
        kind=spec.kind,
        name=spec.name[0],
        name_en=spec.name[1],
        address=spec.address[0],
        address_en=spec.address[1],
        accessibility=spec.accessibility[0],
        accessibility_en=spec.accessibility[1],
        map_url=map_link(spec),
        position=position,
    )
    for number, venue in enumerate(spec.venues):
        make_venue(palace, site, venue, number)


def map_link(spec: SiteSpec) -> str:
    """As a palace would enter it: a place on a public map, by coordinates, since the names here are invented."""
    latitude, longitude = spec.spot
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"


def make_venue(palace: Palace, site: Site, spec: VenueSpec, position: int) -> None:
    rules, rules_en = rules_of(spec.kind)
    venue = Venue.objects.create(
        palace=palace,
        site=site,
        kind=spec.kind,
        name=spec.name[0],
        name_en=spec.name[1],
        pinyin=pinyin_of(spec.name[0]),
        centre=spec.centre,
        operating_mode=spec.mode,
        floor=spec.floor[0],
        floor_en=spec.floor[1],
        summary=spec.summary[0],
        summary_en=spec.summary[1],
        rules=rules,
        rules_en=rules_en,
        accessibility=site.accessibility,
        accessibility_en=site.accessibility_en,
        position=position,
    )
    space = Space.objects.create(palace=palace, venue=venue, name=venue.name, name_en=venue.name_en, places=spec.places)
    if spec.hours:
        hours_of(palace, list(DayType), spec.hours, SINCE, venue=venue)
    Policy.objects.create(palace=palace, venue=venue, first_day=SINCE, **spec.policy)
    make_tariff(palace, venue, spec)
    for number, unit in enumerate(spec.units, start=1):
        make_unit(palace, venue, space, spec, unit, number)


def make_tariff(palace: Palace, venue: Venue, spec: VenueSpec, *, unit: Unit | None = None, places: int = 1) -> None:
    """Prices of the venue; of ``unit`` alone, which takes the room of so many ``places``."""
    tariff = Tariff.objects.create(
        palace=palace, venue=venue, unit=unit, first_day=SINCE, market_fen=spec.market_fen * places
    )
    for audience, days, since, until, fen, label, label_en in spec.prices:
        TariffLine.objects.create(
            tariff=tariff,
            audience=audience,
            days=days,
            from_time=time(since % 24),
            to_time=time(until % 24),
            price_fen=fen * places,
            label=label,
            label_en=label_en,
        )
    for category, percent in DISCOUNTS.items() if spec.prices else ():
        TariffDiscount.objects.create(tariff=tariff, category=category, percent=percent)


def make_unit(palace, venue, space, venue_spec: VenueSpec, spec: UnitSpec, position: int) -> None:
    unit = Unit.objects.create(
        palace=palace,
        venue=venue,
        space=space,
        name=spec.name[0],
        name_en=spec.name[1],
        label=spec.label,
        note=spec.note[0],
        note_en=spec.note[1],
        mode=UnitMode.SHARED if spec.shared else UnitMode.EXCLUSIVE,
        first_place=spec.first,
        place_count=spec.count,
        capacity=spec.capacity,
        position=position,
    )
    if spec.policy:
        own = venue_spec.policy | spec.policy
        Policy.objects.create(palace=palace, venue=venue, unit=unit, first_day=SINCE, **own)
    if spec.count > 1 and not spec.shared and venue_spec.prices:
        make_tariff(palace, venue, venue_spec, unit=unit, places=spec.count)
