"""The member's pages: each state, each refusal with its door, and a fixed number of queries."""

from datetime import date, datetime, time, timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from icalendar import Calendar

from bookings.models import Booking
from bookings.services import approve_booking, book_slot, cancel_booking, check_in, refuse_booking
from palace.accounts.models import Member
from venues import rulebook
from venues.models import (
    Allocation,
    Closure,
    OpeningException,
    OpeningHours,
    Policy,
    Site,
    Tariff,
    TariffDiscount,
    TariffLine,
    Unit,
    Venue,
)
from venues.services import close

from ..factories import SHANGHAI, at, make_member, make_palace, make_user, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2032, 3, 10)  # a Wednesday
NOW = at(DAY, 9, 30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


GIVE_BACK = {"why": "plans", "reason": ""}
CHECKED = "会员身份正在核实，有结果就告诉你，到时就能订"
WIDE = {"horizon_days": 4000}  # the database judges the opening second by its own clock, which no test moves


def book(unit, member, hour, day=DAY, minutes=60, **options):
    since = at(day, hour)
    options = {"by": member.user, "now": at(DAY, 7)} | options
    return book_slot(unit=unit, member=member, starts_at=since, ends_at=since + timedelta(minutes=minutes), **options)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def board(client, venue, **query):
    return client.get(reverse("venue_board", args=[venue.pk]), query)


def confirm_address(unit, hour=14, day=DAY, **more) -> str:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return f"/book/{unit.pk}/?start={day}T{hour:02}:00{query}"


def cells(response) -> dict:
    """Label of each cell by (row, column); None where a cell above reaches down."""
    return {
        (row["time"], n): cell and (cell.state, cell.label, cell.note)
        for table in response.context["boards"]
        for band in table["bands"]
        for row in band["rows"]
        for n, cell in enumerate(row["cells"])
    }


def sent(client, address, **fields):
    """Post the form of a page as a browser would: with its key and its first choices."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | fields
    return client.post(address, values)


# --- the list of venues -------------------------------------------------------------------------------------------


@pytest.fixture
def house():
    palace = make_palace()
    hall = make_venue(palace, pinyin="yumaoqiuguan ymqg", prices=[(8, 22, 1500)], summary="木地板，请穿软底鞋")
    gym = make_venue(
        palace, kind="gym", name="健身房", name_en="Gym", shared=True, places=10, pinyin="jianshenfang jsf"
    )
    branch = Site.objects.create(palace=palace, kind="branch", name="分部", position=2)
    piano = make_venue(palace, kind="piano", name="钢琴房", name_en="Piano rooms", places=1, hours=(18, 21))
    Venue.objects.filter(pk=piano.pk).update(site=branch)
    return hall, gym, piano


def found(client, **query) -> list[str]:
    return [str(venue["name"]) for venue in client.get("/venues/", query).context["venues"]]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["羽毛球馆", "健身房", "钢琴房"]),
        ({"q": "羽毛"}, ["羽毛球馆"]),
        ({"q": "ymq"}, ["羽毛球馆"]),
        ({"q": "jianshen"}, ["健身房"]),
        ({"q": "PIANO"}, ["钢琴房"]),
        ({"q": " hall  BADMINTON "}, ["羽毛球馆"]),
        ({"q": "羽毛球 馆"}, ["羽毛球馆"]),
        ({"q": "羽毛球 gym"}, []),
        ({"q": "穿软底鞋"}, ["羽毛球馆"]),
        ({"q": "羽球"}, ["羽毛球馆"]),
        ({"q": "qg"}, ["羽毛球馆"]),
        ({"q": "gq"}, ["钢琴房"]),
        ({"q": "游泳"}, []),
        ({"q": "𠮷"}, []),
        ({"q": "%"}, []),
        ({"kind": "gym"}, ["健身房"]),
        ({"free": "now"}, ["羽毛球馆", "健身房"]),
        ({"free": "today"}, ["羽毛球馆", "健身房", "钢琴房"]),
        ({"gratis": "on"}, ["健身房", "钢琴房"]),
        ({"gratis": "on", "free": "now"}, ["健身房"]),
        ({"q": "a" * 41, "kind": "nonsense", "site": "x", "free": "ever"}, ["羽毛球馆", "健身房", "钢琴房"]),
        ({"q": "\x00"}, ["羽毛球馆", "健身房", "钢琴房"]),
        ({"site": str(2**70)}, ["羽毛球馆", "健身房", "钢琴房"]),
    ],
)
def test_venue_list_finds_what_was_asked_for(client, house, query, names):
    assert found(client, **query) == names


@pytest.mark.parametrize(
    ("free", "names"),
    [
        ("today", ["羽毛球馆", "健身房", "钢琴房"]),
        ("tomorrow", ["羽毛球馆", "钢琴房"]),
        ("2032-03-11", ["羽毛球馆", "钢琴房"]),
        ("2032-03-10", ["羽毛球馆", "健身房", "钢琴房"]),
        ("2032-03-12", ["健身房", "钢琴房"]),
        ("2032-04-09", ["羽毛球馆", "健身房", "钢琴房"]),
    ],
)
def test_venue_list_finds_what_is_free_on_a_day(client, house, free, names):
    hall, gym, _piano = house
    common = {"palace": hall.palace, "closed": True, "reason": "检修"}
    OpeningException.objects.create(venue=gym, day=DAY + timedelta(days=1), **common)
    OpeningException.objects.create(venue=hall, day=DAY + timedelta(days=2), **common)
    assert found(client, free=free) == names


def test_venue_list_counts_and_leads_to_the_day_that_was_asked_for(client, house):
    _hall, _gym, piano = house
    book(piano.units.get(), make_member(), 18, DAY + timedelta(days=2))
    response = client.get("/venues/", {"free": "2032-03-12"})
    rows = {row["name"]: (row["room"], row["href"]) for row in response.context["venues"]}
    assert rows["钢琴房"] == ("周五 3月12日空 2 场", f"/venues/{piano.pk}/?day=2032-03-12")
    assert '<option value="2032-03-12" selected>周五 3月12日有空</option>' in text(response)


def test_venue_list_offers_the_days_that_can_be_booked(client, house):
    Policy.objects.update(horizon_days=3)
    choices = [value for value, _label in client.get("/venues/").context["form"].fields["free"].choices]
    assert choices == ["", "now", "today", "tomorrow", "2032-03-12", "2032-03-13"]
    response = client.get("/venues/", {"free": "2032-03-14"})
    assert "这一天现在不能订，请从列表里选一天。" in text(response)
    assert "那天现在还订不了" in response.context["title"]
    assert len(response.context["venues"]) == 3


def test_venue_list_says_from_when_a_far_day_can_be_booked(client):
    palace = make_palace()
    make_venue(palace, policy={"horizon_days": 3, "opens_at": time(8)})
    make_venue(palace, kind="gym", name="健身房", policy={"horizon_days": 9})
    far = DAY + timedelta(days=5)
    page = text(client.get("/venues/", {"kind": "badminton", "free": far.isoformat()}))
    assert "那天从周五 3月12日 8:00 起可以订。" in page
    assert found(client, kind="gym", free=far.isoformat()) == ["健身房"]


@pytest.mark.parametrize(
    ("hour", "names"),
    [
        (7, ["羽毛球馆", "健身房", "钢琴房"]),
        (9, ["健身房", "羽毛球馆", "钢琴房"]),
        (20, ["钢琴房", "羽毛球馆", "健身房"]),
        (23, ["羽毛球馆", "健身房", "钢琴房"]),
    ],
)
def test_lists_of_venues_begin_with_what_has_room(client, clock, hour, names):
    """Home and the list in one order: room now, still to come today, the rest; each in the order of the house."""
    palace, member = make_palace(), make_member()
    hall = make_venue(palace, places=1, hours=(8, 19), policy=WIDE)
    make_venue(palace, kind="gym", name="健身房", shared=True, places=10, hours=(8, 19))
    make_venue(palace, kind="piano", name="钢琴房", places=1, hours=(18, 22))
    book(hall.units.get(), member, 9)
    clock.move_to(at(DAY, hour, 10))
    assert found(client) == names
    assert [str(venue["name"]) for venue in client.get("/").context["venues"]] == names


def test_home_lists_venues_in_the_order_of_the_house(client, house):
    """Not of their ids, and not in which the rows lie: a row that is saved moves behind the others."""
    hall, gym, piano = house
    Venue.objects.filter(pk=hall.pk).update(position=5)
    Venue.objects.filter(pk=gym.pk).update(summary="新器械")
    book = rulebook.read(hall.palace_id)
    assert list(book.venues) == [gym.pk, hall.pk, piano.pk]
    assert (
        [str(v["name"]) for v in client.get("/").context["venues"]] == ["健身房", "羽毛球馆", "钢琴房"] == found(client)
    )


def test_venue_list_filters_by_site(client, house):
    assert found(client, site=Site.objects.get(name="分部").pk) == ["钢琴房"]


def test_venue_list_names_sites_in_the_readers_language(client, house):
    Site.objects.filter(name="主宫").update(name_en="Main building")
    client.cookies["django_language"] = "en"
    page = text(client.get("/venues/"))
    assert [f">{name}</option>" in page for name in ("Main building", "主宫", "分部")] == [True, False, True]


def test_venue_list_says_how_many_fit_and_leaves_a_door(client, house):
    response = client.get("/venues/", {"q": "游泳"})
    assert response.context["title"] == '<span class="nb">没有合适的场馆</span>'
    assert 'href="/venues/"' in text(response)
    assert client.get("/venues/", {"kind": "gym"}).context["title"] == '<span class="nb">找到一处</span>'


def test_venue_list_tells_what_each_venue_is_like(client, house):
    rows = client.get("/venues/").context["venues"]
    assert [(r["size"], r["now"], r["room"], r["price"]) for r in rows] == [
        ("6 片场地", "现在 6 片空", "今天空 72 场", "每场 15 元"),
        ("10 个位子", "现在还能进 10 人", "今天空 12 场", "免费"),
        ("1 间", "18:00 开门", "今天空 3 场", "免费"),
    ]


def test_venue_list_explains_a_wrong_choice(client, house):
    assert client.get("/venues/", {"kind": "nonsense"}).context["form"].errors.keys() == {"kind"}


def test_venue_list_hides_what_is_not_public(client, house):
    Venue.objects.filter(kind="gym").update(is_active=False)
    assert found(client) == ["羽毛球馆", "钢琴房"]


def test_venue_list_without_a_palace(client):
    response = client.get("/venues/")
    assert (response.status_code, "这里还没有能订的场馆" in text(response)) == (200, True)


# --- the board ----------------------------------------------------------------------------------------------------


def test_board_shows_every_state(client):
    venue = make_venue(places=5, hours=(9, 12), policy={"horizon_days": 30})
    one, two, three, four, five = venue.units.order_by("position")
    me, other = make_member(), make_member()
    mine = book(one, me, 11)
    book(two, other, 11)
    director = make_user(role="director", palace=venue.palace)
    closure = Closure(palace=venue.palace, unit=three, starts_at=at(DAY, 9), ends_at=at(DAY, 12), reason="检修")
    close(closure=closure, by=director, now=at(DAY, 7))
    Allocation.objects.create(
        palace=venue.palace, space=four.space, first_place=4, starts_at=at(DAY, 11), ends_at=at(DAY, 12), kind="club",
        holder="羽毛球协会", release_hours=0,
    )  # fmt: skip
    client.force_login(me.user)
    response = board(client, venue, sel=f"{five.pk}.203203101100")
    assert cells(response) == {
        ("9:00", 0): ("past", "已开始", ""),
        ("9:00", 1): ("past", "已开始", ""),
        ("9:00", 2): ("closed", "停用", "检修"),
        ("9:00", 3): ("past", "已开始", ""),
        ("9:00", 4): ("past", "已开始", ""),
        ("10:00", 0): ("free", "空", "免费"),
        ("10:00", 1): ("free", "空", "免费"),
        ("10:00", 2): None,
        ("10:00", 3): ("free", "空", "免费"),
        ("10:00", 4): ("free", "空", "免费"),
        ("11:00", 0): ("mine", "我的", "已订"),
        ("11:00", 1): ("taken", "已订", ""),
        ("11:00", 2): None,
        ("11:00", 3): ("class", "留给", "羽毛球协会"),
        ("11:00", 4): ("sel", "选中", "免费"),
    }
    assert (
        response.context["title"]
        == '<span class="nb">羽毛球馆，</span><span class="nb">今天</span><span class="nb">还空 5 场</span>'
    )
    assert reverse("booking_detail", args=[mine.number]) in text(response)
    rows = [row for band in response.context["boards"][0]["bands"] for row in band["rows"]]
    assert [row["now"] for row in rows] == [True, False, False]


def test_board_folds_what_is_over(client):
    venue = make_venue(places=1, hours=(7, 12))
    assert {row for row, _n in cells(board(client, venue))} == {"9:00", "10:00", "11:00"}


def test_board_unfolds_what_is_over_by_a_link_and_folds_it_again(client, clock):
    clock.move_to(at(DAY, 11, 30))
    venue, member = make_venue(places=2, hours=(9, 14), policy=WIDE, prices=[(9, 14, 1500)]), make_member(name="周小明")
    book(venue.units.first(), member, 9)
    folded = board(client, venue)
    label, href = folded.context["fold"]
    assert (label, href, f'href="{escape(href)}"' in text(folded)) == (
        "看今天已经过去的时段",
        f"/venues/{venue.pk}/?day={DAY}&past=1#board",
        True,
    )
    whole = client.get(href.partition("#")[0])
    shown = cells(whole)
    assert [time for time, n in shown if n == 0] == ["9:00", "10:00", "11:00", "12:00", "13:00"]
    assert [shown["9:00", 0][:2], shown["10:00", 0][:2]] == [("taken", "已订"), ("past", "已过")]
    # Title, list and count stay those of the hours to come.
    assert (whole.context["title"], len(whole.context["lanes"])) == (folded.context["title"], 2)
    label, back = whole.context["fold"]
    assert (label, client.get(back.partition("#")[0]).context["boards"]) == ("收起过去的时段", folded.context["boards"])


def test_board_offers_nothing_to_unfold_where_nothing_is_folded(client, clock):
    venue = make_venue(places=2, hours=(9, 14), policy=WIDE)
    assert board(client, venue, day=DAY + timedelta(days=1), past=1).context["fold"] is None
    clock.move_to(at(DAY, 8))
    assert board(client, venue, past=1).context["fold"] is None


def test_board_of_a_day_that_is_over_can_still_be_looked_at(client, clock):
    venue = make_venue(places=2, hours=(9, 14), policy=WIDE)
    clock.move_to(at(DAY, 20))
    folded = board(client, venue)
    assert (folded.context["boards"], "看今天已经过去的时段" in text(folded)) == ([], True)
    assert len(cells(board(client, venue, past=1))) == 10


def test_board_counts_places_of_a_shared_unit(client):
    venue = make_venue(shared=True, places=10, kind="gym", name="健身房", hours=(10, 12))
    book(venue.units.get(), make_member(), 10, party_size=3)
    book(venue.units.get(), make_member(), 11, party_size=10)
    assert cells(board(client, venue)) == {("10:00", 0): ("free", "余 7", "免费"), ("11:00", 0): ("taken", "满了", "")}


def test_board_says_what_a_shared_slot_was_that_has_begun(client, clock):
    venue = make_venue(shared=True, places=4, kind="gym", name="健身房", hours=(10, 16))
    gym, member = venue.units.get(), make_member()
    book(gym, member, 10)
    for hour, party in ((11, 3), (12, 4)):
        book(gym, make_member(), hour, party_size=party)
    director = make_user(role="director", palace=venue.palace)
    closure = Closure(palace=venue.palace, unit=gym, starts_at=at(DAY, 14), ends_at=at(DAY, 15), reason="检修")
    close(closure=closure, by=director, now=at(DAY, 7))
    shut = {("12:00", 0): ("taken", "满了", ""), ("14:00", 0): ("closed", "停用", "检修")}
    ahead = cells(board(client, venue))
    assert {key: ahead[key] for key in shut} == shut
    clock.move_to(at(DAY, 11, 30))
    assert cells(board(client, venue, past=1))[("10:00", 0)] == ("past", "已过", "")
    assert cells(board(client, venue))[("11:00", 0)] == ("past", "已开始", "余 1")
    clock.move_to(at(DAY, 15, 30))
    over = cells(board(client, venue, past=1))
    assert {key: over[key] for key in shut} == shut


def hall_of_six(whole_minutes=120) -> Venue:
    """Courts at 15 yuan an hour; the hall by two hours, approved first, at 90."""
    venue = make_venue(places=6, whole=True, hours=(10, 14), policy=WIDE, prices=[(10, 14, 1500)])
    hall = venue.units.get(name="整馆")
    asked = {"grid_minutes": whole_minutes, "min_minutes": whole_minutes, "max_minutes": 240, "needs_approval": True}
    Policy.objects.create(
        palace=venue.palace, venue=venue, unit=hall, first_day=date(2020, 1, 1), opens_at=time(0), **WIDE, **asked
    )
    tariff = Tariff.objects.create(palace=venue.palace, venue=venue, unit=hall, first_day=date(2020, 1, 1))
    TariffLine.objects.create(tariff=tariff, audience="anyone", from_time=time(10), to_time=time(14), price_fen=9000)
    return venue


def test_board_of_a_whole_hall_has_its_own_rows_prices_and_terms(client):
    response = board(client, hall_of_six())
    courts, hall = response.context["boards"]
    labels = [[band["label"] for band in table["bands"]] for table in (courts, hall)]
    assert labels == [["上午 · 每小时 15 元", "下午 · 每小时 15 元"], ["上午 · 每小时 90 元", "下午 · 每小时 90 元"]]
    rows = [(row["time"], row["cells"][0].note) for band in hall["bands"] for row in band["rows"]]
    assert rows == [("10:00", "180元"), ("12:00", "180元")]
    sentence = "整馆：至少 2 小时，要先审批"
    assert (courts["terms"], hall["terms"], response.context["rules"][-1]) == ([], [sentence], sentence)
    assert text(response).count(sentence) == 2


def test_day_on_which_only_the_whole_hall_can_be_booked_says_so_and_when_its_courts_can(client):
    venue = hall_of_six()
    Policy.objects.filter(venue=venue, unit=None).update(horizon_days=7, opens_at=time(8))
    response = board(client, venue, day=(DAY + timedelta(days=8)).isoformat())
    assert "只能包场" in response.context["title"]
    assert response.context["opens_at"] == "明天 8:00"
    assert [(lane["note"], len(lane["slots"])) for lane in response.context["lanes"]] == [("", 1), ("", 1)]


def test_board_names_no_price_over_slots_that_reach_into_another(client):
    """From eleven on the hall of two hours ends in the dearer afternoon."""
    venue = hall_of_six(whole_minutes=60)
    hall = venue.units.get(name="整馆")
    Policy.objects.filter(unit=hall).update(min_minutes=120)
    TariffLine.objects.filter(tariff__unit=hall).update(to_time=time(12))
    noon = {"from_time": time(12), "to_time": time(14), "price_fen": 12000, "label": "下午"}
    TariffLine.objects.create(tariff=Tariff.objects.get(unit=hall), audience="anyone", **noon)
    _courts, table = board(client, venue).context["boards"]
    assert [(band["label"], len(band["rows"])) for band in table["bands"]] == [("上午", 2), ("下午", 1)]
    assert [row["cells"][0].note for band in table["bands"] for row in band["rows"]] == ["180元", "210元", "240元"]


def test_board_says_that_a_free_hour_is_too_short_for_the_whole_hall(client):
    venue = hall_of_six(whole_minutes=60)
    Policy.objects.filter(unit__name="整馆").update(min_minutes=120)
    book(venue.units.get(label="3"), make_member(), 12)
    _courts, table = board(client, venue).context["boards"]
    labels = [row["cells"][0].label for band in table["bands"] for row in band["rows"]]
    assert labels == ["空", "时间不够", "已订"]


def test_board_names_no_price_over_units_of_different_prices(client):
    venue = hall_of_six()
    Unit.objects.filter(venue=venue, label__in=["3", "4", "5", "6"]).update(is_active=False)
    (table,) = board(client, venue).context["boards"]
    assert ([band["label"] for band in table["bands"]], len(table["terms"])) == (["上午", "下午"], 1)


def test_board_counts_a_free_hall_not_beside_its_courts(client):
    context = board(client, hall_of_six()).context
    assert [lane["note"] for lane in context["lanes"]] == ["空 6", "空 6", "空 6", "空 6"]
    assert "还空 24 场" in context["title"]
    assert context["lanes"][0]["slots"][-1] | {"href": ""} == {
        "label": "整馆",
        "note": "180元 · 至少 2 小时，要先审批",
        "href": "",
    }


def test_list_and_about_name_the_price_of_a_court_and_about_the_halls_apart(client):
    venue = hall_of_six()
    (row,) = client.get("/venues/").context["venues"]
    page = client.get(f"/venues/{venue.pk}/about/")
    (apart,) = page.context["own_prices"]
    assert (row["price"], apart[0], [line["price"] for line in apart[1]]) == ("每场 15 元", "整馆", ["90 元"])
    assert "<h3>整馆</h3>" in text(page)


def test_board_groups_rows_by_price(client):
    venue = make_venue(places=1, hours=(10, 20))
    tariff = venue.tariffs.get()
    TariffLine.objects.create(
        tariff=tariff, from_time=time(10), to_time=time(12), price_fen=0, label="早场", label_en="Early"
    )
    TariffLine.objects.create(tariff=tariff, from_time=time(12), to_time=time(18), price_fen=1500)
    TariffLine.objects.create(tariff=tariff, audience="anyone", from_time=time(18), to_time=time(20), price_fen=2000)
    labels = [band["label"] for band in board(client, venue).context["boards"][0]["bands"]]
    assert labels == ["早场 · 会员免费", "下午 · 会员每小时 15 元", "晚上 · 每小时 20 元"]
    client.force_login(make_member(verified=False).user)
    labels = [band["label"] for band in board(client, venue).context["boards"][0]["bands"]]
    assert labels == ["上午 · 每小时 40 元", "下午 · 每小时 40 元", "晚上 · 每小时 20 元"]


@pytest.mark.parametrize(
    ("places", "whole", "widths"),
    [(1, False, [1]), (6, False, [6]), (6, True, [6, 1]), (7, False, [4, 3]), (40, False, [6] * 6 + [4])],
)
def test_board_is_cut_into_tables_that_a_phone_can_show(client, places, whole, widths):
    venue = make_venue(places=places, whole=whole, hours=(10, 12))
    assert [len(table["columns"]) for table in board(client, venue).context["boards"]] == widths


def test_board_leaves_out_a_whole_hall_that_cannot_be_had(client):
    venue = make_venue(places=6, whole=True, hours=(10, 11))
    book(venue.units.get(name="1 号场"), make_member(), 10)
    assert [len(table["columns"]) for table in board(client, venue).context["boards"]] == [6]


def test_board_does_not_take_one_court_for_the_hall(client):
    venue, member = make_venue(places=2, whole=True, hours=(10, 12)), make_member()
    book(venue.units.get(name="1 号场"), member, 10)
    book(venue.units.get(name="整馆"), member, 11)
    client.force_login(member.user)
    assert [cell[0] for cell in cells(board(client, venue)).values()] == [
        "mine",
        "free",
        "taken",
        "mine",
        "mine",
        "mine",
    ]


def test_board_with_different_grids_keeps_its_rows(client):
    venue = make_venue(places=2, hours=(10, 12))
    _one, two = venue.units.order_by("position")
    Policy.objects.create(
        palace=venue.palace,
        venue=venue,
        unit=two,
        first_day=date(2020, 1, 1),
        opens_at=time(0),
        grid_minutes=30,
        min_minutes=30,
    )
    assert [(row, n, cell and cell[1]) for (row, n), cell in cells(board(client, venue)).items()] == [
        ("10:00", 0, "空"),
        ("10:00", 1, "空"),
        ("10:30", 0, None),
        ("10:30", 1, "空"),
        ("11:00", 0, "空"),
        ("11:00", 1, "空"),
        ("11:30", 0, None),
        ("11:30", 1, "空"),
    ]


def test_board_after_midnight_says_so(client):
    venue = make_venue(places=1, hours=(22, 2))
    assert [row for row, _n in cells(board(client, venue))] == ["22:00", "23:00", "24:00", "次日 1:00"]


def test_board_counts_seven_days(client):
    venue = make_venue(places=2, hours=(10, 12), policy={"horizon_days": 5, "opens_at": time(8)})
    OpeningException.objects.create(palace=venue.palace, day=DAY + timedelta(days=1), closed=True, reason="检修")
    book(venue.units.first(), make_member(), 10, DAY + timedelta(days=2))
    days = [(day["label"], day["number"], day["note"]) for day in board(client, venue).context["ribbon"]]
    assert days == [
        ("今天", 10, "空 4"),
        ("周四", 11, "闭馆"),
        ("周五", 12, "空 3"),
        ("周六", 13, "空 4"),
        ("周日", 14, "空 4"),
        ("周一", 15, "空 4"),
        ("周二", 16, "待开订"),
    ]


def test_board_leads_over_a_day_off(client):
    venue = make_venue(hours=(10, 12))
    OpeningException.objects.create(palace=venue.palace, day=DAY + timedelta(days=1), closed=True, reason="设备检修")
    response = board(client, venue, day=DAY + timedelta(days=1))
    assert (
        response.context["title"]
        == '<span class="nb">羽毛球馆，</span><span class="nb">明天</span><span class="nb">闭馆</span>'
    )
    assert ("设备检修" in text(response), response.context["next_day"]) == (True, f"/venues/{venue.pk}/?day=2032-03-12")


def test_board_that_is_full_leads_to_the_next_day(client):
    venue = make_venue(places=1, hours=(10, 11))
    book(venue.units.get(), make_member(), 10)
    response = board(client, venue)
    assert response.context["title"].endswith('<span class="nb">今天</span><span class="nb">订满了</span>')
    assert f'href="/venues/{venue.pk}/?day=2032-03-11"' in text(response)


def test_board_says_when_a_day_opens(client):
    venue = make_venue(hours=(10, 12), policy={"horizon_days": 2, "opens_at": time(12)})
    response = board(client, venue, day=DAY + timedelta(days=2))
    assert (response.context["title"].endswith("还没开始订</span>"), response.context["opens_at"]) == (
        True,
        "今天 12:00",
    )


@pytest.mark.parametrize("day", ["9999-99-99", "x", "2032-03-09", "9999-12-31", "0001-01-01", "𠮷", "2032-3-1", "\x00"])
def test_board_of_no_day_shows_today_and_says_so(client, day):
    response = board(client, make_venue(), day=day)
    assert (response.status_code, response.context["unknown_day"], "没有这一天" in text(response)) == (200, True, True)


@pytest.mark.parametrize(
    "sel", ["x", "1.2", "999999.203203101100", ".", "𠮷", f"{2**80}.203203101000", "1.999999999999"]
)
def test_board_with_a_choice_that_is_none_offers_the_nearest(client, sel):
    response = board(client, make_venue(places=1), sel=sel)
    assert (response.context["chosen"], len(response.context["gone"]), "这一场订不了" in text(response)) == (
        None,
        3,
        True,
    )


def test_board_choice_leads_to_confirming(client):
    venue = make_venue(places=1)
    unit = venue.units.get()
    chosen = board(client, venue, sel=f"{unit.pk}.203203101100").context["chosen"]
    assert (chosen["href"], chosen["sign_in"]) == (f"/book/{unit.pk}/?start=2032-03-10T11%3A00", True)


def test_board_as_a_list_has_no_table(client):
    venue = make_venue(places=1, hours=(10, 12))
    response = board(client, venue, view="list")
    assert response.context["boards"] == []
    assert [
        (lane["time"], lane["note"], [s["label"] for s in lane["slots"]]) for lane in response.context["lanes"]
    ] == [
        ("10:00", "空 1", ["1 号场"]),
        ("11:00", "空 1", ["1 号场"]),
    ]


@pytest.mark.parametrize(
    ("language", "fen", "cell", "button", "ticket"),
    [
        ("zh-hans", 0, ("空", "免费"), "免费", "免费"),
        ("en", 0, ("Open", "Free"), "Free", "Free"),
        ("zh-hans", 1500, ("空", "15元"), "15元", "15元"),
        ("en", 1500, ("Open", "¥15"), "¥15", "¥15"),
    ],
)
def test_board_says_what_a_slot_costs_in_one_way(client, language, fen, cell, button, ticket):
    venue = make_venue(places=1, hours=(10, 12), prices=[(8, 22, fen)])
    client.cookies["django_language"] = language
    response = board(client, venue, sel=f"{venue.units.get().pk}.203203101100")
    assert (cells(response)["10:00", 0][1:], response.context["chosen"]["price"]) == (cell, ticket)
    assert [slot["note"] for lane in response.context["lanes"] for slot in lane["slots"]] == [button] * 2


def test_board_tells_unverified_people_before_they_press(client):
    venue = make_venue(places=1)
    client.force_login(make_member(verified=False).user)
    assert ("这处场馆给核实过的会员用" in text(board(client, venue)), CHECKED in text(board(client, venue))) == (
        True,
        True,
    )
    Member.objects.update(state="rejected")
    assert CHECKED not in text(board(client, venue))


def test_board_of_an_unknown_or_hidden_venue_is_404(client):
    venue = make_venue()
    Venue.objects.filter(pk=venue.pk).update(is_active=False)
    assert [client.get(f"/venues/{pk}/").status_code for pk in (venue.pk, 10**6, 2**63, 10**30)] == [404] * 4


def test_board_without_units_is_not_a_dead_end(client):
    venue = make_venue()
    Unit.objects.update(is_active=False)
    response = board(client, venue)
    assert (response.status_code, response.context["lanes"]) == (200, [])


def test_board_takes_the_name_of_its_own_palace(client):
    make_palace(name="第一座宫")
    venue = make_venue(make_palace(name="第二座宫"))
    assert "<b>第二座宫</b>" in text(board(client, venue))


def test_about_says_what_a_visitor_needs(client):
    venue = make_venue(
        hours=(9, 21), prices=[(9, 21, 1500)], rules="软底鞋\n自带球拍", accessibility="有电梯", floor="3 层",
        policy={"cancel_notice_minutes": 60, "needs_approval": True},
    )  # fmt: skip
    page = text(client.get(reverse("venue_about", args=[venue.pk])))
    for piece in [
        "<p>软底鞋</p><p>自带球拍</p>",
        "<p>有电梯</p>",
        "主宫 3 层",
        "9:00–21:00",
        "15 元",
        "开场前 1 小时以上能退。",
        "要场馆先同意。",
        "一次订 1 小时到 2 小时。",
    ]:
        assert piece in page


def test_about_shows_the_hours_of_a_price_as_far_as_the_house_is_open(client):
    """Nobody pays the evening's price until midnight where the house shuts at nine; what never applies is not shown."""
    venue = make_venue(hours=(9, 21))
    tariff = Tariff.objects.create(palace=venue.palace, venue=venue, first_day=date(2026, 1, 1))
    lines = [
        ("any", 0, 12, 0),
        ("any", 12, 18, 1500),
        ("workday", 18, 0, 2000),
        ("weekend", 18, 0, 2500),
        ("any", 22, 0, 100),
    ]
    for days, since, until, fen in lines:
        TariffLine.objects.create(
            tariff=tariff, audience="anyone", days=days, from_time=time(since), to_time=time(until), price_fen=fen
        )

    def shown() -> list[tuple]:
        prices = client.get(reverse("venue_about", args=[venue.pk])).context["prices"]
        return [(line["days"], line["hours"]) for line in prices]

    assert shown() == [
        ("每天", "9:00–12:00"),
        ("每天", "12:00–18:00"),
        ("工作日", "18:00–21:00"),
        ("周末和节假日", "18:00–21:00"),
    ]
    OpeningHours.objects.filter(venue=venue, day_type=5).update(closes_at=time(23))
    assert shown()[2:] == [("工作日", "18:00–21:00"), ("周末和节假日", "18:00–23:00"), ("每天", "22:00–23:00")]
    OpeningHours.objects.filter(venue=venue).update(opens_at=time(18), closes_at=time(2))
    assert shown()[0] == ("每天", "0:00–2:00")
    OpeningHours.objects.filter(venue=venue).delete()
    assert shown()[2] == ("工作日", "18:00–24:00")


def test_about_escapes_what_staff_wrote(client):
    venue = make_venue(rules="<script>alert(1)</script>")
    assert "&lt;script&gt;" in text(client.get(reverse("venue_about", args=[venue.pk])))


# --- confirming ---------------------------------------------------------------------------------------------------


def test_confirm_says_what_will_be_booked(client):
    venue = make_venue(prices=[(12, 22, 1500)])
    TariffDiscount.objects.create(tariff=venue.tariffs.get(), category="model_worker", percent=50)
    unit = venue.units.first()
    client.force_login(make_member(category="model_worker").user)
    context = client.get(confirm_address(unit, minutes=120)).context
    rows = {str(term): (str(detail), note) for term, detail, note in context["rows"]}
    assert rows == {
        "时间": (
            '<span class="nb">今天</span><span class="nb">（周三 3月10日）</span> <span class="nb">14:00–16:00</span>',
            "2 小时",
        ),
        "场地": ('羽毛球馆 <span class="plate">1</span> 号场', "主宫"),
        "价格": ("15 元，到馆付", "市场价 40 元一小时，15 元一小时 × 2 小时，劳模半价"),
        "谁来用": ("周*明", ""),
    }
    assert (context["rule"], list(context["form"].fields)) == (
        "来不了，13:30 前退场就好。",
        ["key", "minutes", "party_size"],
    )


def test_confirm_books_and_shows_the_booking(client):
    unit, member = make_venue(policy=WIDE).units.first(), make_member()
    client.force_login(member.user)
    response = sent(client, confirm_address(unit), minutes=120, party_size=3)
    booking = Booking.objects.get()
    assert response.headers["Location"] == f"/bookings/{booking.number}/?new=1"
    assert (booking.member, booking.starts_at, booking.ends_at, booking.party_size, booking.source) == (
        member,
        at(DAY, 14),
        at(DAY, 16),
        3,
        "web",
    )
    page = client.get(response.headers["Location"])
    assert page.context["title"] == '<span class="nb">订好了，</span>今天 <span class="nb">14:00 见</span>'


def test_confirm_sent_twice_books_once(client):
    unit, member = make_venue(policy=WIDE, shared=True, places=10, kind="gym").units.get(), make_member()
    client.force_login(member.user)
    address = confirm_address(unit)
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    first, second, changed = (client.post(address, values | more) for more in ({}, {}, {"party_size": 4}))
    booking = Booking.objects.get()
    assert [r.status_code for r in (first, second, changed)] == [302, 302, 302]
    assert second.headers["Location"] == changed.headers["Location"] == f"/bookings/{booking.number}/"


def test_confirm_says_that_this_slot_is_mine_already(client):
    unit, member = make_venue(policy=WIDE, shared=True, places=10, kind="gym").units.get(), make_member()
    booking = book(unit, member, 14)
    client.force_login(member.user)
    address = confirm_address(unit)
    assert client.get(address).context["twin"] == booking
    assert client.post(address, {"key": "another page"}).context["twin"] == booking
    assert client.get(address).context["once_more"] == f"{address}&again=1"
    assert sent(client, f"{address}&again=1").status_code == 302
    assert Booking.objects.count() == 2


def test_confirm_of_a_court_that_is_mine_already_offers_no_second_one(client):
    unit, member = make_venue().units.first(), make_member()
    booking = book(unit, member, 14)
    client.force_login(member.user)
    context = client.get(confirm_address(unit)).context
    assert (context["twin"], context["once_more"]) == (booking, "")


def test_confirm_books_for_a_dependant(client):
    unit, member = make_venue(policy=WIDE).units.first(), make_member()
    child = Member.objects.create(guardian=member, name="周小然", state="verified", verified_at=NOW, category="family")
    client.force_login(member.user)
    choices = client.get(confirm_address(unit)).context["form"].fields["member"].choices
    assert choices == [(member.pk, "周*明（本人）"), (child.pk, "周*然（家人）")]
    sent(client, confirm_address(unit), member=child.pk)
    assert Booking.objects.get().member == child


def test_confirm_tells_namesakes_apart(client):
    unit, member = make_venue().units.first(), make_member()
    for name in ("周然", "周宁"):
        Member.objects.create(guardian=member, name=name)
    client.force_login(member.user)
    choices = client.get(confirm_address(unit)).context["form"].fields["member"].choices
    assert [label for _pk, label in choices] == ["周小明（本人）", "周然（家人）", "周宁（家人）"]


def test_confirm_never_books_for_a_stranger(client):
    unit, stranger = make_venue().units.first(), make_member()
    member = make_member()
    Member.objects.create(guardian=member, name="周小然")
    client.force_login(member.user)
    response = sent(client, confirm_address(unit), member=stranger.pk)
    assert (response.status_code, Booking.objects.count()) == (400, 0)


def test_confirm_keeps_a_name_of_rare_letters(client):
    unit = make_venue().units.first()
    client.force_login(make_member(name="𠮷野𠮷").user)
    assert "𠮷*𠮷" in text(client.get(confirm_address(unit)))


def test_confirm_asks_for_approval_where_the_policy_wants_it(client):
    unit, member = make_venue(policy=WIDE | {"needs_approval": True}).units.first(), make_member()
    client.force_login(member.user)
    page = text(client.get(confirm_address(unit)))
    assert ("核对一下，没错就申请" in page, "要场馆点头才算数" in page) == (True, True)
    assert page[page.index('class="steps"') :].split("</ol>")[0].endswith("等审批</li>")
    response = client.get(sent(client, confirm_address(unit)).headers["Location"])
    assert response.context["title"] == '<span class="nb">申请收到了，</span><span class="nb">开场前给你答复</span>'
    assert (response.context["chip"], response.context["card"]) == ("等审批", None)
    assert "场馆没点头前随时能退；点头以后" in text(response)
    Policy.objects.update(cancel_notice_minutes=10000)
    late = client.get(sent(client, confirm_address(unit, 16)).headers["Location"])
    assert (late.context["can_cancel"], late.context["rule"]) == (
        True,
        "场馆没点头前随时能退；点头以后要退场，打个值班电话。",
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minutes": "90"}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"party_size": "0"}, "party_size"),
        ({"party_size": "7"}, "party_size"),
        ({"party_size": "-1"}, "party_size"),
        ({"party_size": "9" * 400}, "party_size"),
        ({"party_size": "两"}, "party_size"),
        ({"key": ""}, "__all__"),
        ({"key": "\x00"}, "__all__"),
        ({"key": "k" * 65}, "__all__"),
    ],
)
def test_confirm_answers_bad_fields_with_the_form(client, values, field):
    unit = make_venue().units.first()
    client.force_login(make_member().user)
    response = sent(client, confirm_address(unit), **values)
    assert (response.status_code, list(response.context["form"].errors), Booking.objects.count()) == (400, [field], 0)


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_confirm_with_a_damaged_key_says_so_and_works_on_the_next_press(client, key):
    unit = make_venue(policy=WIDE).units.first()
    client.force_login(make_member().user)
    response = sent(client, confirm_address(unit), key=key)
    assert "页面传回来不完整" in text(response)
    form = response.context["form"]
    response = client.post(confirm_address(unit), {name: form[name].value() or "" for name in form.fields})
    assert (response.status_code, Booking.objects.count()) == (302, 1)


