"""Every page that visitors and members see, in each of its states: the table that the browser walks.

A page is named by its route; a new one without a line here fails in ``test_member_matrix.py``.
"""

import io
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from bookings.models import Booking
from bookings.services import book_slot, cancel_booking
from palace.accounts import second_factor
from palace.accounts.models import DemoCode, PersonalRead
from palace.accounts.tokens import issue_token
from palace.notices.models import Announcement, Message
from venues.models import OpeningHours, VenuePhoto

from ..browser import session_of
from ..factories import at, make_member, make_palace, make_user, make_venue, tomorrow

NEWCOMER = "+8613800138000"
SENDS = """values => { const form = document.querySelector("main form[method=post]"); form.noValidate = true;
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value; form.requestSubmit(); }"""
DAMAGED = """() => { const form = document.querySelector("main form[method=post]");
    form.innerHTML = "<input name=x>".repeat(2500); form.requestSubmit(); }"""
STALE = """() => { const form = document.querySelector("main form[method=post]");
    form.querySelector("[name=csrfmiddlewaretoken]").remove(); form.noValidate = true; form.requestSubmit(); }"""


def send(page, **values):
    """Send the form of the page as it is, past the checks of the browser."""
    with page.expect_navigation():
        page.evaluate(SENDS, values)


def run(page, script):
    with page.expect_navigation():
        page.evaluate(script)


@dataclass(frozen=True)
class Stop:
    """A page as ``who`` of ``House.people`` sees it; ``act`` is what he does on it first."""

    who: str
    path: str
    status: int = 200
    act: object = None

    def __str__(self):
        return f"{self.who} {self.path} {self.status}"


