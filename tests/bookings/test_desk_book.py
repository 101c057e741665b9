"""Booking for somebody, walk-ins, and the slip."""

import re
from datetime import timedelta

import pytest
import time_machine

from bookings.models import Booking
from bookings.services import cancel_booking, take_payment
from bookings.walk_ins import let_in, running_until
from palace.accounts.models import KnownMember
from palace.core.models import AuditEntry
from venues import rulebook
from venues.models import Closure, Occupancy, Policy, Unit, Visit
from venues.services import close

from ..factories import at, make_member, make_palace, make_venue
from .house import DAY, NOW, House, address, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        house = House()
        KnownMember.objects.create(palace=house.palace, member=house.member)
        yield house


def ask(house, client=None, **query):
    return (client or house.client()).get("/desk/book/", query)


def wish(house, hour=12, **more):
    return {"member": house.member.pk, "unit": house.court.pk, "start": f"2035-03-14T{hour:02}:00"} | more


def press(house, query, client=None, **data):
    given = {"party_size": "2", "key": "abc", "minutes": "60"} | data
    return (client or house.client()).post("/desk/book/?" + "&".join(f"{k}={v}" for k, v in query.items()), given)


def test_booking_starts_with_whom(house):
    response = ask(house)
    assert (response.status_code, response.context["wish"].step) == (200, 1)


def test_search_that_finds_one_goes_on_with_him(house):
    response = house.client().post("/desk/book/?venue=" + str(house.hall.pk), {"text": "zxm"})
    assert response["Location"] == f"/desk/book/?member={house.member.pk}&venue={house.hall.pk}&day=2035-03-14"


def test_search_that_finds_several_offers_them(house):
    other = make_member(name="郑心美", pinyin="zhengxinmei zxm")
    KnownMember.objects.create(palace=house.palace, member=other)
    links = house.client().post("/desk/book/", {"text": "zxm"}).context["links"]
    assert [member for member, _phone, _href in links] == [other, house.member]


def test_somebody_unknown_here_is_found_by_his_full_number_only(house):
    stranger = make_member(name="钱程", pinyin="qiancheng qc")
    client = house.client()
    assert ask(house, client, member=stranger.pk).status_code == 404
    found = client.post("/desk/book/", {"text": stranger.card_number})
    assert client.get(found["Location"]).status_code == 200


def test_free_slots_are_offered_from_the_next_one_on(house):
    house.book(12)
    lanes = ask(house, member=house.member.pk, venue=house.hall.pk).context["lanes"]
    courts = {lane["time"]: [slot["label"] for slot in lane["slots"]] for lane in lanes}
    assert (next(iter(courts)), list(courts)[-1], courts["11:00"][0], courts["12:00"][0]) == (
        "11:00",
        "20:00",
        "1 号场",
        "2 号场",
    )


def test_hour_of_a_row_of_several_courts_is_kept_from_whom_to_which_court(house):
    pressed = {"venue": house.hall.pk, "day": "2035-03-15", "start": "2035-03-15T14:00"}
    query = "&".join(f"{name}={value}" for name, value in pressed.items())
    found = house.client().post(f"/desk/book/?{query}", {"text": "zxm"})["Location"]
    assert found == f"/desk/book/?member={house.member.pk}&{query}"
    response = house.client().get(found)
    assert (next(iter(response.context["lanes"]))["time"], response.context["wish"].step) == ("14:00", 2)
    whole_day = house.client().get(response.context["again"])
    assert next(iter(whole_day.context["lanes"]))["time"] == "9:00"


def test_slots_show_the_price_of_the_member(house):
    lanes = ask(house, member=house.member.pk, venue=house.gym.pk).context["lanes"]
    assert lanes[0]["slots"][0]["note"] == "空 40 位 · 10 元"


def test_desk_books_whom_the_audience_leaves_out(house):
    guest = make_member(verified=False, name="韩雪")
    KnownMember.objects.create(palace=house.palace, member=guest)
    press(house, wish(house, member=guest.pk))
    booking = Booking.objects.get()
    assert (booking.member, booking.status) == (guest, "confirmed")


def test_desk_is_offered_days_that_are_not_open_yet(house):
    Policy.objects.filter(venue=house.hall).update(horizon_days=1)
    answer = ask(house, **wish(house, start="2035-03-20T12:00"))
    assert (answer.status_code, answer.context["offer"].minutes) == (200, [60, 120])


def test_book_for_somebody(house):
    response = press(house, wish(house))
    booking = Booking.objects.get()
    assert response["Location"] == f"/desk/bookings/{booking.number}/"
    assert (
        booking.member,
        booking.booked_by,
        booking.source,
        booking.party_size,
        booking.starts_at,
        booking.price_fen,
    ) == (
        house.member,
        house.clerk,
        "desk",
        2,
        at(DAY, 12),
        1500,
    )