@pytest.mark.parametrize(("least", "hint"), [(1, "最多 6 人。"), (2, "2 到 6 人。")])
def test_confirm_says_how_many_may_come(client, least, hint):
    unit = make_venue(policy=WIDE | {"party_min": least}).units.first()
    client.force_login(make_member().user)
    assert hint in text(client.get(confirm_address(unit)))


def test_confirm_offers_only_lengths_that_fit(client):
    unit = make_venue(policy={"grid_minutes": 30, "min_minutes": 60, "max_minutes": 180}).units.first()
    book(unit, make_member(), 16)
    client.force_login(make_member().user)
    assert client.get(confirm_address(unit, 14)).context["form"].fields["minutes"].choices == [
        (60, "1 小时 · 免费"),
        (90, "1.5 小时 · 免费"),
        (120, "2 小时 · 免费"),
    ]


def test_confirm_offers_only_as_many_places_as_are_free(client):
    unit = make_venue(shared=True, places=10, kind="gym").units.get()
    book(unit, make_member(), 14, party_size=7)
    client.force_login(make_member().user)
    assert client.get(confirm_address(unit)).context["form"].offer.largest == 3


def test_confirm_multiplies_by_heads(client):
    unit = make_venue(policy=WIDE, shared=True, places=10, kind="gym", prices=[(8, 22, 500)]).units.get()
    client.force_login(make_member().user)
    sent(client, confirm_address(unit), party_size=3)
    assert Booking.objects.get().price_fen == 1500


