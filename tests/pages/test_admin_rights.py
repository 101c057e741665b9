"""Who sees which register, and only of his own palace: every register, every role, two palaces with mirror data."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from bookings.models import Booking
from bookings.words import spaced
from palace.accounts.models import RoleAssignment, RosterEntry, User
from palace.core import outbox
from palace.core.models import AuditEntry, OutboxMessage
from palace.unions.models import Union

from ..factories import make_palace, make_union, make_user
from .admin_house import enter, house, record, registers, url

pytestmark = pytest.mark.django_db

HOUSE = {"venues.site", "venues.venue", "venues.space", "venues.unit", "venues.openinghours", "venues.openingexception",
         "venues.policy", "venues.tariff", "venues.allocation", "venues.closure"}  # fmt: skip
SHARED = {"unions.union", "unions.palace"}
SEES = {
    "desk": HOUSE | SHARED | {"venues.calendarday", "bookings.booking", "accounts.member", "notices.message"},
    "venue_manager": HOUSE | SHARED | {"venues.calendarday", "bookings.booking", "accounts.member", "accounts.rosterentry",
                                       "notices.announcement", "notices.message"},
    "coordinator": HOUSE | SHARED | {"venues.calendarday", "notices.announcement"},
    "finance": HOUSE | SHARED | {"venues.calendarday", "bookings.booking", "core.ledgertransaction"},
    "director": HOUSE | SHARED | {"venues.calendarday", "bookings.booking", "accounts.member", "accounts.hardshipfile",
                                  "notices.announcement", "notices.message", "core.auditentry", "core.exportrecord",
                                  "core.ledgertransaction", "accounts.roleassignment"},
    "auditor": {"core.auditentry", "core.exportrecord", "core.ledgertransaction"},
    "admin": SHARED | {"venues.calendarday", "accounts.user", "accounts.roleassignment", "core.auditentry", "core.job",
                       "core.outboxmessage"},
    "asset_officer": set(),
    "official_county": set(),
}  # fmt: skip
ADDS = {
    "desk": {"venues.closure"},
    "venue_manager": HOUSE | {"accounts.rosterentry", "notices.announcement"},
    "coordinator": {"notices.announcement"},
    "director": {"venues.tariff", "notices.announcement"},
    "admin": {"unions.union", "venues.calendarday", "accounts.user", "accounts.roleassignment"},
}
CHANGES = {
    "venue_manager": (HOUSE - {"venues.closure"}) | {"unions.palace", "accounts.rosterentry", "notices.announcement"},
    "coordinator": {"notices.announcement"},
    "director": {"venues.tariff", "notices.announcement", "unions.palace"},
    "admin": {"unions.union", "unions.palace", "venues.calendarday", "accounts.user"},
}
DELETES = {
    "venue_manager": (HOUSE - {"venues.closure"}) | {"accounts.rosterentry", "notices.announcement"},
    "coordinator": {"notices.announcement"},
    "director": {"venues.tariff", "notices.announcement"},
    "admin": {"unions.union", "venues.calendarday", "accounts.roleassignment"},
}
EXPORTS = {
    "venue_manager": HOUSE | {"venues.calendarday", "bookings.booking", "accounts.member"},
    "director": HOUSE | {"venues.calendarday", "bookings.booking"},
    "finance": {"core.ledgertransaction"},
}


def opened(client, page: str, *, of=None) -> set[str]:
    """Labels of the registers whose ``page`` answers 200; the others answer 403."""
    answers = {}
    for label in registers():
        found = record(label, of) if of else None
        if of is None or found is not None:
            answers[label] = client.get(url(label, page, *([found.pk] if of else []))).status_code
    answers.pop("core.auditentry", None) if of else None  # an administrator has only his own
    assert set(answers.values()) <= {200, 403}, answers
    return {label for label, status in answers.items() if status == 200}


@pytest.mark.parametrize("role", SEES)
def test_registers_are_open_to_the_roles_that_may(client, role):
    mine = house("甲")
    user = enter(client, mine, role)
    assert opened(client, "changelist") == SEES[role]
    assert opened(client, "add") == ADDS.get(role, set())
    assert opened(client, "export") == EXPORTS.get(role, set())
    assert opened(client, "change", of=mine) == SEES[role] - {"core.auditentry"}
    assert opened(client, "history", of=mine) == SEES[role] - {"core.auditentry"}
    assert opened(client, "delete", of=mine) == DELETES.get(role, set())
    assert {
        label
        for label in registers()
        if (found := record(label, mine)) and client.post(url(label, "change", found.pk)).status_code != 403
    } == CHANGES.get(role, set())
    assert User.objects.get(pk=user.pk).is_active


def test_every_register_has_a_record_in_the_test_house():
    palace = house("甲")
    without = {label for label in registers() if record(label, palace) is None}
    assert without == set()


def test_registers_of_another_palace_do_not_exist(client):
    mine, other = house("甲"), house("乙")
    for role in ("venue_manager", "director", "admin", "finance"):
        enter(client, mine, role)
        for label in SEES[role] - {"unions.union", "venues.calendarday", "core.job", "core.outboxmessage"}:
            foreign = record(label, other)
            for page in ("change", "history", "delete"):
                assert client.get(url(label, page, foreign.pk)).status_code in (403, 404), (role, label, page)
            assert client.get(url(label, "change", foreign.pk)).status_code == 404, (role, label)
            listed = client.get(url(label, "changelist")).content.decode()
            assert label == "core.auditentry" or "乙" not in listed, (role, label)


def test_audit_shows_the_palace_to_its_director_and_an_administrator_his_own_acts(client):
    mine, _other = house("甲"), house("乙")
    enter(client, mine, "director")
    rows = client.get(url("core.auditentry", "changelist")).context["cl"].result_list
    assert {row.palace_id for row in rows} == {mine.pk}
    admin = enter(client, mine, "admin")
    client.post(url("venues.calendarday", "add"), {"day": "2026-10-01", "name": "国庆节", "counts_as": 7})
    rows = client.get(url("core.auditentry", "changelist")).context["cl"].result_list
    assert {(row.actor_id, row.table_name) for row in rows} >= {(admin.pk, "venues_calendarday")}
    assert {row.actor_id for row in rows} == {admin.pk}


def test_inspection_of_a_union_reads_the_audit_of_all_its_palaces_and_of_no_other(client):
    city = make_union(level="city", parent=make_union(level="province"))
    one, two, other = house("甲", union=city), house("乙", union=make_union(parent=city)), house("丙")
    client.force_login(make_user(role="auditor", union=city))
    page = client.get(url("core.auditentry", "changelist"))
    assert {row.palace_id for row in page.context["cl"].result_list} == {one.pk, two.pk, None}
    assert (page.content.decode().count("甲工人文化宫") > 0, "丙工人文化宫" in page.content.decode()) == (True, False)
    narrowed = client.get(url("core.auditentry", "changelist"), {"palace": two.pk}).context["cl"].result_list
    assert {row.palace_id for row in narrowed} == {two.pk}
    foreign = client.get(url("core.auditentry", "changelist"), {"palace": other.pk}).context["cl"].result_list
    assert {row.palace_id for row in foreign} == {one.pk, two.pk, None}
    for label in ("core.auditentry", "core.ledgertransaction", "core.exportrecord"):
        seen = {
            palace.pk: client.get(url(label, "change", record(label, palace).pk)).status_code
            for palace in (one, two, other)
        }
        assert seen == {one.pk: 200, two.pk: 200, other.pk: 404}, label
    assert opened(client, "changelist") == SEES["auditor"]
    assert opened(client, "add") == opened(client, "export") == set()
    posts = {label: client.post(url(label, "change", record(label, two).pk)).status_code for label in registers()}
    assert set(posts.values()) == {403}


def no_palace(client) -> set:
    """What an inspection reads that concerns no palace: table, record, did."""
    rows = client.get(url("core.auditentry", "changelist")).context["cl"].queryset
    return set(rows.filter(palace_id=None).values_list("table_name", "row_id", "action"))


def test_audit_without_a_palace_is_read_by_the_inspection_of_its_union_and_the_portals_at_the_root(client):
    province = make_union(level="province")
    city, other = make_union(level="city", parent=province), make_union(level="city", parent=province)
    below, abroad = make_union(parent=city), make_union(level="province")
    for union in (city, other, abroad):
        make_palace(union=union)
    line = RosterEntry.objects.create(union=below, name="林大为", card_number="C1")
    line.delete()
    role = make_user(role="official_city", union=other).roles.get()
    RoleAssignment.objects.filter(pk=role.pk).update(last_day=timezone.localdate())
    account, line_id = (
        str(role.user_id),
        str(AuditEntry.objects.filter(table_name="accounts_rosterentry").first().row_id),
    )
    entries = {
        "city": ("unions_union", str(city.pk), "insert"),
        "below": ("unions_union", str(below.pk), "insert"),
        "line": ("accounts_rosterentry", line_id, "delete"),
        "other": ("unions_union", str(other.pk), "insert"),
        "role": ("accounts_roleassignment", str(role.pk), "update"),
        "province": ("unions_union", str(province.pk), "insert"),
        "abroad": ("unions_union", str(abroad.pk), "insert"),
        "account": ("accounts_user", account, "insert"),
    }
    seen = {}
    for name, union in {"city": city, "other": other, "province": province, "abroad": abroad}.items():
        client.force_login(make_user(role="auditor", union=union))
        found = no_palace(client)
        seen[name] = {entry for entry, row in entries.items() if row in found}
    assert seen == {
        "city": {"city", "below", "line"},
        "other": {"other", "role"},
        "province": {"city", "below", "line", "other", "role", "province", "account"},
        "abroad": {"abroad", "account"},
    }


def test_audit_without_a_palace_is_closed_to_directors_and_inspections_of_one_palace(client):
    palace = make_palace(union=make_union(level="province"))
    for role in ("director", "auditor"):
        enter(client, palace, role)
        assert no_palace(client) == set()


def test_audit_of_a_union_costs_the_same_for_one_palace_and_three(client):
    city = make_union(level="city")
    make_palace(union=city)
    client.force_login(make_user(role="auditor", union=city))
    with CaptureQueriesContext(connection) as one:
        client.get(url("core.auditentry", "changelist"))
    for _ in range(2):
        make_palace(union=make_union(parent=city))
    with CaptureQueriesContext(connection) as three:
        client.get(url("core.auditentry", "changelist"))
    assert (len(three), len(one) <= 12) == (len(one), True)


def test_another_palace_cannot_be_changed_by_post(client):
    mine, other = house("甲"), house("乙")
    enter(client, mine, "venue_manager")
    for label in CHANGES["venue_manager"]:
        before = list(registers()[label].model.objects.filter(pk=record(label, other).pk).values())
        for page in ("change", "delete"):
            assert client.post(url(label, page, record(label, other).pk), {"post": "yes"}).status_code in (403, 404)
        assert list(registers()[label].model.objects.filter(pk=record(label, other).pk).values()) == before


def test_choices_and_filters_offer_only_the_own_palace(client):
    mine, _other = house("甲"), house("乙")
    enter(client, mine, "venue_manager")
    pages = [url(label, "add") for label in ADDS["venue_manager"]] + [
        url(x, "changelist") for x in SEES["venue_manager"]
    ]
    assert {
        page
        for page in pages
        if page != url("unions.union", "changelist") and "乙" in client.get(page).content.decode()
    } == set()


def test_autocomplete_stays_in_the_own_palace_and_asks_for_the_right(client):
    mine, other = house("甲"), house("乙")
    enter(client, mine, "venue_manager")
    ask = {"app_label": "accounts", "model_name": "rosterentry", "field_name": "union"}
    answer = client.get(reverse("admin:autocomplete"), ask)
    assert answer.status_code == 200
    enter(client, mine, "coordinator")
    assert client.get(reverse("admin:autocomplete"), ask | {"field_name": "member"}).status_code in (403, 404)
    assert other.union_id != mine.union_id


@pytest.mark.parametrize(
    ("role", "status"), [("partner", 403), ("lecturer", 403), ("evaluator", 403), ("club_officer", 403)]
)
def test_admin_is_closed_to_roles_that_do_not_work_here(client, role, status):
    enter(client, make_palace(), role)
    assert client.get("/admin/").status_code == status


def test_admin_is_closed_to_members_and_leads_strangers_to_the_door(client):
    client.force_login(make_user())
    assert client.get("/admin/").status_code == 403
    client.logout()
    assert client.get("/admin/").url == "/sign-in/?next=/admin/"
    assert client.get("/admin/login/").url == "/sign-in/?next=%2Fadmin%2F"
    assert client.get("/admin/login/?next=/admin/venues/site/").url == "/sign-in/?next=%2Fadmin%2Fvenues%2Fsite%2F"
    assert client.get("/admin/login/?next=//evil.example/").url == "/sign-in/?next=%2Fadmin%2F"


def test_admin_asks_staff_for_their_second_factor(client, settings):
    settings.SECOND_FACTOR = True
    enter(client, make_palace(), "director")
    assert client.get("/admin/").url.startswith("/sign-in/second-factor/")


def test_index_groups_the_open_registers(client):
    enter(client, make_palace(), "auditor")
    page = client.get("/admin/")
    groups = [(str(g["title"]), [i["title"] for i in g["items"]]) for g in page.context["sidebar_navigation"]]
    assert groups == [("预约与账目", ["账目"]), ("账号与系统", ["操作记录", "导出记录"])]
    assert page.context["title"] == "有 3 本登记簿对你开放"


def test_index_has_a_door_for_those_without_registers(client):
    union = make_union()
    user = make_user(role="official_city", union=union)
    client.force_login(user)
    make_palace()
    page = client.get("/admin/")
    assert page.context["title"] == "这里没有你要管的"
    assert '<a href="/">回首页</a>' in page.content.decode()


def test_sign_out_and_password_lead_to_our_own_pages(client):
    enter(client, make_palace(), "director")
    assert client.get("/admin/password_change/").url == "/me/password/"
    assert client.post("/admin/logout/").url == "/"
    assert client.get("/admin/").status_code == 302


def test_admin_has_a_policy_of_its_own_and_error_pages_the_strict_one(client):
    enter(client, make_palace(), "director")
    policy = client.get("/admin/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in client.get("/admin/venues/site/999/change/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/admin/venues/site/abc/change/",
        "/admin/venues/site/99999999999999999999999/change/",
        "/admin/venues/calendarday/2026-99-99/change/",
        "/admin/venues/site/%00/change/",
        "/admin/search/?s=x&page=zz",
        "/admin/nothing/",
        "/admin/r/1/1/",
    ],
)
def test_strange_addresses_are_not_found(client, path):
    enter(client, make_palace(), "director")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [("?q=%00", 400), ("?starts_at__year=99999", 302), ("?starts_at__year=x", 302), (f"?starts_at__year={10**20}", 302),
     (f"?starts_at__year=2026&starts_at__month={10**20}", 302), ("?p=zz", 200), ("?o=zz", 200),
     ("?unit__venue__id__exact=zz", 200), ("?member__user__password__startswith=a", 400), ("?status__exact=zz", 200), ("?e=1", 200)],
)  # fmt: skip
def test_strange_queries_get_an_answer(client, query, status):
    enter(client, make_palace(), "director")
    assert client.get(url("bookings.booking", "changelist") + query).status_code == status


@pytest.mark.parametrize("parent", ["x", "1e400", "一", "١", "9" * 30, "\0", "-1"])
def test_searched_choice_that_is_no_id_is_refused_in_words(client, parent):
    client.force_login(User.objects.create_superuser("13800000001", "a-long-enough-password", name="装机员"))
    fields = {"level": "county", "name": "潮城市总工会", "region_code": "330400", "parent": parent}
    answer = client.post(url("unions.union", "add"), fields)
    assert (answer.status_code, "parent" in answer.context["adminform"].form.errors) == (200, True)
    assert not Union.objects.filter(name="潮城市总工会").exists()


def test_third_party_registers_stay_outside():
    apps = {label.split(".")[0] for label in registers()}
    assert apps == {"core", "unions", "accounts", "notices", "venues", "bookings"}


def test_superuser_sets_up_a_house_from_nothing(client):
    client.force_login(User.objects.create_superuser("13800000001", "a-long-enough-password", name="装机员"))
    assert client.get("/admin/").status_code == 200
    assert client.get(url("unions.palace", "add")).status_code == 200
    client.post(url("unions.union", "add"), {"level": "county", "name": "潮城市总工会", "region_code": "330400"})
    union = make_union()
    fields = {"union": union.pk, "slug": "chao", "name": "潮城市工人文化宫", "region_code": "330400", "institution": "class_2",
              "palace_class": "2", "floor_area_m2": 26000, "land_area_mu": 20, "leased_area_m2": 0, "position": 0, "is_active": "on"}  # fmt: skip
    assert client.post(url("unions.palace", "add"), fields).status_code == 302
    palace = type(make_palace()).objects.get(slug="chao")
    user = make_user(name="李秀英")
    client.cookies["palace"] = "chao"
    given = {"phone": user.phone, "role": "director", "reason": "首任主任"}
    assert client.post(url("accounts.roleassignment", "add"), given).status_code == 302
    asked = RoleAssignment.objects.get(user=user)
    assert (asked.role, asked.palace, asked.state) == ("director", palace, "pending")
    client.force_login(User.objects.create_superuser("13800000002", "a-long-enough-password", name="第二人"))
    client.post(url("accounts.roleassignment", "decide", asked.pk), {"approve": ""})
    assert user.roles.in_force().count() == 1


# --- what was given up --------------------------------------------------------------------------------------------


def press(client, *rows):
    fields = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    return client.post(url("core.outboxmessage", "changelist"), fields, follow=True)


def test_given_up_rows_are_tried_again_by_the_administrator(client):
    palace = make_palace()
    dead = OutboxMessage.objects.create(topic="booking_confirmed", dead=True, tries=5, error="no answer")
    done = OutboxMessage.objects.create(topic="booking_confirmed", done_at=timezone.now(), tries=1)
    enter(client, palace, "admin")
    said = [str(message) for message in press(client, dead, done).context["messages"]]
    dead.refresh_from_db(), done.refresh_from_db()
    assert (dead.dead, dead.tries, done.tries, said) == (False, 0, 1, ["1 条马上再试。"])
    said = [str(message) for message in press(client, done).context["messages"]]
    assert said == ["选的这些都没有放弃。请选“已放弃”的。"]


@pytest.mark.parametrize("role", ["desk", "venue_manager", "director"])
def test_given_up_rows_are_out_of_reach_of_others(client, role):
    dead = OutboxMessage.objects.create(topic="booking_confirmed", dead=True, tries=5)
    enter(client, make_palace(), role)
    assert press(client, dead).status_code == 403
    dead.refresh_from_db()
    assert dead.dead


def test_looking_at_what_waits_gives_no_button(client, monkeypatch):
    enter(client, make_palace(), "admin")
    OutboxMessage.objects.create(topic="booking_confirmed", dead=True)
    monkeypatch.setattr(registers()["core.outboxmessage"], "revive_right", "core.export_ledger")
    page = client.get(url("core.outboxmessage", "changelist"))
    assert "try_again" not in page.content.decode()
    monkeypatch.undo()
    assert "try_again" in client.get(url("core.outboxmessage", "changelist")).content.decode()


@pytest.mark.parametrize(("dead", "offered"), [(True, True), (False, False)])
def test_page_of_what_was_given_up_offers_another_try(client, dead, offered):
    row = OutboxMessage.objects.create(topic="booking_confirmed", dead=dead)
    enter(client, make_palace(), "admin")
    page = client.get(url("core.outboxmessage", "change", row.pk)).content.decode()
    assert (f'name="_selected_action" value="{row.pk}"' in page, "再来一次" in page) == (offered, offered)


def test_pages_of_records_show_times_of_shanghai_as_the_lists_do(client):
    row = OutboxMessage.objects.create(topic="booking_confirmed", due_at=datetime(2026, 11, 20, 16, 57, 48, tzinfo=UTC))
    enter(client, make_palace(), "admin")
    entry = AuditEntry.objects.latest("pk")
    pages = [client.get(url("core.outboxmessage", page, *args)).content.decode() for page, args in
             (("change", [row.pk]), ("changelist", []))]  # fmt: skip
    assert ["2026年11月21日 00:57" in page for page in pages] == [True, True]
    client.force_login(User.objects.create_superuser("13800000003", "a-long-enough-password", name="检查"))
    page = client.get(url("core.auditentry", "change", entry.pk)).content.decode()
    assert ("+00:00" in page, entry.table_name in page) == (False, False)


@pytest.mark.parametrize(("role", "linked"), [("finance", True), ("director", True), ("auditor", False)])
def test_movement_of_money_names_its_booking_and_links_only_what_the_reader_may_open(client, role, linked):
    palace = house("甲")
    user = make_user(role=role, union=palace.union) if role == "auditor" else make_user(role=role, palace=palace)
    client.force_login(user)
    client.cookies["palace"] = palace.slug
    number = Booking.objects.get(palace=palace).number
    page = client.get(url("core.ledgertransaction", "change", record("core.ledgertransaction", palace).pk))
    text = page.content.decode()
    assert (spaced(number) in text, f"/desk/bookings/{number}/" in text) == (True, linked)
    assert ("/admin/accounts/user/" in text, "entrys" in text, "科目" in text, "15 元" in text) == (
        False,
        False,
        True,
        True,
    )
    if linked:
        assert client.get(f"/desk/bookings/{number}/").status_code == 200


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "预订成功"), ("en", "Booking confirmed")])
def test_what_waits_has_its_name_in_the_readers_language(client, language, name):
    row = OutboxMessage.objects.create(topic="booking_confirmed")
    enter(client, make_palace(), "admin")
    client.cookies["django_language"] = language
    for page in (url("core.outboxmessage", "changelist"), url("core.outboxmessage", "change", row.pk)):
        text = client.get(page).content.decode()
        assert (name in text, "booking_confirmed" in text) == (True, False)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_topic_has_a_name(language):
    with translation.override(language):
        named = {topic: outbox.name_of(topic) for topic in outbox.HANDLERS}
        assert [topic for topic, name in named.items() if name == topic or name.isascii() != (language == "en")] == []
        assert outbox.name_of("of_an_older_version") == "of_an_older_version"
