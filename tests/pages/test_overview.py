"""What officials see of the palaces below their union: facts and counts, no small count, no person."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from bookings.services import book_slot, cancel_booking
from palace.pages.overview import count_text, monday
from venues import rulebook
from venues.models import OpeningException, Visit

from ..factories import at, make_member, make_palace, make_union, make_user, make_venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_union(level="city", name="嘉澜市总工会")


@pytest.fixture
def official(client, city):
    user = make_user(role="official_city", union=city)
    client.force_login(user)
    return user


def below(city, **fields):
    return make_palace(union=make_union(parent=city), **fields)


def rows(client) -> dict:
    """Cells by the palace's name, as the page shows them."""
    found = client.get(reverse("overview")).context["lines"]
    return {str(line["head"]): [str(text) for _label, text, _kind in line["cells"]] for line in found}


def walk_ins(palace, venue, persons, entered_at):
    return Visit.objects.create(palace=palace, venue=venue, source="walk_in", persons=persons, entered_at=entered_at)


def this_week() -> datetime:
    return datetime.combine(monday(timezone.localdate()), time(), timezone.get_default_timezone())


def test_palaces_of_the_subtree_and_no_other(client, city, official):
    one, two, other = below(city, name="东宫"), below(city, name="西宫"), make_palace(name="外宫")
    hidden = below(city, name="新宫", is_active=False)
    found = list(rows(client))
    assert [one.slug in found[0], two.slug in found[1], "<a" in found[2], hidden.name in found[2]] == [
        True, True, False, True,
    ]  # fmt: skip
    assert (len(found), other.name in "".join(found)) == (3, False)


def test_official_of_a_union_without_palaces_is_told_so(client):
    make_palace()
    client.force_login(make_user(role="official_county", union=make_union(name="无宫县总工会")))
    page = client.get(reverse("overview"))
    assert (page.status_code, page.context["lines"]) == (200, [])
    assert "辖区里还没有文化宫" in page.content.decode()


def test_page_wears_the_union_and_not_one_palace(client, city, official):
    palace = below(city, name="东宫", phone="0500-0000 9999")
    client.cookies["palace"] = palace.slug
    page = client.get(reverse("overview")).content.decode()
    head, foot = page.partition("<main")[0], page.partition("<footer")[2]
    assert (city.name in head.partition("</title>")[0], city.name in head.partition("<body")[2]) == (True, True)
    assert (city.name in foot, palace.phone in foot, palace.name in head + foot) == (True, False, False)


def test_facts_of_a_palace(client, city, official):
    palace = below(
        city, palace_class="1", institution="class_1", floor_area_m2=26000, leased_area_m2=900, land_area_mu=20
    )
    make_venue(palace, hours=(8, 22))
    cells = rows(client).popitem()[1]
    assert cells == [
        "不足 5", "不足 5", "今天开放 8:00–22:00", "一类", "公益一类", "26,000 m²", "900 m²", "20 亩",
    ]  # fmt: skip


def test_closed_today_is_told_after_a_change_of_the_rules(client, city, official):
    palace = below(city)
    venue = make_venue(palace)
    assert rows(client).popitem()[1][2] == "今天开放 8:00–22:00"
    OpeningException.objects.create(palace=palace, venue=venue, day=timezone.localdate(), closed=True, reason="检修")
    assert rows(client).popitem()[1][2] == "今天闭馆"


@pytest.mark.parametrize(("persons", "text"), [(4, "不足 5"), (5, "5"), (1200, "1,200")])
def test_visits_of_the_week_count_persons_and_small_counts_are_not_shown(client, city, official, persons, text):
    palace = below(city)
    venue, first = make_venue(palace), this_week()
    walk_ins(palace, venue, persons - 1, first)
    walk_ins(palace, venue, 1, first + timedelta(days=7) - timedelta(seconds=1))
    for outside in (first - timedelta(seconds=1), first + timedelta(days=7)):
        walk_ins(palace, venue, 50, outside)
    assert rows(client).popitem()[1][1] == text


