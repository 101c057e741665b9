"""A house at work for the tests of the desk: Wednesday, 10:20, a hall of six courts and a gym of forty places."""

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from bookings.services import book_slot

from ..factories import at, make_member, make_palace, make_user, make_venue

DAY = date(2035, 3, 14)  # far enough that the database's own clock is never past it
NOW = at(DAY, 10, 20)
OPEN = {"horizon_days": 6000}  # bookable since long ago, also by that clock


class House:
    def __init__(self, **options):
        self.palace = make_palace(name="潮城市工人文化宫", name_en="Chaocheng palace")
        self.hall = make_venue(self.palace, hours=(9, 21), policy=OPEN, prices=[(12, 21, 1500)], **options)
        self.gym = make_venue(
            self.palace,
            places=40,
            shared=True,
            kind="gym",
            name="健身房",
            name_en="Gym",
            hours=(9, 21),
            policy=OPEN,
            prices=[(9, 21, 1000)],
        )
        self.court = self.hall.units.get(label="1")
        self.clerk = self.staff("desk")
        self.member = make_member(name="周小明", pinyin="zhouxiaoming zxm")

    def staff(self, role, **fields):
        return make_user(role=role, palace=self.palace, name="王晓霞", **fields)

    def client(self, user=None) -> Client:
        client = Client()
        client.force_login(user or self.clerk)
        return client

    def of(self, role) -> Client:
        return self.client(self.staff(role))

    def book(self, hour, *, unit=None, member=None, minutes=60, day=DAY, by=None, **options):
        member, since = member or self.member, at(day, hour)
        return book_slot(
            unit=unit or self.court,
            member=member,
            starts_at=since,
            ends_at=since + timedelta(minutes=minutes),
            by=by or self.clerk,
            **{"source": "desk", "now": at(DAY, 8)} | options,
        )


def address(name, booking, **query) -> str:
    return reverse(name, args=[booking.number])


def said(response) -> list[str]:
    """What the next page says above its content."""
    return [str(message) for message in response.wsgi_request._messages]


def text(response) -> str:
    return " ".join(response.content.decode().split())
