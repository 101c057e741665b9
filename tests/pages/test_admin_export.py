"""Lists of the admin site: exports with purpose and record, constant query counts."""

import io
import re
from datetime import datetime, time, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.services import book_slot
from palace.core import exports
from palace.core.models import AuditEntry, ExportRecord
from venues.models import Site, Unit, Venue

from ..factories import at, make_member, make_palace, make_venue, tomorrow
from .admin_house import enter, house, registers, url

pytestmark = pytest.mark.django_db


def rows(response) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))


def test_export_holds_the_list_of_this_palace_only(client):
    palace = make_palace()
    Site.objects.create(palace=palace, name="=HYPERLINK(1)", address="@x", kind="branch")
    Site.objects.create(palace=make_palace(), name="别处")
    by = enter(client, palace, "venue_manager", name="张建国")
    answer = client.post(url("venues.site", "export"), {"purpose": "盘点"})
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="site-\d{4}-\d\d-\d\d.xlsx"', answer.headers["Content-Disposition"])
    found = rows(answer)
    assert found[:2] == [("名称", "种类", "地址", "次序"), ("'=HYPERLINK(1)", "分部", "'@x", 0)]
    assert (len(found), found[2][0].startswith("张建国 于 ")) == (3, True)
    record = ExportRecord.objects.get()
    assert (record.by, record.palace_id, record.what, record.purpose, record.rows) == (
        by,
        palace.pk,
        "venues.Site",
        "盘点",
        1,
    )
    audit = AuditEntry.objects.get(table_name="core_exportrecord")
    assert (audit.actor_id, audit.source, audit.after["purpose"]) == (by.pk, "web", "盘点")


def test_export_follows_filter_and_search(client):
    palace = make_palace()
    make_venue(palace, name="羽毛球馆")
    make_venue(palace, name="健身房", kind="gym")
    enter(client, palace, "director")
    page = client.get(url("venues.venue", "changelist") + "?kind__exact=gym")
    assert page.context["export_href"] == url("venues.venue", "export") + "?kind__exact=gym"
    answer = client.get(page.context["export_href"])
    assert answer.context["count"] == 1
    found = rows(client.post(page.context["export_href"], {"purpose": "看看"}))
    assert [row[0] for row in found[1:-1]] == ["健身房"]
    assert ExportRecord.objects.get().filters == "kind__exact=gym"


def test_export_of_bookings_masks_names_and_keeps_numbers(client):
    venue = make_venue(prices=[(8, 22, 1550)])
    member = make_member(name="周小明")
    day = tomorrow()
    booking = book_slot(
        unit=Unit.objects.filter(venue=venue).first(),
        member=member,
        starts_at=at(day, 10),
        ends_at=at(day, 11),
        by=member.user,
    )
    enter(client, venue.palace, "director")
    found = rows(client.post(url("bookings.booking", "export"), {"purpose": "统计"}))[1]
    assert found[:10] == (
        booking.number, datetime.combine(day, time(10)), datetime.combine(day, time(11)), venue.name, "1 号场", "周*明", 1, "已订好",
        15.5, 0
    )  # fmt: skip
    assert client.get(url("bookings.booking", "export")).context["columns"][8:10] == ["价格（元）", "已付（元）"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "purpose"),
        ({"purpose": "  "}, "purpose"),
        ({"purpose": "x" * 121}, "purpose"),
        ({"purpose": "\0"}, "purpose"),
    ],
)
def test_export_asks_for_a_purpose(client, data, field):
    enter(client, make_palace(), "director")
    answer = client.post(url("venues.site", "export"), data)
    assert (answer.status_code, list(answer.context["form"].errors), ExportRecord.objects.count()) == (200, [field], 0)


def test_export_refuses_more_rows_than_the_limit(client, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    palace = make_palace()
    enter(client, palace, "director")
    Site.objects.create(palace=palace, name="甲")
    assert (
        client.post(url("venues.site", "export"), {"purpose": "盘点"})
        .headers["Content-Type"]
        .startswith("application/vnd")
    )
    Site.objects.create(palace=palace, name="乙")
    answer = client.post(url("venues.site", "export"), {"purpose": "盘点"})
    assert list(answer.context["form"].non_field_errors()) == ["超过 1 行了。先用筛选缩小范围，再导出。"]
    assert ExportRecord.objects.count() == 1


def test_export_is_closed_without_the_right(client):
    palace = make_palace()
    for role in ("desk", "finance", "coordinator", "admin"):
        enter(client, palace, role)
        assert client.post(url("venues.site", "export"), {"purpose": "盘点"}).status_code == 403
        assert "export_href" not in (client.get(url("unions.palace", "changelist")).context or {})
    assert ExportRecord.objects.count() == 0


def test_export_of_a_broken_filter_returns_to_the_whole_list(client):
    enter(client, make_palace(), "director")
    assert client.get(url("bookings.booking", "export") + "?starts_at__year=x").url == url("bookings.booking", "export")


def queries(client, label: str) -> int:
    client.get(url(label, "changelist"))
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url(label, "changelist")).status_code == 200
    return len(found)


@pytest.mark.parametrize("role", ["venue_manager", "director", "finance", "admin"])
def test_lists_cost_the_same_number_of_queries_however_long(client, role):
    palace = house("甲")
    enter(client, palace, role)
    open_ones = [label for label, a in registers().items() if client.get(url(label, "changelist")).status_code == 200]
    before = {label: queries(client, label) for label in open_ones}
    grow(palace)
    assert {label: queries(client, label) for label in open_ones} == before
    assert max(before.values()) <= 16, before


def grow(palace):
    """Two more of what lists show."""
    for n in (1, 2):
        venue = make_venue(palace, name=f"馆{n}", prices=[(8, 12, 100), (12, 22, 900)])
        member = make_member(registered_palace=palace)
        unit = Unit.objects.filter(venue=venue).first()
        day = tomorrow() + timedelta(days=n)
        book_slot(unit=unit, member=member, starts_at=at(day, 10), ends_at=at(day, 11), by=member.user)
    assert Venue.objects.filter(palace=palace).count() == 3
