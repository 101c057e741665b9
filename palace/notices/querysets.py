from django.db import models
from django.db.models import Q
from django.utils import timezone

from palace.accounts.roles import GUESTS


class MessageQuerySet(models.QuerySet):
    def in_app_of(self, user):
        """What a person reads in the portal, newest first."""
        return self.filter(member__user=user, channel="in_app").order_by("-created_at")

    def unread(self):
        return self.filter(read_at=None)

    def waiting(self):
        """Not yet out of the house, and not given up."""
        return self.filter(state__in=["waiting", "sending"])

    def due(self, now):
        return self.waiting().filter(next_try_at__lte=now)

    def held_up(self):
        """Waiting because of the channel, not because a number or an address was refused."""
        return self.waiting().exclude(error__startswith="Refused")


class AnnouncementQuerySet(models.QuerySet):
    def current(self, now=None):
        now = now or timezone.now()
        return self.filter(shown_from__lte=now).filter(Q(shown_until=None) | Q(shown_until__gt=now))

    def visible_to(self, user):
        """Public ones for everybody, members' for the signed-in, staff's for the staff of that palace."""
        if not user.is_authenticated:
            return self.filter(audience="public")
        staff = [a.palace_id for a in user.assignments if a.palace_id and a.role not in GUESTS]
        return self.filter(Q(audience__in=["public", "members"]) | Q(palace__in=staff))