def test_clash_offers_the_nearest_free_slots(client):
    venue = make_venue(places=2)
    one, two = venue.units.order_by("position")
    client.force_login(make_member().user)
    address = confirm_address(one)
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    book(one, make_member(), 14)
    response = client.post(address, values)
    assert (response.status_code, response.context["code"]) == (409, "taken")
    assert response.context["nearest"] == [
        ("今天 14:00 2 号场", f"/book/{two.pk}/?start=2032-03-10T14%3A00"),
        ("今天 13:00 1 号场", f"/book/{one.pk}/?start=2032-03-10T13%3A00"),
        ("今天 13:00 2 号场", f"/book/{two.pk}/?start=2032-03-10T13%3A00"),
    ]
    assert all(quote(href, safe="/?=%") in text(response) for _label, href in response.context["nearest"])


def test_clash_between_check_and_claim_is_answered_alike(client, monkeypatch):
    unit = make_venue(policy=WIDE, places=1).units.get()
    client.force_login(make_member().user)
    address = confirm_address(unit)
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    book(unit, make_member(), 14)
    monkeypatch.setattr("bookings.views.book.busy", lambda spaces, *_: {key: [] for key in spaces})
    response = client.post(address, values)
    assert (response.status_code, response.context["code"], Booking.objects.count()) == (409, "taken", 1)