def test_book_for_two_hours(house):
    press(house, wish(house), minutes="120")
    assert Booking.objects.get().ends_at == at(DAY, 14)


def test_button_pressed_twice_books_once(house):
    client = house.client()
    first, second = press(house, wish(house), client), press(house, wish(house), client)
    assert Booking.objects.count() == 1
    assert (first.status_code, second.status_code, first["Location"]) == (302, 302, second["Location"])


def test_slot_that_was_taken_offers_the_nearest(house):
    house.book(12)
    response = press(house, wish(house))
    assert (response.status_code, len(response.context["nearest"]), Booking.objects.count()) == (409, 3, 1)
    assert response.context["nearest"][0][0] == "12:00 2 号场"


@pytest.mark.parametrize(
    ("party", "status"), [("0", 422), ("1", 302), ("6", 302), ("7", 422), ("", 422), ("x", 422), ("9" * 30, 422)]
)
def test_party_fits_the_place(house, party, status):
    assert press(house, wish(house), party_size=party).status_code == status


def test_party_of_a_shared_place_is_at_most_what_is_free(house):
    gym = house.gym.units.get()
    house.book(12, unit=gym, party_size=38)
    assert [press(house, wish(house, unit=gym.pk), party_size=party).status_code for party in ("3", "2")] == [422, 302]


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "x"},
        {"unit": "999999"},
        {"unit": "99999999999999999999"},
        {"venue": "0", "unit": ""},
        {"member": "999999"},
        {"member": "\x00"},
    ],
)
def test_answers_of_elsewhere_are_not_found(house, change):
    assert ask(house, **wish(house, **change)).status_code == 404


def test_units_of_another_house_are_not_found(house):
    other = House()
    assert (ask(house, unit=other.court.pk).status_code, ask(house, venue=other.hall.pk).status_code) == (404, 404)


