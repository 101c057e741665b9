"""The house: what can be booked, when it is open, under which rules, and who has which places from when to when."""

from .calendar import CalendarDay, DayType, OpeningException, OpeningHours
from .claims import Allocation, Closure, Occupancy, OccupancyKind
from .house import Site, SiteKind, Space, Unit, UnitMode, Venue, VenueKind, VenuePhoto
from .rules import Audience, Policy, RulesVersion, Tariff, TariffDiscount, TariffLine
from .visits import Visit, VisitSource

__all__ = [
    "Allocation",
    "Audience",
    "CalendarDay",
    "Closure",
    "DayType",
    "Occupancy",
    "OccupancyKind",
    "OpeningException",
    "OpeningHours",
    "Policy",
    "RulesVersion",
    "Site",
    "SiteKind",
    "Space",
    "Tariff",
    "TariffDiscount",
    "TariffLine",
    "Unit",
    "UnitMode",
    "Venue",
    "VenueKind",
    "VenuePhoto",
    "Visit",
    "VisitSource",
]