def test_bookings_of_the_week_leave_out_what_was_given_back(client, city, official, monkeypatch):
    palace = below(city)
    venue, day = make_venue(palace), timezone.localdate() + timedelta(days=7)
    monkeypatch.setattr("palace.pages.overview.timezone.localdate", lambda: day)
    units = list(venue.units.order_by("position"))
    for unit in units:
        hours = {"starts_at": at(day, 10), "ends_at": at(day, 11)}
        member = make_member()
        last = book_slot(unit=unit, member=member, by=member.user, **hours)
    assert rows(client).popitem()[1][0] == "6"
    cancel_booking(booking=last, by=last.member.user, reason="有事")
    assert rows(client).popitem()[1][0] == "5"


@pytest.mark.parametrize(
    ("language", "persons", "title"),
    [
        ("zh-hans", (1200, 40), "2 座文化宫，本周来了 1,240 人次"),
        ("en", (1200, 40), "2 palaces, 1,240 visits this week"),
        ("en", (1200, 4), "2 palaces, 1,200 visits this week"),
        ("en", (4, 4), "2 palaces below your union"),
        ("zh-hans", (4, 4), "辖区共有 2 座文化宫"),
    ],
)
def test_title_answers_how_many_came_and_gives_no_small_count_away(client, city, official, language, persons, title):
    for number in persons:
        palace = below(city)
        walk_ins(palace, make_venue(palace), number, this_week())
    client.cookies["django_language"] = language
    page = client.get(reverse("overview")).content.decode()
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert (strip_tags(heading), f"<title>{title} ·" in page) == (title, True)


def test_phone_shows_each_palace_as_a_card_with_every_figure_named(client, city, official):
    make_venue(below(city, name="东宫"))
    page = client.get(reverse("overview")).content.decode()
    card = page.partition('<ul class="stack phone"')[2].partition("</ul>")[0]
    assert (card.count("<li"), card.count("<dt>"), card.count("<dd"), "东宫" in card) == (1, 8, 8, True)
    assert "<dt>本周预约</dt>" in card


@pytest.mark.parametrize("path", ["/", "/overview/"])
def test_official_finds_the_overview_from_everywhere(client, city, official, path):
    below(city)
    page = client.get(path).content.decode()
    nav = page.partition('<nav class="nav member-nav"')[2].partition("</nav>")[0]
    assert (f'href="{reverse("overview")}"' in nav, 'aria-current="page"' in nav) == (True, True)


def test_home_leads_an_official_to_the_overview_and_members_nowhere_else(client, city, official):
    below(city)
    hint = f'<a class="btn" href="{reverse("overview")}">辖区文化宫</a>'
    assert hint in client.get("/").content.decode()
    client.force_login(make_member().user)
    assert hint not in client.get("/").content.decode()


@pytest.mark.parametrize(("count", "text"), [(0, "不足 5"), (4, "不足 5"), (5, "5")])
def test_count_text_hides_small_counts(count, text):
    assert count_text(count) == text


def test_no_person_stands_on_the_page(client, city, official):
    palace = below(city)
    member = make_member(name="欧阳百灵", registered_palace=palace)
    walk_ins(palace, make_venue(palace), 9, timezone.now()).member = member
    assert "欧阳百灵" not in client.get(reverse("overview")).content.decode()


def queries(client) -> int:
    rulebook._kept.clear()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(reverse("overview")).status_code == 200
    return len(seen)


def test_page_costs_the_same_for_one_and_five_palaces(client, city, official):
    make_venue(below(city))
    before = queries(client)
    for _ in range(4):
        make_venue(below(city))
    assert (queries(client), before <= 12) == (before, True)


def test_english_page_marks_chinese_names(client, city, official):
    below(city, name="东宫")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("overview")).content.decode()
    assert ("1 palace below your union" in page, '<span lang="zh-Hans">东宫</span>' in page) == (True, True)