@pytest.mark.parametrize(
    ("hour", "day", "code", "status"),
    [
        (9, DAY, "past", 400),
        (7, DAY + timedelta(days=1), "outside_hours", 400),
        (22, DAY, "outside_hours", 400),
        (14, DAY + timedelta(days=31), "too_early", 400),
        (14, date(2100, 12, 31), "too_early", 400),
        (14, date(2101, 1, 1), "bad_start", 400),
        (14, date(2000, 1, 1), "past", 400),
    ],
)
def test_refused_times_have_a_sentence_and_a_door(client, hour, day, code, status):
    unit = make_venue(places=1).units.get()
    client.force_login(make_member().user)
    response = client.get(confirm_address(unit, hour, day))
    assert (response.status_code, response.context["code"]) == (status, code)
    assert client.get(response.context["back"]).status_code == 200
    assert response.context["sentence"] in text(response)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "x",
        "2032-03-10",
        "2032-03-10T14:00:01",
        "0001-01-01T00:00",
        "9999-12-31T23:59%2B14:00",
        "%00",
        "𠮷",
        "2032-02-30T10:00",
    ],
)
def test_start_that_is_no_time_is_refused_kindly(client, start):
    unit = make_venue(places=1).units.get()
    client.force_login(make_member().user)
    response = client.get(f"/book/{unit.pk}/?start={start}")
    expected = "past" if start == "2032-03-10" else "bad_start"
    assert (response.status_code, response.context["code"], len(response.context["nearest"])) == (400, expected, 3)


