from django.db import models
from django.db.models import F, Q

ACTIVE = ("pending", "confirmed")
OWED_BACK = Q(status="cancelled", paid_fen__gt=0)


class BookingQuerySet(models.QuerySet):
    def active(self):
        """Awaited: pending or confirmed."""
        return self.filter(status__in=ACTIVE)

    def coming(self, now):
        """Active and not over at ``now``, soonest first."""
        return self.active().filter(ends_at__gt=now).order_by("starts_at", "id")

    def visible_to(self, user):
        """A member's own and those of his dependants; staff see their palace's."""
        mine = Q(member__user=user) | Q(member__guardian__user=user)
        palaces = user.palaces_with("bookings.see")
        return self.filter(mine | Q(palace__in=palaces)) if palaces else self.filter(mine)

    def own(self, user):
        """The caller's own and those of his dependants, whatever roles he holds."""
        return self.filter(Q(member__user=user) | Q(member__guardian__user=user))

    def over(self, now):
        """Whatever is not coming any more, the latest first."""
        return self.exclude(status__in=ACTIVE, ends_at__gt=now).order_by("-starts_at", "-id")

    def numbers_of(self, user, venue, starts_at, ends_at) -> dict:
        """The caller's active bookings of a venue that touch the time: number by id, in one query."""
        if not user.is_authenticated:
            return {}
        rows = self.own(user).active().filter(unit__venue=venue).on_day(starts_at, ends_at)
        return dict(rows.values_list("pk", "number"))

    def owed_back(self):
        """Cancelled, and the house still keeps money of it."""
        return self.filter(OWED_BACK)

    def owed(self):
        """Not cancelled, and not paid or waived in full: ``Booking.due_fen`` in the database."""
        return self.exclude(status="cancelled").filter(price_fen__gt=F("paid_fen") + F("waived_fen"))

    def in_palace(self, palace):
        return self.filter(palace=palace)

    def on_day(self, starts_at, ends_at):
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)

    def with_people(self):
        return self.select_related("member__user", "member__guardian__user", "unit__venue__site")

    def _refuse(self, *args, **kwargs):
        raise TypeError(
            "A booking is made by bookings.services.book_slot only: it claims the places and the row at once."
        )

    create = bulk_create = get_or_create = update_or_create = delete = _refuse
