"""The home page: true counts, my next booking, notices, and as many queries for thirty venues as for one."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.services import book_slot
from palace.notices.models import Announcement
from venues import rulebook
from venues.models import Closure, OpeningException, OpeningHours, Venue, Visit
from venues.services import close

from ..factories import SHANGHAI, at, make_member, make_palace, make_user, make_venue

pytestmark = pytest.mark.django_db
DAY = datetime(2032, 3, 10, tzinfo=SHANGHAI).date()  # a Wednesday


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(DAY, 10, 20), tick=False) as traveller:
        yield traveller


def book(unit, member, hour, minutes=60, **options):
    since = at(DAY, hour)
    options = {"by": member.user, "now": at(DAY, 8)} | options
    return book_slot(unit=unit, member=member, starts_at=since, ends_at=since + timedelta(minutes=minutes), **options)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def seen(client, user=None):
    if user:
        client.force_login(user)
    return client.get("/").context


def test_home_counts_what_has_room_now(client):
    palace, member = make_palace(), make_member()
    hall = make_venue(palace, places=2)
    make_venue(palace, shared=True, places=10, kind="gym", name="健身房")
    for unit in hall.units.all():
        book(unit, member, 10)
    context = seen(client)
    assert (
        context["title"]
        == '<span class="nb">现在来，</span><span class="nb">两处场馆</span><span class="nb">有一处进得去</span>'
    )
    assert [(v["chip"], v["count"], v["taken"], v["places"]) for v in context["venues"]] == [
        ("宽松", 10, 0, 10),
        ("满了", 0, 2, 2),
    ]
    assert context["venues"][1]["next"] == [("11 点", "空 2"), ("12 点", "空 2"), ("13 点", "空 2")]


def test_home_counts_guests_of_a_shared_room_until_they_leave(client, clock):
    venue, now = make_venue(shared=True, places=10, kind="gym"), timezone.now()
    fields = {"palace": venue.palace, "venue": venue, "source": "walk_in", "entered_at": now - timedelta(hours=1)}
    hall = make_venue(venue.palace, places=2)
    Visit.objects.create(**fields | {"venue": hall}, persons=2, leaves_at=now + timedelta(hours=1))
    Visit.objects.create(**fields, persons=4, leaves_at=now + timedelta(hours=1))
    Visit.objects.create(**fields, persons=3, leaves_at=now)
    rows = [(v["count"], v["chip"]) for v in seen(client)["venues"]]
    Visit.objects.create(**fields, persons=30, leaves_at=now + timedelta(hours=1))
    assert (rows, [(v["count"], v["chip"]) for v in seen(client)["venues"]]) == (
        [(6, "宽松"), (2, "宽松")],
        [(2, "宽松"), (0, "满了")],
    )


def test_home_counts_the_courts_of_a_hall_once(client):
    make_venue(places=3, whole=True)
    assert [(v["count"], v["places"]) for v in seen(client)["venues"]] == [(3, 3)]


@pytest.mark.parametrize(("taken", "chip"), [(6, "宽松"), (7, "快满了"), (9, "快满了"), (10, "满了")])
def test_home_says_nearly_full_from_seven_in_ten(client, taken, chip):
    venue, member = make_venue(shared=True, places=10, kind="gym"), make_member()
    book(venue.units.get(), member, 10, party_size=taken)
    assert seen(client)["venues"][0]["chip"] == chip


@pytest.mark.parametrize(
    ("hours", "state"),
    [((8, 10), "明天 8:00 开门"), ((11, 22), "11:00 开门"), ((10, 11), None), ((8, 22), None)],
)
def test_home_says_when_a_venue_opens(client, hours, state):
    make_venue(hours=hours)
    assert seen(client)["venues"][0].get("state") == state


@pytest.mark.parametrize(("shut", "shown", "folded"), [(6, 7, 0), (7, 6, 2), (20, 6, 15)])
def test_home_folds_what_is_shut_when_it_is_much(client, shut, shown, folded):
    palace = make_palace()
    for n in range(shut):
        make_venue(palace, places=1, name=f"馆 {n}", hours=(18, 20))
    make_venue(palace, places=1, name="驿站")
    context = seen(client)
    assert (len(context["venues"]), len(context["more_venues"]), str(context["venues"][0]["name"])[:2]) == (
        shown,
        folded,
        "驿站",
    )


def test_home_is_honest_when_nothing_is_open(client):
    make_venue(hours=(11, 22))
    assert seen(client)["title"] == '<span class="nb">现在没开门，</span><span class="nb">11:00 开门</span>'


def test_home_names_a_day_off(client):
    venue = make_venue()
    OpeningException.objects.create(palace=venue.palace, day=DAY, closed=True, reason="检修")
    assert seen(client)["venues"][0]["state"] == "明天 8:00 开门"


def test_home_says_closed_without_any_hours(client):
    venue = make_venue()
    OpeningHours.objects.filter(venue=venue).delete()
    assert seen(client)["venues"][0]["state"] == "闭馆"


def test_home_gives_the_reason_of_a_closure(client):
    venue = make_venue(places=1)
    director = make_user(role="director", palace=venue.palace)
    closure = Closure(
        palace=venue.palace,
        venue=venue,
        starts_at=at(DAY, 9),
        ends_at=at(DAY, 12),
        reason="灯具检修",
        reason_en="Lamps",
    )
    close(closure=closure, by=director, now=at(DAY, 8))
    row = seen(client)["venues"][0]
    assert (row["state"], row["chip"], row["next"]) == (
        "灯具检修",
        "停用",
        [("11 点", "满"), ("12 点", "空 1"), ("13 点", "空 1")],
    )


def test_home_shows_my_next_booking_with_its_code(client):
    venue, member = make_venue(prices=[(12, 22, 1500)]), make_member()
    booking = book(venue.units.first(), member, 14)
    book(venue.units.first(), member, 16)
    ticket = seen(client, member.user)["ticket"]
    assert (ticket["code"], ticket["qr"], ticket["after"], ticket["note"], ticket["href"]) == (
        f"{booking.number[:4]} {booking.number[4:]}",
        booking.number,
        "· 15 元，到馆付",
        "13:50 起可以入馆。来不了，13:30 前退场就好。",
        reverse("booking_detail", args=[booking.number]),
    )


def test_home_shows_nobody_elses_booking(client):
    venue, other = make_venue(), make_member()
    book(venue.units.first(), other, 14)
    assert seen(client, make_member().user)["ticket"] is None


def test_home_shows_current_notices_to_whom_they_are_for(client):
    palace, now = make_venue().palace, at(DAY, 9)
    common = {"palace": palace, "body": "…"}
    Announcement.objects.create(**common, title="大家", shown_from=now)
    Announcement.objects.create(**common, title="会员", audience="members", shown_from=now)
    Announcement.objects.create(**common, title="还没到", shown_from=at(DAY, 11))
    Announcement.objects.create(**common, title="过了", shown_from=at(DAY, 1), shown_until=at(DAY, 10))
    anonymous = [n.title for n in seen(client)["announcements"]]
    assert (anonymous, [n.title for n in seen(client, make_member().user)["announcements"]]) == (
        ["大家"],
        ["会员", "大家"],
    )


def test_home_has_no_notices_section_without_notices(client):
    make_venue()
    assert 'id="notices"' not in text(client.get("/"))


def test_home_prints_todays_hours(client):
    make_venue(hours=(9, 21))
    assert "今天开放 9:00–21:00" in text(client.get("/"))


def test_home_works_before_there_is_a_palace(client):
    response = client.get("/")
    assert (response.status_code, response.context["title"]) == (
        200,
        '<span class="nb">这座宫还在筹备，</span><span class="nb">还没有能订的场馆</span>',
    )


def test_home_speaks_english(client):
    make_venue()
    client.cookies["django_language"] = "en"
    response = client.get("/")
    assert response.context["title"] == "Come now: the venue has room"
    assert "Badminton hall" in text(response)


def test_home_costs_the_same_for_thirty_venues(client):
    palace, member = make_palace(), make_member()
    venues = [make_venue(palace, places=2)]
    book(venues[0].units.first(), member, 14)
    client.force_login(member.user)
    counts = [queries_of(client, palace)]
    for n in range(29):
        venues.append(make_venue(palace, places=2, name=f"馆 {n}"))
        book(venues[-1].units.first(), member, 14)
    counts.append(queries_of(client, palace))
    assert (counts, Venue.objects.count()) == ([10, 10], 30)


def queries_of(client, palace) -> int:
    """Once the rules of the palace are known to the process."""
    rulebook.current(palace.pk)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return len(queries)


def test_home_counts_one_of_several_in_english(client):
    palace = make_palace()
    make_venue(palace)
    make_venue(palace, name="舞蹈室", name_en="Dance studio", hours=(6, 7))
    client.cookies["django_language"] = "en"
    assert client.get("/").context["title"] == "Come now: 1 of 2 venues has room"


@pytest.mark.parametrize(("count", "shown", "more"), [(10, 10, 0), (11, 9, 2)])
def test_home_of_a_large_house_shows_the_first_and_folds_the_rest(client, count, shown, more):
    palace = make_palace()
    for n in range(count):
        make_venue(palace, places=1, name=f"馆 {n}")
    context = seen(client)
    assert (len(context["venues"]), len(context["more_venues"]), context["more_is_shut"]) == (shown, more, not more)