@pytest.mark.parametrize(
    "start", ["2032-03-10T14:00%2B08:00", "2032-03-10T14:00+08:00", "2032-03-10T06:00Z", "2032-03-10T14:00"]
)
def test_start_may_carry_an_offset(client, start):
    unit = make_venue(places=1).units.get()
    client.force_login(make_member().user)
    assert client.get(f"/book/{unit.pk}/?start={start}").context["form"].offer.starts_at == at(DAY, 14)


def test_off_grid_is_refused(client):
    unit = make_venue(places=1).units.get()
    client.force_login(make_member().user)
    assert client.get(f"/book/{unit.pk}/?start=2032-03-10T14:30").context["code"] == "off_grid"


def test_unknown_unit_is_404(client):
    make_venue()
    client.force_login(make_member().user)
    assert [client.get(f"/book/{pk}/?start=2032-03-10T14:00").status_code for pk in (10**6, 2**63, 10**30)] == [404] * 3


def test_unit_out_of_use_is_404(client):
    unit = make_venue(places=1).units.get()
    Unit.objects.update(is_active=False)
    client.force_login(make_member().user)
    assert client.get(confirm_address(unit)).status_code == 404


def test_unverified_member_is_led_to_his_verification(client):
    unit = make_venue(places=1).units.get()
    client.force_login(make_member(verified=False).user)
    response = client.get(confirm_address(unit))
    assert (response.status_code, response.context["code"], response.context["nearest"]) == (400, "audience", [])
    assert (CHECKED in text(response), "去核实会员身份" in text(response)) == (True, False)
    Member.objects.update(state="rejected")
    response = client.get(confirm_address(unit))
    assert (CHECKED in text(response), "去核实会员身份" in text(response)) == (False, True)


