"""What a run needs to know of one palace: its rules, its staff, its people and who of them is busy on a day."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from random import Random

from bookings.models import Booking
from bookings.slots import day_bounds
from palace.accounts.models import Member, User
from palace.accounts.roles import Role
from palace.demo.catalogue import PALACES
from palace.demo.catalogue.shapes import PalaceSpec, VenueSpec
from palace.unions.models import Palace
from venues import rulebook
from venues.rules import Rulebook, UnitRules

from . import staff

GUESTS = 0.06  # share of bookings by members who registered at another palace


@dataclass
class House:
    spec: PalaceSpec
    palace: Palace
    busy: dict[date, set[int]] = field(default_factory=dict)

    @property
    def book(self) -> Rulebook:
        return rulebook.kept(self.palace.pk)

    @cached_property
    def desk(self) -> User:
        return staff.of(self.palace, Role.DESK)

    @cached_property
    def manager(self) -> User:
        return staff.of(self.palace, Role.VENUE_MANAGER)

    @cached_property
    def regulars(self) -> list[Member]:
        """Verified members who registered here, with what prices need; the first come most often."""
        people = Member.objects.verified().with_hardship().filter(guardian=None, user__roles=None)
        people = people.filter(registered_palace=self.palace).select_related("user")
        return list(people.order_by("pk"))

    @cached_property
    def guests(self) -> list[Member]:
        people = Member.objects.verified().with_hardship().filter(guardian=None, user__roles=None)
        return list(people.exclude(registered_palace=self.palace).select_related("user").order_by("pk")[:200])

    @cached_property
    def children(self) -> list[Member]:
        people = Member.objects.with_hardship().filter(registered_palace=self.palace).exclude(guardian=None)
        return list(people.select_related("guardian__user").order_by("pk"))

    @cached_property
    def venues(self) -> list[tuple[int, VenueSpec]]:
        """(id, what the catalogue says of it), for the venues that still bear the catalogue's name.

        Ascending, and so are their spaces: the order in which locks are taken.
        """
        specs = {venue.name[0]: venue for site in self.spec.sites for venue in site.venues}
        ids = sorted(v.id for v in self.book.venues.values() if v.name in specs)
        return [(pk, specs[self.book.venues[pk].name]) for pk in ids]

    def units(self, venue_id: int) -> list[UnitRules]:
        return self.book.units_of(venue_id)

    def someone(self, day: date, venue: VenueSpec, chance: Random) -> Member:
        """A member who has nothing else on ``day``; some come far more often than others."""
        if self.children and venue.for_children and chance.random() < 0.25:
            return chance.choice(self.children)
        pool = self.guests if self.guests and chance.random() < GUESTS else self.regulars
        for _try in range(20):
            member = pool[int(len(pool) * chance.random() ** 1.3)]
            if member.pk not in self.busy_on(day):
                break
        self.busy_on(day).add(member.pk)
        return member

    def busy_on(self, day: date) -> set[int]:
        if day not in self.busy:
            since, until = day_bounds(day)
            rows = Booking.objects.filter(starts_at__gte=since, starts_at__lt=until)
            self.busy[day] = set(rows.values_list("member_id", flat=True))
        return self.busy[day]


def houses() -> list[House]:
    palaces = {palace.slug: palace for palace in Palace.objects.select_related("union")}
    return [House(spec, palaces[spec.slug]) for spec in PALACES if spec.slug in palaces]
