from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils.translation import override

from palace.accounts.models import HardshipFile, StaffAct
from palace.core.actor import acting
from palace.core.timeline import entries_of, events, origin_text
from venues.models import Closure, Tariff, TariffLine, Unit, Venue

from ..factories import make_member, make_user, make_venue

pytestmark = pytest.mark.django_db


def told(record, *models, parts=None):
    tables = {m._meta.db_table: m for m in (type(record), *models)}
    with override("en"):
        found = events(list(entries_of(record, parts)), tables, parts=parts or ())
        return [(e.who, e.action, e.what, [(c.label, c.text) for c in e.changes]) for e in found]


def test_events_tell_who_changed_what_in_words():
    venue, by = make_venue(name="羽毛球馆"), make_user(role="venue_manager", palace=make_venue().palace, name="张建国")
    site = type(venue.site).objects.create(palace=venue.palace, name="分部")
    with acting(user_id=by.pk, source="web"):
        Venue.objects.filter(pk=venue.pk).update(is_active=False, kind="gym", site=site)
    who, action, what, changes = told(venue)[0]
    assert (who, action, what) == ("张建国", "changed", "Venue")
    assert changes == [
        ("Shown to the public", "yes → no"),
        ("Kind", "badminton → gym"),
        ("Site", "主宫 → 分部"),
    ]


def test_events_of_a_new_record_tell_only_what_was_filled_in():
    unit = Unit.objects.filter(venue=make_venue(places=1)).get()
    who, action, _what, changes = told(unit)[-1]
    assert (who, action) == ("Database", "added")
    assert ("Name", "1 号场") in changes
    assert "Where it is" not in dict(changes)


@pytest.mark.parametrize("name", ["2026-12-01T24:00", "2026-12-01T09:00:00+08:00", "25:00", "T"])
def test_name_written_like_a_time_is_told_as_it_was_written(name):
    venue = make_venue()
    Venue.objects.filter(pk=venue.pk).update(name=name)
    assert told(venue)[0][3] == [("Name", f"羽毛球馆 → {name}")]


def test_moments_are_told_by_the_clock_of_the_house():
    venue, since = make_venue(), datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    row = Closure.objects.create(
        palace=venue.palace, venue=venue, starts_at=since, ends_at=since + timedelta(hours=1), reason="检修"
    )
    assert ("From", "1 Dec 2026, 09:30") in told(row)[-1][3]


def test_events_mask_who_is_not_staff():
    venue, member = make_venue(), make_member(name="周小明")
    with acting(user_id=member.user_id, source="web"):
        Venue.objects.filter(pk=venue.pk).update(floor="二层")
    assert told(venue)[0][0] == "周*明"


def test_events_hide_what_is_personal():
    member = make_member(name="周小明")
    type(member).objects.filter(pk=member.pk).update(name="吴大为", category="retired")
    assert dict(told(member)[0][3]) == {"Category": "employee → retired", "Name": "changed, personal"}


def test_events_of_a_wholly_personal_table_tell_no_value():
    file = HardshipFile.objects.create(member=make_member(), first_day="2026-01-01", last_day="2026-12-31", note="重病")
    HardshipFile.objects.filter(pk=file.pk).update(note="已好转")
    assert told(file)[0][3] == [("Note", "changed, personal")]


def test_entries_of_include_the_parts_also_when_they_are_gone():
    venue = make_venue(prices=[(8, 22, 1500)])
    tariff = Tariff.objects.get(venue=venue)
    line = TariffLine.objects.get(tariff=tariff)
    TariffLine.objects.filter(pk=line.pk).update(price_fen=2000)
    line.delete()
    make_venue(prices=[(8, 22, 900)])
    found = told(tariff, TariffLine, parts={TariffLine: "tariff"})
    assert [(action, what) for _who, action, what, _changes in found] == [
        ("deleted", "Tariff line every day 08:00–22:00 everybody"),
        ("changed", "Tariff line every day 08:00–22:00 everybody"),
        ("added", "Tariff line every day 08:00–22:00 everybody"),
        ("added", "Tariff"),
    ]
    assert found[1][3] == [("Price an hour", "¥15 → ¥20")]


def test_acts_of_staff_are_told_in_chinese():
    palace = make_venue().palace
    act = StaffAct.objects.create(
        member=make_member(name="周小明"), palace=palace, by=make_user(name="王晓霞"), what="verified"
    )
    (found,) = events(list(entries_of(act)), {StaffAct._meta.db_table: StaffAct})
    assert (found.what, {c.label: c.text for c in found.changes}["办了什么"]) == ("经办记录", "通过核实")


def test_every_audited_table_has_a_name_in_chinese():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit'")
        tables = {name for (name,) in cursor.fetchall()}
    names = {m._meta.db_table: str(m._meta.verbose_name) for m in apps.get_models() if m._meta.db_table in tables}
    assert (len(names), {table: name for table, name in names.items() if name.isascii()}) == (len(tables), {})


def test_origin_of_a_change_is_told_in_chinese():
    sources = ["web", "api", "desk", "walk_in", "move", "release", "task:job:x", "command:doctor", "database:postgres"]
    assert [origin_text(source) for source in sources] == [
        "网页",
        "其他应用",
        "服务台",
        "服务台现场",
        "改期",
        "让出场地",
        "后台任务",
        "命令行",
        "数据库",
    ]


def test_events_cost_the_same_however_many(django_assert_num_queries):
    venue, by = make_venue(), make_user()
    tables = {m._meta.db_table: m for m in (Venue,)}
    with acting(user_id=by.pk, source="web"):
        for n in range(3):
            Venue.objects.filter(pk=venue.pk).update(position=n)
    entries = list(entries_of(venue))
    for count in (1, 2):
        with django_assert_num_queries(1):
            assert len(events(entries[:count], tables)) == count