NOTHING = partial(send)
PAGES: dict[str, list[Stop]] = {
    "home": [Stop("visitor", "/"), Stop("member", "/"), Stop("newcomer", "/"), Stop("elsewhere", "/")],
    "venue_list": [
        Stop("visitor", "/venues/"),
        Stop("member", "/venues/?q=zzz"),
        Stop("member", "/venues/?free=tomorrow"),
        Stop("elsewhere", "/venues/"),
    ],
    "venue_board": [
        Stop("visitor", "/venues/{hall}/?day={day}&sel={unit}.{digits}1000"),
        Stop("member", "/venues/{hall}/?day={day}&view=list"),
        Stop("member", "/venues/{hall}/?day={day}&sel={other}.{digits}1500"),
        Stop("member", "/venues/{gym}/?day={day}"),
        Stop("newcomer", "/venues/{rooms}/?day={day}"),
        Stop("member", "/venues/{hall}/?day=1999-01-01"),
        Stop("member", "/venues/{shut}/?day={day}"),
    ],
    "venue_about": [Stop("visitor", "/venues/{hall}/about/"), Stop("member", "/venues/{rooms}/about/")],
    "booking_confirm": [
        Stop("member", "/book/{unit}/?start={day}T10:00"),
        Stop("member", "/book/{free_unit}/?start={day}T10:00", 400, partial(send, party_size="99")),
        Stop("member", "/book/{stage}/?start={day}T10:00"),
        Stop("member", "/book/{unit}/?start={day}T15:00"),
        Stop("member", "/book/{other}/?start={day}T15:00", 409),
        Stop("newcomer", "/book/{unit}/?start={day}T10:00", 400),
    ],
    "booking_list": [Stop("member", "/bookings/"), Stop("newcomer", "/bookings/")],
    "booking_detail": [
        Stop("member", "/bookings/{number}/?new=1"),
        Stop("member", "/bookings/{asked}/"),
        Stop("member", "/bookings/{given_back}/"),
    ],
    "booking_cancel": [
        Stop("member", "/bookings/{number}/cancel/"),
        Stop("member", "/bookings/{number}/cancel/", 400, partial(send, why="other")),
        Stop("member", "/bookings/{late}/cancel/"),
        Stop("member", "/bookings/{given_back}/cancel/"),
    ],
    "sign_in": [
        Stop("visitor", "/sign-in/"),
        Stop("visitor", "/sign-in/", 422, NOTHING),
        Stop("visitor", "/sign-in/", 422, partial(send, phone="13912340000", password="wrong")),
        Stop("visitor", "/sign-in/", 429, partial(send, phone="13912349999", password="wrong")),
    ],
    "sign_in_code": [
        Stop("visitor", "/sign-in/code/"),
        Stop("visitor", "/sign-in/code/", 422, partial(send, phone="1")),
    ],
    "sign_in_enter": [
        Stop("at_code", "/sign-in/code/enter/"),
        Stop("at_code", "/sign-in/code/enter/", 422, partial(send, code="12")),
    ],
    "register": [Stop("visitor", "/register/"), Stop("visitor", "/register/", 422, partial(send, phone="1"))],
    "register_details": [
        Stop("proven", "/register/details/"),
        Stop("proven", "/register/details/", 422, partial(send, password="1")),
    ],
    "reset_password": [Stop("visitor", "/sign-in/forgotten/")],
    "reset_password_new": [
        Stop("forgetful", "/sign-in/forgotten/new/"),
        Stop("forgetful", "/sign-in/forgotten/new/", 422, partial(send, password="1")),
    ],
    "second_factor": [
        Stop("clerk", "/sign-in/second-factor/"),
        Stop("clerk", "/sign-in/second-factor/", 422, NOTHING),
    ],
    "second_factor_setup": [Stop("new_clerk", "/sign-in/second-factor/set-up/")],
    "consent": [Stop("visitor", "/consent/")],
    "demo_codes": [Stop("visitor", "/demo/codes/")],
    "me": [Stop("member", "/me/"), Stop("newcomer", "/me/"), Stop("refused", "/me/")],
    "me_edit": [Stop("refused", "/me/edit/"), Stop("member", "/me/edit/", 422, partial(send, name=""))],
    "me_identity": [Stop("member", "/me/id-number/"), Stop("member", "/me/id-number/", 422, partial(send, number="1"))],
    "me_phone": [Stop("member", "/me/phone/")],
    "me_phone_code": [Stop("moving", "/me/phone/code/")],
    "me_password": [
        Stop("member", "/me/password/"),
        Stop("member", "/me/password/", 422, partial(send, old="wrong", password="1")),
    ],
    "me_sessions": [Stop("member", "/me/sessions/")],
    "me_reads": [Stop("member", "/me/reads/"), Stop("newcomer", "/me/reads/")],
    "message_list": [Stop("member", "/messages/"), Stop("newcomer", "/messages/")],
    "announcement_list": [Stop("member", "/announcements/"), Stop("elsewhere", "/announcements/")],
    "announcement_detail": [Stop("visitor", "/announcements/{notice}/")],
    "palace_list": [Stop("member", "/palaces/")],
    "palace_detail": [Stop("visitor", "/palaces/{palace}/")],
    "styleguide": [Stop("visitor", "/styleguide/")],
}
ERRORS = [
    Stop("visitor", "/nowhere/", 404),
    Stop("member", "/nowhere/", 404),
    Stop("member", "/desk/", 403),
    Stop("visitor", "/sign-in/", 413, partial(run, script=DAMAGED)),
    Stop("visitor", "/sign-in/", 403, partial(run, script=STALE)),
    Stop("member", "/styleguide/?broken", 500),
]
# Routes open to everybody or to whoever is signed in that show no page of their own.
NOT_PAGES = {
    "booking_ics",
    "choose_palace",
    "healthz_live",
    "healthz_ready",
    "me_language",
    "media",
    "message_open",
    "message_read_all",
    "set_preferences",
    "sign_out",
}


def stops() -> list[Stop]:
    return [stop for some in PAGES.values() for stop in some] + ERRORS