def test_account_without_a_member_is_told_so(client):
    venue = make_venue(places=1)
    client.force_login(make_user(role="desk", palace=venue.palace))
    response = client.get(confirm_address(venue.units.get()))
    assert (response.status_code, response.context["code"]) == (400, "no_member")


def test_confirm_leads_through_sign_in_and_back(client):
    unit = make_venue(places=1).units.get()
    response = client.get(confirm_address(unit))
    assert response.headers["Location"] == f"/sign-in/?next={quote(confirm_address(unit))}"
    client.force_login(make_member().user)
    assert client.get(response.headers["Location"]).headers["Location"] == confirm_address(unit)


# --- my bookings --------------------------------------------------------------------------------------------------


@pytest.fixture
def mine(client):
    venue, member = make_venue(prices=[(12, 22, 1500)]), make_member()
    booking = book(venue.units.first(), member, 14)
    client.force_login(member.user)
    return booking


def detail(client, booking, **query):
    return client.get(reverse("booking_detail", args=[booking.number]), query)


def test_list_has_coming_and_past(client, mine, clock):
    unit, member = mine.unit, mine.member
    later = book(unit, member, 16)
    gone = book(unit, member, 18)
    cancel_booking(booking=gone, by=member.user)
    context = client.get("/bookings/").context
    assert (
        context["title"]
        == '<span class="nb">接下来有 2 场，</span><span class="nb">最近是</span><span class="nb">今天 14:00</span>'
    )
    assert [(r["hours"], r["chip"]) for r in context["coming"]] == [
        ("14:00–15:00", "已订好"),
        ("16:00–17:00", "已订好"),
    ]
    assert [(r["hours"], r["chip"]) for r in context["past"]] == [("18:00–19:00", "已取消")]
    clock.move_to(at(DAY, 15))
    context = client.get("/bookings/").context
    assert [(r["hours"], r["chip"]) for r in context["past"]] == [("18:00–19:00", "已取消"), ("14:00–15:00", "已过")]
    assert [r["href"] for r in context["coming"]] == [reverse("booking_detail", args=[later.number])]


