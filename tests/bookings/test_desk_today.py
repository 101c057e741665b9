"""Today at the desk: the sentence, the queues, finding whoever stands there."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.services import check_in
from palace.accounts import sessions
from palace.accounts.models import KnownMember, PersonalRead
from venues.models import Closure, Policy, Visit
from venues.services import close

from ..factories import at, make_member, make_palace, make_user, make_venue
from .house import DAY, NOW, OPEN, House, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def today(house, **query):
    return house.client().get("/desk/", query)


def visit(house, entered, leaves, persons):
    Visit.objects.create(
        palace=house.palace, venue=house.hall, source="walk_in", persons=persons, entered_at=entered, leaves_at=leaves
    )


def test_title_counts_persons_in_the_house(house):
    visit(house, at(DAY, 9), at(DAY, 11), 100)
    visit(house, at(DAY, 9), None, 40)
    visit(house, NOW, at(DAY, 12), 3)
    visit(house, at(DAY, 9), NOW, 7)  # left this minute
    visit(house, NOW + timedelta(seconds=1), at(DAY, 12), 11)  # not here yet
    visit(house, at(DAY, -1), None, 13)  # yesterday, and never said goodbye
    response = today(house)
    assert (response.context["inside"], '周三 10:20，</span><span class="nb">在馆 143 人' in text(response)) == (
        143,
        True,
    )


def test_queues_take_whom_they_should_at_each_boundary(house):
    members = [make_member() for _ in range(6)]
    rows = {
        "running": house.book(10, member=members[0]),
        "soon": house.book(11, member=members[1], party_size=2),
        "later": house.book(12, member=members[2]),
        "over": house.book(9, member=members[3]),
        "here": house.book(10, unit=house.hall.units.get(label="2"), member=members[4]),
    }
    check_in(booking=rows["here"], by=house.clerk, now=NOW)
    response = today(house)
    names = {booking.pk: name for name, booking in rows.items()}
    queues = {q: [names[b.pk] for b in response.context[q]] for q in ("expected", "missing")}
    assert (queues, response.context["persons_soon"], response.context["tasks"]) == (
        {"expected": ["soon"], "missing": ["running"]},
        2,
        1,
    )


@pytest.mark.parametrize(("minutes", "queue"), [(14, "expected"), (15, "missing")])
def test_party_is_missing_after_a_quarter_of_an_hour(house, minutes, queue):
    house.book(10)
    with time_machine.travel(at(DAY, 10, minutes), tick=False):
        response = today(house)
    assert [q for q in ("expected", "missing") if response.context[q]] == [queue]


@pytest.mark.parametrize(("minutes", "count"), [(-1, 0), (0, 1)])
def test_party_is_expected_from_an_hour_before(house, minutes, count):
    house.book(12)
    with time_machine.travel(at(DAY, 11, 0) + timedelta(minutes=minutes), tick=False):
        assert today(house).context["expected_count"] == count


def test_queues_stand_on_the_page_of_today_only(house):
    Policy.objects.filter(venue=house.gym).update(needs_approval=True)
    late, soon = house.book(10), house.book(11, member=make_member())
    asked = house.book(12, unit=house.gym.units.get(), by=house.member.user, source="web")
    tomorrow = {"day": (DAY + timedelta(days=1)).isoformat()}
    here, there = (house.of("venue_manager").get("/desk/", query) for query in ({}, tomorrow))
    queues = [[b.pk for b in here.context[name]] for name in ("missing", "expected")]
    assert (queues, here.context["pending"]) == ([[late.pk], [soon.pk]], [(asked, False)])
    assert [page.context["sheet"].bookings for page in (here, there)] == [3, 0]
    words = ("等签到", "还没到", "等审批", "周*明", "件事等您")
    assert [word in text(there) for word in words] == [False] * len(words)


@pytest.mark.parametrize(("minutes", "opens"), [(49, False), (50, True)])
def test_check_in_is_offered_from_the_minute_in_which_it_works(house, minutes, opens):
    booking = house.book(12)
    with time_machine.travel(at(DAY, 11, minutes), tick=False):
        pages = [
            text(today(house)),
            text(house.client().get(f"/desk/bookings/{booking.number}/")),
            text(find(house, "zxm", follow=True)),
        ]
        path = f"/desk/bookings/{booking.number}/check-in/"
        assert [(f'action="{path}"' in page, "11:50 起可签到" in page) for page in pages] == [(opens, not opens)] * 3
        house.client().post(path)
    booking.refresh_from_db()
    assert (booking.status == "used") == opens


def test_approvals_are_for_those_who_decide(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    booking = house.book(12, by=house.member.user, source="web")
    assert (today(house).context["pending"], house.of("venue_manager").get("/desk/").context["pending"]) == (
        [],
        [(booking, False)],
    )


def test_closures_of_the_day_are_named(house):
    closure = Closure(
        palace=house.palace,
        unit=house.hall.units.get(label="4"),
        starts_at=at(DAY, 13),
        ends_at=at(DAY, 17),
        reason="灯具检修",
    )
    close(closure=closure, by=house.clerk)
    tomorrow = {"day": (DAY + timedelta(days=1)).isoformat()}
    assert (today(house).context["closures"], today(house, **tomorrow).context["closures"]) == ([closure], [])
    assert "羽毛球馆 4 号场" in text(today(house))


@pytest.mark.parametrize(
    "day", ["2035-13-40", "gestern", "0000-00-00", "2035-03-14T10:00", "1970-01-01", "9999-12-31", "\x00"]
)
def test_day_that_is_none_or_too_far_is_answered_with_today(house, day):
    response = today(house, day=day)
    assert (response.status_code, response.context["day"], len(said(response))) == (200, DAY, 1)


@pytest.mark.parametrize("days", [-366, -1, 1, 366])
def test_other_days_are_shown(house, days):
    day = DAY + timedelta(days=days)
    response = today(house, day=day.isoformat())
    assert (response.context["day"], response.context["is_today"], said(response)) == (day, False, [])


def test_house_without_a_venue_says_so(house):
    palace = make_palace()
    response = house.client(make_user(role="desk", palace=palace)).get("/desk/")
    assert "还没有场馆" in text(response)


def queries(house, **query) -> int:
    client = house.of("venue_manager")  # sees all queues
    client.get("/desk/", query)
    with CaptureQueriesContext(connection) as found:
        client.get("/desk/", query)
    return len(found)


@pytest.mark.parametrize(("days", "most"), [(0, 12), (1, 9)])
def test_today_takes_the_same_queries_for_one_and_thirty_units(house, days, most):
    shut = {"starts_at": at(DAY, 13), "ends_at": at(DAY, 17), "reason": "检修"}
    close(closure=Closure(palace=house.palace, unit=house.hall.units.get(label="6"), **shut), by=house.clerk)
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    house.book(12, by=house.member.user, source="web")
    house.book(11)
    query = {"day": (DAY + timedelta(days=days)).isoformat()}
    few = queries(house, **query)
    for n in range(6):
        venue = make_venue(house.palace, places=5, name=f"馆 {n}", hours=(9, 21), policy=OPEN)
        for unit in venue.units.all():
            house.book(11, unit=unit, member=make_member())
            house.book(10, unit=unit, member=make_member())
        Policy.objects.filter(venue=venue).update(needs_approval=True)
        asks = make_member()
        house.book(12, unit=unit, member=asks, by=asks.user, source="web")
    assert (few, queries(house, **query)) == (most, most)


# --- finding ------------------------------------------------------------------------------------------------------


def find(house, words, client=None, **options):
    return (client or house.client()).post("/desk/find/", {"text": words}, **options)


@pytest.mark.parametrize("shape", ["{n}", "{a} {b}", " {a}-{b} ", "https://palace.example/bookings/{n}/"])
def test_number_leads_to_its_booking(house, shape):
    booking = house.book(12)
    words = shape.format(n=booking.number, a=booking.number[:4], b=booking.number[4:])
    assert find(house, words)["Location"] == f"/desk/bookings/{booking.number}/"


def test_number_of_another_house_is_not_found(house):
    number = House().book(12).number
    assert (find(house, number).status_code, find(house, number).context["rows"]) == (200, [])


@pytest.mark.parametrize("words", ["zxm", "zhou", "周小明", "phone", "card"])
def test_person_with_one_booking_today_leads_straight_to_it(house, words):
    booking = house.book(12)
    keys = {"phone": house.member.user.phone.removeprefix("+86"), "card": house.member.card_number}
    assert find(house, keys.get(words, words))["Location"] == f"/desk/bookings/{booking.number}/"


def test_person_with_two_bookings_today_is_a_choice(house):
    first, second = house.book(12), house.book(14)
    rows = find(house, "zxm").context["rows"]
    assert [(member, coming) for member, _phone, coming in rows] == [(house.member, [first, second])]


def test_booking_of_tomorrow_is_shown_and_not_opened(house):
    booking = house.book(12, day=DAY + timedelta(days=1))
    assert [coming for _member, _phone, coming in find(house, "zxm").context["rows"]] == [[booking]]


def test_results_are_masked_and_logged(house):
    house.book(12)
    house.book(14)
    page = text(find(house, "zxm"))
    phone = house.member.user.phone.removeprefix("+86")
    assert ("周小明" in page, phone in page, "周*明" in page, f"{phone[:3]}****{phone[-4:]}" in page) == (
        False,
        False,
        True,
        True,
    )
    read = PersonalRead.objects.get(member=house.member)
    assert (read.user, read.palace, read.what) == (house.clerk, house.palace, "search")


def test_initials_find_only_whom_the_house_knows(house):
    stranger = make_member(name="钱程", pinyin="qiancheng qc")
    assert find(house, "qc").context["rows"] == []
    KnownMember.objects.create(palace=house.palace, member=stranger)
    assert [member for member, _phone, _coming in find(house, "qc").context["rows"]] == [stranger]


@pytest.mark.parametrize("words", ["", " ", "z", "x" * 61, "\x00\x00"])
def test_search_that_is_no_search_is_refused_in_a_sentence(house, words):
    response = find(house, words)
    assert (response.status_code, bool(response.context["form"].errors)) == (422, True)


@pytest.mark.parametrize(("headers", "pushed"), [({}, True), ({"X-Refresh": "itself"}, False)])
def test_page_that_refreshes_itself_is_no_sign_of_a_person(house, headers, pushed):
    client = house.client()
    session = client.session
    session[sessions.SEEN] = before = sessions.seconds_now() - 120
    session.save()
    client.get("/desk/", headers=headers)
    assert (client.session[sessions.SEEN] > before) == pushed