class House:
    """A hall, a gym, piano rooms, a stage that needs approval, a member with bookings, and people on their way in."""

    def __init__(self):
        now = timezone.now()
        self.palace = make_palace(
            name_en="Chaocheng Workers' Cultural Palace",
            phone="0573-0000 0000",
            address="学林路 88 号",
            hours="每天 9 点",
        )
        long = {"hours": (8, 18), "policy": {"horizon_days": 30}}
        gym = {"shared": True, "places": 40, "hours": (0, 24), "policy": {"horizon_days": 30, "party_max": 5}}
        self.hall = make_venue(self.palace, whole=True, prices=[(8, 12, 0), (12, 18, 1500)], **long)
        self.gym = make_venue(self.palace, kind="gym", name="健身房", name_en="Gym", **gym)
        self.rooms = make_venue(self.palace, kind="piano", name="钢琴房", name_en="", places=8, rules="轻声", **long)
        approval = {"policy": {"horizon_days": 30, "needs_approval": True}, "hours": (8, 18)}
        self.stage = make_venue(self.palace, kind="theatre", name="多功能厅", name_en="", places=1, **approval)
        self.shut = make_venue(self.palace, kind="dance", name="舞蹈室", name_en="", places=1, **long)
        OpeningHours.objects.filter(venue=self.shut).delete()
        self.member, self.newcomer = make_member(), make_member(name="孔倩宁", verified=False)
        self.unit, self.other = (self.hall.units.get(name=f"{n} 号场") for n in (1, 2))
        self.booking = self.book(self.unit, 15)
        self.book(self.other, 15, make_member())
        self.asked = self.book(self.stage.units.get(), 9)
        self.late = self.book(self.rooms.units.first(), 9)
        Booking.objects.filter(pk=self.late.pk).update(cancel_before=now - timedelta(minutes=1))
        self.given_back = self.book(self.rooms.units.last(), 10)
        cancel_booking(booking=self.given_back, by=self.member.user, reason="临时有事")
        self.notice = self.hang_up("元旦开放时间", now)
        hang_photo(self.hall)

    def book(self, unit, hour, member=None):
        member, since = member or self.member, at(tomorrow(), hour)
        return book_slot(unit=unit, member=member, starts_at=since, ends_at=since + timedelta(hours=1), by=member.user)

    def hang_up(self, title, now):
        since = now - timedelta(hours=1)
        return Announcement.objects.create(
            palace=self.palace, title=title, body="三天照常。\n初一休息。", shown_from=since
        )

    def fill(self):
        """What only some pages show: messages, other devices, looks at one's data, people who are half way in."""
        told(self.member, "订好了：羽毛球馆 1 号场", "明天 10:00，羽毛球馆 1 号场订好了，预约号 48261903，15 元。")
        told(self.member, "Booked: 钢琴房", "Tomorrow 9:00, 钢琴房 is booked, number 48261903, ¥15.")
        refused = make_member(name="钱多多", verified=False, state="rejected", refusal="卡号对不上")
        agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile Safari/604.1"
        UserSession.objects.create(user=self.member.user, session_key="x" * 32, ip="10.0.0.7", user_agent=agent)
        issue_token(user=self.member.user, agent=agent)
        clerk, new_clerk = (make_user(role="desk", palace=self.palace, name="王春霞") for _ in range(2))
        TOTP.activate(clerk, second_factor.new_secret())
        PersonalRead.objects.create(user=clerk, palace=self.palace, member=self.member, what="member")
        DemoCode.objects.create(phone=NEWCOMER, code="123456")
        for _ in range(5):
            Client().post("/sign-in/", {"phone": "13912349999", "password": "wrong"})
        proof = {"next": "", "until": int(time.time()) + 900}
        self.people = {
            "visitor": {},
            "elsewhere": {"palace": make_palace(name="善河县工人文化宫").slug},
            "member": {"session": session_of(self.member.user)},
            "newcomer": {"session": session_of(self.newcomer.user)},
            "refused": {"session": session_of(refused.user)},
            "moving": {"session": session_of(self.member.user, new_phone=NEWCOMER)},
            "clerk": {"session": session_of(clerk)},
            "new_clerk": {"session": session_of(new_clerk)},
            "at_code": {"session": session_of(door={"entry": "register", "phone": NEWCOMER, "next": ""})},
            "proven": {"session": session_of(proven=proof | {"phone": NEWCOMER})},
            "forgetful": {"session": session_of(proven=proof | {"phone": self.member.user.phone})},
        }

    def address(self, path: str) -> str:
        names = ("hall", "gym", "rooms", "shut", "unit", "other", "notice")
        numbers = {name: getattr(self, name).number for name in ("asked", "late", "given_back")}
        return path.format(
            day=tomorrow(),
            digits=f"{tomorrow():%Y%m%d}",
            number=self.booking.number,
            palace=self.palace.slug,
            free_unit=self.gym.units.get().pk,
            stage=self.stage.units.get().pk,
            **numbers,
            **{name: getattr(self, name).pk for name in names},
        )


def told(member, title, body):
    now = timezone.now()
    options = {"channel": "in_app", "kind": "booking_confirmed", "link": "/bookings/", "state": "sent", "sent_at": now}
    Message.objects.create(member=member, palace=None, title=title, body=body, **options)


def hang_photo(venue):
    """As wide as the widest that is kept."""
    target = io.BytesIO()
    Image.new("RGB", (1600, 1200), "teal").save(target, "JPEG")
    photo = VenuePhoto(venue=venue, caption="羽毛球馆，从门口看", caption_en="The hall, from the door")
    photo.image.save("0" * 32 + ".jpg", ContentFile(target.getvalue()), save=True)