def test_list_names_the_palace_where_it_is_another_one(client, mine):
    other = make_venue(make_palace(name="善河县工人文化宫"))
    book(other.units.first(), mine.member, 16)
    client.get("/palaces/")
    client.post("/palaces/choose/", {"palace": mine.palace.slug})
    assert [row["palace"] for row in client.get("/bookings/").context["coming"]] == ["", "善河县工人文化宫"]


def test_price_of_a_visit_that_nobody_paid_says_so(client, mine, clock):
    clock.move_to(at(DAY, 14))
    check_in(booking=mine, by=make_user(role="desk", palace=mine.palace))
    assert "15 元，还没付" in text(detail(client, mine))


def test_list_is_paged(client, mine, clock):
    for n in range(21):
        book(mine.unit, mine.member, 10, DAY + timedelta(days=n + 1))
    clock.move_to(at(DAY, 10) + timedelta(days=25))
    pages = [len(client.get("/bookings/", {"page": page}).context["past"]) for page in (1, 2, 99, "x", "", -1)]
    assert pages == [20, 2, 2, 20, 20, 2]


def test_list_of_nothing_leads_to_the_venues(client):
    make_venue()
    client.force_login(make_member().user)
    response = client.get("/bookings/")
    assert response.context["title"] == '<span class="nb">接下来没有预约，</span><span class="nb">去挑一个空场</span>'
    assert "接下来没有预约" in text(response)


def test_detail_has_number_price_rule_and_code(client, mine):
    context = detail(client, mine).context
    rows = {str(term): (str(value), note) for term, value, note in context["rows"]}
    number = f"{mine.number[:4]} {mine.number[4:]}"
    assert (rows["预约号"], rows["价格"]) == (
        (number, ""),
        ("15 元，到馆付", "市场价 40 元一小时，15 元一小时 × 1 小时"),
    )
    assert (context["rule"], context["can_cancel"], context["card"]["code"], context["card"]["qr"]) == (
        "来不了，13:30 前退场就好。",
        True,
        number,
        mine.number,
    )


def test_detail_of_each_state(client, mine, clock):
    assert (
        detail(client, mine).context["title"]
        == '<span class="nb">场地留着，</span>今天 <span class="nb">14:00 见</span>'
    )
    clock.move_to(at(DAY, 13, 55))
    used = check_in(booking=mine, by=make_user())
    assert (
        detail(client, used).context["title"]
        == '<span class="nb">这一场来过了：</span><span class="nb">今天 14:00</span>'
    )
    clock.move_to(at(DAY, 15))
    assert (detail(client, mine).context["is_ahead"], detail(client, mine).context["card"]) == (False, None)


def test_detail_of_an_approved_request(client):
    venue, member = make_venue(policy={"needs_approval": True}), make_member()
    booking = book(venue.units.first(), member, 14)
    client.force_login(member.user)
    assert detail(client, booking).context["chip"] == "等审批"
    approve_booking(booking=booking, by=make_user(role="venue_manager", palace=venue.palace))
    assert (detail(client, booking).context["chip"], bool(detail(client, booking).context["card"])) == ("已订好", True)


def test_request_is_taken_back_or_not_agreed_to_in_its_own_words(client):
    venue, member = make_venue(policy={"needs_approval": True}), make_member()
    booking = book(venue.units.first(), member, 14)
    client.force_login(member.user)
    assert detail(client, booking).context["give_back"] == "撤回申请"
    asked = client.get(reverse("booking_cancel", args=[booking.number]))
    assert ("要撤回这份申请吗？" in text(asked), "退场" in text(asked)) == (True, False)
    refuse_booking(booking=booking, by=make_user(role="venue_manager", palace=venue.palace), reason="那天有会")
    page = detail(client, booking)
    assert ("没批下来" in page.context["title"], "那天有会" in text(page)) == (True, True)


def test_foreign_bookings_are_404(client, mine):
    client.force_login(make_member().user)
    names = ("booking_detail", "booking_cancel", "booking_ics")
    assert [client.get(reverse(name, args=[mine.number])).status_code for name in names] == [404] * 3
    assert client.post(reverse("booking_cancel", args=[mine.number])).status_code == 404
    assert Booking.objects.get().status == "confirmed"


def test_staff_see_bookings_at_the_desk_not_here(client, mine):
    client.force_login(make_user(role="desk", palace=mine.palace))
    assert detail(client, mine).status_code == 404