@pytest.mark.parametrize("start", ["x", "2035-99-99T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "\x00"])
def test_time_that_is_none_is_asked_for_again(house, start):
    response = ask(house, **wish(house, start=start))
    assert (response.status_code, response.context["wish"].starts_at, len(said(response))) == (200, None, 1)


@pytest.mark.parametrize(
    ("start", "code"),
    [("2035-03-14T09:00", 409), ("2035-03-14T12:30", 409), ("2035-03-14T22:00", 409), ("2035-03-14T20:00", 200)],
)
def test_time_against_the_rules_is_refused_with_a_way_on(house, start, code):
    response = ask(house, **wish(house, start=start))
    assert (response.status_code, bool(response.context.get("refusal"))) == (code, code == 409)


def test_slip_is_printed_with_number_place_and_price(house):
    booking = house.book(12, party_size=3)
    page = text(house.client().get(address("desk_slip", booking)))
    number = f"{booking.number[:4]} {booking.number[4:]}"
    assert all(words in page for words in (number, "羽毛球馆", "12:00–13:00", "3 人", "15 元", "周*明", "<svg"))
    assert "周小明" not in page


@pytest.mark.parametrize(("paid", "money"), [(1500, "要退 15 元"), (0, "不用付")])
def test_slip_of_a_cancelled_booking_lets_nobody_in(house, paid, money):
    booking = house.book(12)
    if paid:
        take_payment(booking=booking, amount_fen=paid, account="cash", receipt_number="S1", by=house.clerk)
    cancel_booking(booking=booking, by=house.clerk, by_staff=True, reason="灯坏了")
    page = text(house.client().get(address("desk_slip", booking)))
    assert (money in page, "已取消" in page, "不能再凭它入场" in page) == (True, True, True)
    assert ('class="qr"' in page, "可以入馆" in page, "已付" in page) == (False, False, False)


# --- walk-ins -----------------------------------------------------------------------------------------------------


def begin(house, unit=None, member=None, client=None, **data):
    path = f"/desk/walk-in/?unit={(unit or house.court).pk}&member={(member or house.member).pk}"
    return (client or house.client()).post(path, {"party_size": "2"} | data)


def title(house, language="zh-hans") -> str:
    client = house.client()
    client.cookies["django_language"] = language
    page = client.get("/desk/walk-in/").content.decode()
    return re.search("<h1>(.*)</h1>", page)[1]


def test_walk_in_page_counts_venues_with_room_and_not_seats_and_halls_together():
    with time_machine.travel(NOW, tick=False):
        house = House(whole=True)
        both = title(house), title(house, "en")
        house.book(10, unit=house.gym.units.get(), party_size=40)
        one = title(house), title(house, "en")
        house.book(10, unit=house.hall.units.get(label="全"), member=make_member(), party_size=30)
        assert (both, one, title(house)) == (
            ("2 处场馆现在进得去", "2 venues have room now"),
            ("1 处场馆现在进得去", "1 venue has room now"),
            "现在没有空场",
        )


def test_walk_in_is_booked_from_now_to_the_end_of_the_slot_and_checked_in(house):
    response = begin(house)
    booking = Booking.objects.get()
    assert response["Location"] == f"/desk/bookings/{booking.number}/"
    assert (booking.source, booking.status, booking.starts_at, booking.ends_at, booking.member, booking.party_size) == (
        "walk_in",
        "used",
        NOW,
        at(DAY, 11),
        house.member,
        2,
    )
    visit = Visit.objects.get()
    assert (visit.source, visit.source_id, visit.persons, visit.leaves_at) == ("booking", booking.pk, 2, at(DAY, 11))


def test_walk_in_pays_for_the_time_that_is_left(house):
    with time_machine.travel(at(DAY, 12, 20), tick=False):
        begin(house)
    assert Booking.objects.get().price_fen == 1000


def test_walk_in_on_a_taken_place_is_led_to_what_is_free(house):
    house.book(10, member=make_member())
    response = begin(house)
    assert (response["Location"], Booking.objects.count(), Visit.objects.count(), said(response)) == (
        "/desk/walk-in/",
        1,
        0,
        ["1 号场现在不空，下面是空着的。"],
    )


@pytest.mark.parametrize(("hour", "minute", "free"), [(8, 59, False), (9, 0, True), (20, 59, True), (21, 0, False)])
def test_walk_in_within_opening_hours_only(house, hour, minute, free):
    with time_machine.travel(at(DAY, hour, minute), tick=False):
        begin(house)
    assert Booking.objects.exists() == free


def test_walk_in_asks_who_it_is(house):
    client = house.client()
    page = client.get(f"/desk/walk-in/?unit={house.court.pk}")
    found = client.post(f"/desk/walk-in/?unit={house.court.pk}", {"text": "zxm"})
    assert (page.status_code, found["Location"]) == (
        200,
        f"/desk/walk-in/?unit={house.court.pk}&member={house.member.pk}",
    )


@pytest.mark.parametrize("party", ["0", "7", "x", ""])
def test_walk_in_of_a_party_that_does_not_fit_is_refused(house, party):
    response = begin(house, party_size=party)
    assert (response.status_code, Booking.objects.count(), Visit.objects.count()) == (422, 0, 0)


@pytest.mark.parametrize("query", ["unit=x", "unit=999999", "unit=1e3", "unit=\x00"])
def test_walk_in_on_no_unit_is_not_found(house, query):
    assert house.client().get(f"/desk/walk-in/?{query}").status_code == 404


def test_walk_ins_are_offered_what_is_free_now(house):
    house.book(10, member=make_member())
    close(
        closure=Closure(
            palace=house.palace, unit=house.hall.units.get(label="2"), starts_at=NOW, ends_at=at(DAY, 15), reason="检修"
        ),
        by=house.clerk,
    )
    free = house.client().get("/desk/walk-in/").context["free"]
    assert [(venue.name, [each.unit.label for each in rows]) for venue, rows in free] == [
        ("羽毛球馆", ["3", "4", "5", "6"]),
        ("健身房", ["1"]),
    ]


def test_slot_that_began_last_is_the_running_one(house):
    Policy.objects.filter(venue=house.hall).update(grid_minutes=30, min_minutes=60)
    book = rulebook.current(house.palace.pk)
    unit = book.units[house.court.pk]
    assert [running_until(book, unit, at(DAY, 10, minute)) for minute in (0, 29, 30)] == [
        at(DAY, 11),
        at(DAY, 11),
        at(DAY, 11, 30),
    ]


def let(house, **data):
    return house.client().post("/desk/walk-in/", {"venue": house.gym.pk, "persons": "5"} | data)


def test_unknown_people_are_counted_only(house):
    response = let(house)
    visit = Visit.objects.get()
    assert (
        response["Location"],
        said(response),
        visit.venue,
        visit.member,
        visit.source,
        visit.persons,
        visit.leaves_at,
    ) == (
        "/desk/walk-in/",
        ["健身房进了 5 人。"],
        house.gym,
        None,
        "walk_in",
        5,
        at(DAY, 12, 20),
    )
    assert (Booking.objects.count(), Occupancy.objects.count()) == (0, 0)


def test_people_let_in_leave_at_closing_at_the_latest(house):
    visit = let_in(venue=house.gym, persons=1, by=house.clerk, now=at(DAY, 20))
    assert visit.leaves_at == at(DAY, 21)


def test_audit_tells_the_desk_from_the_proxy(house, settings):
    settings.PROXY_COUNT = 1
    client = house.client()
    client.defaults["HTTP_X_FORWARDED_FOR"] = "6.6.6.6, 10.1.2.3"
    press(house, wish(house), client)
    entry = AuditEntry.objects.get(table_name="bookings_booking")
    assert (entry.actor_id, entry.address) == (house.clerk.pk, "10.1.2.3")


@pytest.mark.parametrize("persons", ["0", "501", "-1", "x", "", "1.5"])
def test_number_of_people_let_in_is_sane(house, persons):
    assert (let(house, persons=persons).status_code, Visit.objects.count()) == (422, 0)


def test_nobody_is_let_into_what_is_shut_or_elsewhere(house):
    other = House()
    assert [let(house, venue=venue).status_code for venue in (other.gym.pk, "x", "")] == [422, 422, 422]
    with time_machine.travel(at(DAY, 22), tick=False):
        assert let(house).status_code == 422
    assert Visit.objects.count() == 0


def test_unit_that_is_switched_off_is_not_offered(house):
    Unit.objects.filter(pk=house.court.pk).update(is_active=False)
    assert [house.client().get(f"/desk/{page}/?unit={house.court.pk}").status_code for page in ("book", "walk-in")] == [
        404,
        404,
    ]


@pytest.mark.parametrize(("persons", "counted"), [("40", 40), ("41", 0)])
def test_no_more_people_are_let_in_at_a_press_than_the_place_holds(house, persons, counted):
    response = let(house, persons=persons)
    assert (response.status_code, sum(visit.persons for visit in Visit.objects.all())) == (
        302 if counted else 422,
        counted,
    )


def test_more_people_than_the_place_holds_are_counted_with_a_word(house):
    assert said(let(house, persons="40")) == ["健身房进了 40 人。"]
    assert said(let(house, persons="2")) == ["健身房进了 2 人。", "健身房现在约有 42 人，只容得下 40 人。"]


def test_people_let_in_by_mistake_are_taken_back_the_same_day(house):
    let(house, persons="38")
    client, visit = house.client(), Visit.objects.get()
    assert list(client.get("/desk/walk-in/").context["counted"]) == [visit]
    response = client.post(f"/desk/walk-in/{visit.pk}/undo/")
    assert (Visit.objects.count(), said(response)) == (0, ["已撤回：健身房，38 人。"])
    gone = AuditEntry.objects.filter(table_name="venues_visit", action="delete").get()
    assert (gone.actor_id, gone.before["persons"]) == (house.clerk.pk, 38)
    assert said(client.post(f"/desk/walk-in/{visit.pk}/undo/"))[-1] == "这一笔已经撤回了。"


def test_all_counts_of_the_day_can_be_taken_back(house):
    for _n in range(8):
        let(house, persons="1")
    client = house.client()
    assert "今天全部 8 笔" in (page := text(client.get("/desk/walk-in/")))
    assert page.count("撤回") == 6
    assert text(client.get("/desk/walk-in/?all=1")).count("撤回") == 8


def test_visit_of_yesterday_of_a_booking_and_of_another_house_is_not_taken_back(house):
    begin(house)
    of_booking = Visit.objects.get()
    yesterday = let_in(venue=house.gym, persons=1, by=house.clerk, now=at(DAY, 20) - timedelta(days=1))
    elsewhere = let_in(venue=make_venue(make_palace(name="别处")), persons=1, by=house.clerk, now=NOW)
    client = house.client()
    for visit in (of_booking, yesterday, elsewhere):
        assert client.post(f"/desk/walk-in/{visit.pk}/undo/").status_code == 404
    assert Visit.objects.count() == 3


@pytest.mark.parametrize(("role", "status"), [("desk", "pending"), ("venue_manager", "confirmed")])
def test_place_that_is_approved_first_waits_for_who_may_approve(house, role, status):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    client = house.of(role)
    assert client.get("/desk/book/", wish(house)).context["offer"].is_asked == (status == "pending")
    response = press(house, wish(house), client=client)
    assert (Booking.objects.get().status, "等场馆主管或主任审批" in said(response)[0]) == (status, status == "pending")


def test_manager_does_not_confirm_for_himself(house):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    manager = house.staff("venue_manager")
    own = make_member(name="王晓霞", user=manager)
    KnownMember.objects.create(palace=house.palace, member=own)
    press(house, wish(house, member=own.pk), client=house.client(manager))
    assert Booking.objects.get().status == "pending"


@pytest.mark.parametrize(("role", "made"), [("desk", 0), ("venue_manager", 1)])
def test_walk_in_onto_a_place_that_is_approved_first_is_for_who_may_approve(house, role, made):
    Policy.objects.filter(venue=house.hall).update(needs_approval=True)
    client = house.of(role)
    offered = [venue.name for venue, _rows in client.get("/desk/walk-in/").context["free"]]
    begin(house, client=client)
    assert (Booking.objects.count(), "羽毛球馆" in offered) == (made, bool(made))
