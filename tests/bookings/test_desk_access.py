"""The desk: who may do what, and nobody anything in another house."""

import pytest
import time_machine
from django.test import Client

from bookings.models import Booking
from venues.models import Closure, Policy
from venues.services import close

from ..factories import at, make_palace, make_user
from .house import DAY, NOW, House

pytestmark = pytest.mark.django_db
DESK, MANAGER, DIRECTOR, FINANCE = "desk", "venue_manager", "director", "finance"
ROLES = [DESK, MANAGER, DIRECTOR, FINANCE, "coordinator", "asset_officer"]
PAGES = {
    "": {DESK, MANAGER, DIRECTOR},
    "day-sheet/": {DESK, MANAGER, DIRECTOR},
    "find/": {DESK, MANAGER, DIRECTOR},
    "bookings/": {DESK, MANAGER, DIRECTOR, FINANCE},
    "bookings/{number}/": {DESK, MANAGER, DIRECTOR, FINANCE},
    "bookings/{number}/slip/": {DESK, MANAGER, DIRECTOR, FINANCE},
    "book/": {DESK, MANAGER},
    "walk-in/": {DESK, MANAGER},
    "approvals/": {MANAGER, DIRECTOR},
    "closures/": {DESK, MANAGER},
    "closures/new/": {DESK, MANAGER},
    "closures/{closure}/end/": {DESK, MANAGER},
}
ACTS = {
    "bookings/{number}/check-in/": {DESK, MANAGER},
    "bookings/{number}/undo-check-in/": {DESK, MANAGER},
    "bookings/{number}/cancel/": {DESK, MANAGER},
    "bookings/{number}/approve/": {MANAGER, DIRECTOR},
    "bookings/{number}/decline/": {MANAGER, DIRECTOR},
    "bookings/{number}/pay/": {DESK, FINANCE},
    "bookings/{number}/refund/": {FINANCE, MANAGER},
}
OBJECTS = [path for path in (PAGES | ACTS) if "{" in path]


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def things(house):
    closure = Closure(palace=house.palace, venue=house.gym, starts_at=at(DAY, 15), ends_at=at(DAY, 16), reason="检修")
    close(closure=closure, by=house.clerk)
    return {"number": house.book(12).number, "closure": closure.pk}


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_for_its_roles_only(house, path):
    address = "/desk/" + path.format(**things(house))
    answers = {role: house.of(role).get(address).status_code for role in ROLES}
    begin_elsewhere = {FINANCE, "coordinator"} if path == "" else set()
    assert answers == {role: 200 if role in PAGES[path] else 302 if role in begin_elsewhere else 403 for role in ROLES}


@pytest.mark.parametrize(("role", "begins"), [(FINANCE, "/desk/bookings/"), ("coordinator", "/desk/announcements/")])
def test_desk_begins_on_the_first_page_that_is_open(house, role, begins):
    client = house.of(role)
    assert (client.get("/desk/")["Location"], client.get(begins).status_code) == (begins, 200)


@pytest.mark.parametrize("path", ACTS)
def test_act_is_open_to_its_roles_only(house, path):
    address = "/desk/" + path.format(**things(house))
    refused = {role for role in ROLES if house.of(role).post(address).status_code == 403}
    assert refused == set(ROLES) - ACTS[path]


@pytest.mark.parametrize("path", [*PAGES, *ACTS])
def test_members_are_refused_and_strangers_sent_to_sign_in(house, path):
    address = "/desk/" + path.format(**things(house))
    stranger = Client().post(address)
    assert (
        house.client(house.member.user).post(address).status_code,
        stranger.status_code,
        stranger["Location"].split("?")[0],
    ) == (
        403,
        302,
        "/sign-in/",
    )


@pytest.mark.parametrize("path", OBJECTS)
def test_records_of_another_house_do_not_exist(house, path):
    address = "/desk/" + path.format(**things(house))
    elsewhere = make_palace()
    person = make_user(role=DESK, palace=elsewhere)
    for role in (MANAGER, FINANCE):
        person.roles.create(role=role, palace=elsewhere, state="approved")
    client = house.client(person)
    answers = {
        method(address).status_code for method in ((client.get, client.post) if path in PAGES else (client.post,))
    }
    assert answers == {404}
    assert Booking.objects.get().status == "confirmed"


@pytest.mark.parametrize("path", ACTS)
def test_acts_are_posts(house, path):
    address = "/desk/" + path.format(**things(house))
    person = house.staff(DESK)
    for role in (MANAGER, FINANCE):
        person.roles.create(role=role, palace=house.palace, state="approved")
    assert house.client(person).get(address).status_code == 405


def test_today_offers_only_what_the_role_may_press(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    Policy.objects.filter(venue=house.gym).update(early_minutes=60)
    pending = house.book(12, by=house.member.user, source="web")
    waiting = house.book(11, unit=house.gym.units.get())
    acts = {
        "check_in": f"{waiting.number}/check-in/",
        "approve": f"{pending.number}/approve/",
        "book": "/desk/book/",
        "close": "/desk/closures/new/",
    }
    shown = {
        role: {name for name, act in acts.items() if act in house.of(role).get("/desk/").content.decode()}
        for role in (DESK, MANAGER, DIRECTOR)
    }
    assert shown == {
        DESK: {"check_in", "book", "close"},
        MANAGER: {"check_in", "approve", "book", "close"},
        DIRECTOR: {"approve"},
    }


def test_finance_sees_no_way_to_the_day_of_the_house(house):
    page = house.of(FINANCE).get("/desk/bookings/").content.decode()
    assert ('href="/desk/"' in page, 'href="/desk/bookings/"' in page) == (False, True)