@pytest.mark.parametrize("number", ["0", "x" * 200, "𠮷", "%00", "-1"])
def test_unknown_numbers_are_404(client, mine, number):
    assert client.get(f"/bookings/{number}/").status_code == 404


def test_own_pages_ask_to_sign_in(client, mine):
    client.logout()
    for address in [
        "/bookings/",
        *(reverse(n, args=[mine.number]) for n in ("booking_detail", "booking_cancel", "booking_ics")),
    ]:
        assert client.get(address).headers["Location"] == f"/sign-in/?next={address}"


def test_guardian_sees_and_cancels_what_is_his_childs(client):
    venue, member = make_venue(), make_member()
    child = Member.objects.create(guardian=member, name="周小然", state="verified", verified_at=NOW)
    booking = book(venue.units.first(), child, 14, by=member.user)
    client.force_login(member.user)
    assert client.get("/bookings/").context["coming"][0]["for_whom"] == "周*然"
    client.post(reverse("booking_cancel", args=[booking.number]), GIVE_BACK)
    booking.refresh_from_db()
    assert booking.status == "cancelled"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "计划有变"),
        ({"why": "weather"}, "天气不好"),
        ({"why": "time"}, "想换个时间"),
        ({"why": "other", "reason": " 孩子发烧 "}, "孩子发烧"),
        ({"why": "ill", "reason": "𠮷"}, "身体不舒服，𠮷"),
    ],
)
def test_cancel_gives_the_place_back_with_a_reason(client, mine, fields, reason):
    address = reverse("booking_cancel", args=[mine.number])
    assert sent(client, address, **fields).headers["Location"] == reverse("booking_detail", args=[mine.number])
    mine.refresh_from_db()
    assert (mine.status, mine.reason) == ("cancelled", reason)
    assert "退好了，场地马上放给别人。" in text(detail(client, mine))
    assert "已经退了" in detail(client, mine).context["title"]
    client.force_login(make_user(role="desk", palace=mine.palace))
    assert reason in text(client.get(reverse("desk_booking", args=[mine.number])))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"why": ""}, "why"),
        ({"why": "nonsense"}, "why"),
        ({"reason": "长" * 161}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"why": "other"}, "reason"),
        ({"why": "other", "reason": "  "}, "reason"),
    ],
)
def test_cancel_answers_bad_fields_with_the_form(client, mine, fields, wrong):
    response = sent(client, reverse("booking_cancel", args=[mine.number]), **fields)
    mine.refresh_from_db()
    errors = response.context["form"].errors
    assert (response.status_code, list(errors), mine.status) == (400, [wrong], "confirmed")


@pytest.mark.parametrize(("minute", "status", "state"), [(29, 302, "cancelled"), (30, 409, "confirmed")])
def test_cancel_ends_with_the_notice(client, mine, clock, minute, status, state):
    mine.palace.phone = "0573-0000 0000"
    mine.palace.save()
    clock.move_to(at(DAY, 13, minute))
    response = client.post(reverse("booking_cancel", args=[mine.number]), GIVE_BACK)
    mine.refresh_from_db()
    assert (response.status_code, mine.status) == (status, state)
    if status == 409:
        assert 'href="tel:0573-00000000"' in text(response)


def test_what_the_house_cancelled_says_so_with_its_reason(client, mine):
    cancel_booking(booking=mine, by=make_user(), by_staff=True, reason="灯坏了")
    page = detail(client, mine)
    assert ("馆里取消了" in page.context["title"], "灯坏了" in text(page)) == (True, True)


def test_cancel_twice_says_so(client, mine):
    address = reverse("booking_cancel", args=[mine.number])
    client.post(address, GIVE_BACK)
    response = client.post(address, GIVE_BACK)
    assert (response.status_code, response.context["can_cancel"]) == (409, False)
    assert "这一场不用退了" in text(response)


def test_calendar_file_tells_time_place_and_state(client, mine):
    address = reverse("booking_ics", args=[mine.number])
    response = client.get(address)
    event = Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{mine.number}.ics"'
    assert (event.decoded("dtstart"), event.decoded("dtend"), str(event["summary"]), str(event["status"])) == (
        at(DAY, 14),
        at(DAY, 15),
        "羽毛球馆 1 号场",
        "CONFIRMED",
    )
    cancel_booking(booking=mine, by=mine.member.user)
    assert b"STATUS:CANCELLED" in client.get(address).content


@pytest.mark.parametrize("address", ["/", "/venues/", "/bookings/"])
def test_pages_for_reading_refuse_other_methods(client, mine, address):
    assert [client.post(address).status_code, client.delete(address).status_code] == [405, 405]


def test_forms_need_their_token(mine):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mine.member.user)
    assert strict.post(confirm_address(mine.unit, 16), {"key": "k"}).status_code == 403
    assert strict.post(reverse("booking_cancel", args=[mine.number])).status_code == 403
    assert Booking.objects.get().status == "confirmed"


# --- English ------------------------------------------------------------------------------------------------------


def test_english_pages_speak_english(client, mine):
    client.cookies["django_language"] = "en"
    titles = [
        client.get("/venues/").context["title"],
        board(client, mine.unit.venue).context["title"],
        client.get("/bookings/").context["title"],
        detail(client, mine).context["title"],
    ]
    assert titles == [
        "One venue, one has room today",
        "Badminton hall, 71 slots free today",
        "One booking ahead, the next one: today 14:00",
        "Your place is waiting, see you today 14:00",
    ]
    assert detail(client, mine).context["rule"] == "Cannot come? Give it back before 13:30."


# --- queries ------------------------------------------------------------------------------------------------------


def queries_of(client, address, palace) -> int:
    """Once the rules of the palace are known to the process."""
    rulebook.current(palace.pk)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_pages_cost_the_same_for_thirty_venues(client):
    palace, member = make_palace(), make_member()
    venue = make_venue(palace, places=2)
    booking = book(venue.units.first(), member, 14)
    cancel_booking(booking=book(venue.units.first(), member, 15), by=member.user)
    client.force_login(member.user)
    addresses = [
        "/venues/",
        "/venues/?q=a&free=now&gratis=on&kind=badminton",
        "/venues/?free=tomorrow",
        f"/venues/{venue.pk}/",
        f"/venues/{venue.pk}/about/",
        confirm_address(venue.units.last()),
        "/bookings/",
        f"/bookings/{booking.number}/",
        f"/bookings/{booking.number}/cancel/",
    ]
    small = [queries_of(client, address, palace) for address in addresses]
    for n in range(29):
        other = make_venue(palace, places=3, name=f"馆 {n}")
        book(other.units.first(), member, 10 + n % 10, DAY + timedelta(days=1))
    large = [queries_of(client, address, palace) for address in addresses]
    assert (small, large) == ([10, 10, 11, 9, 6, 8, 7, 4, 4], [10, 10, 11, 9, 6, 8, 7, 4, 4])


def test_weekday_of_the_examples():
    assert datetime(2032, 3, 10, tzinfo=SHANGHAI).weekday() == 2


def test_door_out_of_a_day_that_cannot_be_booked_leads_to_one_that_can(client):
    venue = make_venue(policy={"horizon_days": 3, "opens_at": time(0)})
    for ahead in (5, 9, 300):
        page = board(client, venue, day=DAY + timedelta(days=ahead))
        assert page.context["next_day"] == f"/venues/{venue.pk}/?day={DAY + timedelta(days=3)}"
        assert "看最近能订的一天" in text(page)
