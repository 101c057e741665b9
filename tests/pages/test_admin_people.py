"""People in the admin site: accounts and roles by the administrator, masked members, looks that are noted."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from palace.accounts.models import (
    FactorReset,
    HardshipFile,
    KnownMember,
    PersonalRead,
    RoleAssignment,
    RosterEntry,
    User,
)
from palace.accounts.second_factor import has_device, new_secret, set_up
from palace.core.models import AuditEntry

from ..accounts.test_second_factor import code_of
from ..factories import PASSWORD, make_member, make_palace, make_union, make_user
from .admin_house import enter, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def palace():
    return make_palace()


@pytest.fixture
def admin(client, palace):
    return enter(client, palace, "admin", name="孙伟")


def errors(response) -> dict:
    assert response.status_code == 200
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}


# --- accounts -----------------------------------------------------------------------------------------------------


def test_account_is_opened_without_a_password(client, admin):
    assert client.post(url("accounts.user", "add"), {"name": " 李 秀英 ", "phone": "139 1234 5678"}).status_code == 302
    user = User.objects.get(phone="+8613912345678")
    assert (user.name, user.has_usable_password(), user.phone_verified, user.is_superuser) == (
        "李秀英",
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("phone", "expected"),
    [("123", {"phone": ["手机号是 11 位。检查一下再输一遍。"]}), ("", None), ("13900000000", None), ("\0", None)],
)
def test_account_refusals_are_sentences(client, admin, phone, expected):
    User.objects.create_user("13900000000", None, name="有人")
    before = User.objects.count()
    found = errors(client.post(url("accounts.user", "add"), {"name": "李秀英", "phone": phone}))
    assert list(found) == ["phone"]
    assert expected is None or len(found["phone"]) == 1
    assert User.objects.count() == before


def test_account_and_roster_take_no_picture_for_a_name(client, admin, palace):
    found = errors(client.post(url("accounts.user", "add"), {"name": "李🏸", "phone": "13900000000"}))
    assert found["name"] == ["姓名只写文字，照着卡上写。"]
    manager = make_user(role="venue_manager", palace=palace)
    client.force_login(manager)
    line = {"union": palace.union_id, "name": "🏸", "card_number": "9904X1", "category": "employee", "employer": "🏸"}
    assert set(errors(client.post(url("accounts.rosterentry", "add"), line))) == {"name", "employer"}


def test_members_accounts_are_not_among_the_accounts(client, admin, palace):
    make_member(name="周小明")
    make_user(role="desk", palace=make_palace(), name="别宫前台")
    colleague = make_user(role="desk", palace=palace, name="王芳")
    fresh = make_user(name="新来的")
    listed = {u.pk for u in client.get(url("accounts.user", "changelist")).context["cl"].result_list}
    assert listed == {admin.pk, colleague.pk, fresh.pk}


def test_account_page_takes_nothing_but_the_switch(client, admin, palace):
    user = make_user(role="desk", palace=palace, name="王芳")
    forged = {"is_active": "on", "is_superuser": "on", "name": "黑客", "phone": "13911111111", "password": "x"}
    assert client.post(url("accounts.user", "change", user.pk), forged).status_code == 302
    found = User.objects.get(pk=user.pk)
    assert (found.name, found.phone, found.is_superuser, found.password) == (
        user.name,
        user.phone,
        False,
        user.password,
    )


def test_account_shut_out_loses_its_sessions(client, admin, palace):
    user = make_user(role="desk", palace=palace)
    other = type(client)()
    other.post("/sign-in/", {"phone": user.phone, "password": PASSWORD})
    assert other.get("/admin/").status_code == 200
    assert client.post(url("accounts.user", "change", user.pk), {}).status_code == 302
    assert (User.objects.get(pk=user.pk).is_active, other.get("/admin/").status_code) == (False, 302)
    assert Session.objects.count() == 1


def test_nobody_shuts_himself_out(client, admin):
    found = errors(client.post(url("accounts.user", "change", admin.pk), {}))
    assert found == {"__all__": ["自己的角色自己不能改，找另一位管理员。"]}
    assert User.objects.get(pk=admin.pk).is_active


# --- a lost second factor -----------------------------------------------------------------------------------------


def reset_page(user):
    return reverse("admin:accounts_user_second_factor", args=[user.pk])


def test_administrator_resets_a_second_factor_with_a_reason(client, admin, palace):
    user = make_user(role="desk", palace=palace, name="王芳")
    set_up(user=user, secret=(secret := new_secret()), code=code_of(secret))
    other = type(client)()
    other.post("/sign-in/", {"phone": user.phone, "password": PASSWORD})
    assert reset_page(user) in client.get(url("accounts.user", "change", user.pk)).content.decode()
    empty = client.post(reset_page(user), {"reason": " "})
    assert (empty.status_code, has_device(user), FactorReset.objects.count()) == (422, True, 0)
    assert client.post(reset_page(user), {"reason": "手机丢了，已核对证件"}).status_code == 302
    reset = FactorReset.objects.get()
    assert (reset.user, reset.by, reset.reason, has_device(user)) == (user, admin, "手机丢了，已核对证件", False)
    assert other.get("/admin/").status_code == 302
    events = client.get(url("accounts.user", "change", user.pk)).context["events"]
    assert ("孙伟", "重置动态码") in [(event.who, event.what.replace("动态码重置", "重置动态码")) for event in events]


def test_administrator_does_not_reset_his_own_second_factor(client, admin):
    found = client.post(reset_page(admin), {"reason": "丢了"})
    assert found.status_code == 422
    assert list(found.context["form"].errors["__all__"]) == ["自己的动态码自己不能重置，找另一位管理员。"]
    assert FactorReset.objects.count() == 0


def test_second_factor_of_another_house_does_not_exist(client, admin):
    foreign = make_user(role="desk", palace=make_palace())
    assert [
        client.get(reset_page(foreign)).status_code,
        client.post(reset_page(foreign), {"reason": "x"}).status_code,
    ] == [404, 404]


@pytest.mark.parametrize("role", ["desk", "director", "auditor", "finance"])
def test_second_factor_is_reset_by_administrators_only(client, palace, role):
    user = make_user(role="desk", palace=palace)
    enter(client, palace, role)
    assert client.post(reset_page(user), {"reason": "x"}).status_code == 403
    assert FactorReset.objects.count() == 0


# --- roles --------------------------------------------------------------------------------------------------------


def ask(client, user, **changes):
    fields = {"phone": user.phone, "role": "director", "reason": "新到任"} | changes
    return client.post(url("accounts.roleassignment", "add"), fields)


def decide(client, pk, **fields):
    return client.post(url("accounts.roleassignment", "decide", pk), fields, follow=True)


def said(response) -> list:
    return [(m.level_tag, m.message) for m in response.context["messages"]][-1:]


def test_role_is_asked_for_the_palace_in_use_and_given_by_a_second_person(client, admin, palace):
    user, other = make_user(name="李秀英"), make_palace()
    asked = ask(
        client, user, phone=user.phone.removeprefix("+86"), palace=other.pk, union=other.union_id, state="approved"
    )
    assert asked.status_code == 302
    row = RoleAssignment.objects.get(user=user)
    assert (row.role, row.palace, row.union, row.state, row.requested_by) == (
        "director",
        palace,
        None,
        "pending",
        admin,
    )
    assert said(decide(client, row.pk, approve="")) == [("error", "这个角色是你申请的，要由另一位管理员或主任审批。")]
    director = enter(client, palace, "director", name="许志远")
    page = client.get(url("accounts.roleassignment", "change", row.pk)).content.decode()
    assert [text in page for text in ("孙伟 申请", "新到任", 'name="approve"', 'name="refuse"')] == [True] * 4
    assert said(decide(client, row.pk, approve=""))[0][0] == "success"
    row.refresh_from_db()
    assert (row.state, row.requested_by, row.decided_by) == ("approved", admin, director)
    rows = AuditEntry.objects.filter(table_name="accounts_roleassignment", row_id=str(row.pk)).order_by("id")
    assert list(rows.values_list("action", "actor_id")) == [("insert", admin.pk), ("update", director.pk)]
    events = client.get(url("accounts.roleassignment", "change", row.pk)).context["events"]
    assert [(e.who, [(c.label, c.text) for c in e.changes if "人" in c.label]) for e in events] == [
        ("许志远", [("审批人", "– → 许志远")]),
        ("孙伟", [("申请人", "孙伟")]),
    ]


def test_second_administrator_refuses_with_a_reason(client, admin, palace):
    user = make_user()
    ask(client, user)
    row = RoleAssignment.objects.get(user=user)
    enter(client, palace, "admin", name="石敏")
    assert said(decide(client, row.pk, reason=" "))[0][0] == "error"
    assert RoleAssignment.objects.get(pk=row.pk).state == "pending"
    assert said(decide(client, row.pk, reason="名额满了"))[0][0] == "success"
    row.refresh_from_db()
    assert (row.state, row.answer, user.roles.in_force().count()) == ("refused", "名额满了", 0)
    assert "名额满了" in client.get(url("accounts.roleassignment", "change", row.pk)).content.decode()
    assert client.post(url("accounts.roleassignment", "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"), [("desk", 404), ("finance", 404), ("venue_manager", 404), ("auditor", 404)]
)
def test_others_decide_nothing(client, admin, palace, role, status):
    user = make_user()
    ask(client, user)
    row = RoleAssignment.objects.get(user=user)
    enter(client, palace, role)
    assert decide(client, row.pk, approve="").status_code == 403
    assert RoleAssignment.objects.get(pk=row.pk).state == "pending"


def test_director_of_another_palace_decides_nothing(client, admin, palace):
    user = make_user()
    ask(client, user)
    row = RoleAssignment.objects.get(user=user)
    enter(client, make_palace(), "director")
    assert decide(client, row.pk, approve="").status_code == 404
    assert client.get(url("accounts.roleassignment", "decide", row.pk)).status_code == 405
    assert RoleAssignment.objects.get(pk=row.pk).state == "pending"


def test_director_asks_for_no_role_and_takes_none_back(client, palace):
    enter(client, palace, "director")
    given = make_user(role="desk", palace=palace).roles.get()
    assert ask(client, make_user()).status_code == 403
    assert client.post(url("accounts.roleassignment", "delete", given.pk), {"post": "yes"}).status_code == 403


def test_first_page_says_how_many_requests_wait_to_those_who_decide(client, admin, palace):
    ask(client, make_user())
    RoleAssignment.objects.create(
        user=make_user(), role="desk", palace=make_palace(), requested_by=admin, reason="别宫"
    )
    found = {
        role: enter(client, palace, role) and client.get("/admin/").context["waiting"]
        for role in ("director", "admin", "desk")
    }
    assert found == {"director": 1, "admin": 1, "desk": 0}


def test_requests_that_wait_stand_first(client, admin, palace):
    make_user(role="desk", palace=palace, name="啊")
    ask(client, make_user(name="周小明"))
    rows = client.get(url("accounts.roleassignment", "changelist")).context["cl"].result_list
    assert [row.state for row in rows] == ["pending", "approved", "approved"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"phone": "13999999999"}, "phone"), ({"role": "official_city"}, "role"), ({"role": "member"}, "role"),
     ({"last_day": "2020-01-01"}, "__all__"), ({"role": "desk"}, "__all__"), ({"reason": " "}, "reason")],
)  # fmt: skip
def test_role_refusals_are_sentences(client, admin, palace, changes, field):
    user = make_user(role="desk", palace=palace)
    before = RoleAssignment.objects.count()
    found = errors(
        client.post(
            url("accounts.roleassignment", "add"), {"phone": user.phone, "role": "director", "reason": "顶班"} | changes
        )
    )
    assert list(found) == [field]
    assert RoleAssignment.objects.count() == before


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "这个角色还没开始就结束了。最后一天选今天或以后，长期有效就留空。"),
        ("en", "The role would be over before it begins. Choose today or a later last day, or leave it empty."),
    ],
)
def test_role_that_is_over_before_it_begins_is_refused_in_a_sentence_that_helps(
    client, admin, palace, language, sentence
):
    user, today = make_user(), timezone.localdate()
    client.cookies["django_language"] = language
    refused = errors(ask(client, user, last_day=today - timedelta(days=1)))
    assert (refused, user.roles.count()) == ({"__all__": [sentence]}, 0)
    assert ask(client, user, last_day=today).status_code == 302


def test_nobody_gives_himself_a_role(client, admin):
    found = errors(
        client.post(url("accounts.roleassignment", "add"), {"phone": admin.phone, "role": "director", "reason": "x"})
    )
    assert list(found) == ["__all__"]
    assert list(RoleAssignment.objects.filter(user=admin).values_list("role", flat=True)) == ["admin"]


def test_role_is_taken_back_and_never_changed(client, admin, palace):
    user = make_user(role="desk", palace=palace)
    given = user.roles.get()
    assert client.post(url("accounts.roleassignment", "change", given.pk), {"role": "director"}).status_code == 403
    page = url("accounts.roleassignment", "delete", given.pk)
    assert user.name in client.get(page).content.decode()
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert RoleAssignment.objects.filter(user=user).count() == 0


def test_own_role_is_not_taken_back_and_the_page_says_why(client, admin):
    page = url("accounts.roleassignment", "delete", admin.roles.get().pk)
    answer = client.post(page, {"post": "yes"}, follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert admin.roles.count() == 1


def test_superuser_asks_for_a_role_for_a_union(client, palace):
    client.force_login(User.objects.create_superuser("13800000001", PASSWORD, name="装机员"))
    user, union = make_user(), make_union(level="city")
    fields = {"phone": user.phone, "role": "official_city", "union": union.pk, "reason": "到任"}
    assert client.post(url("accounts.roleassignment", "add"), fields).status_code == 302
    assert list(RoleAssignment.objects.values_list("user", "union", "palace")) == [(user.pk, union.pk, None)]


# --- members ------------------------------------------------------------------------------------------------------


def known(palace, **fields):
    member = make_member(**fields)
    KnownMember.objects.create(palace=palace, member=member)
    return member


def test_members_are_masked_everywhere(client, palace):
    member = known(palace, name="周小明", contact_phone="+8613812345678")
    enter(client, palace, "venue_manager", name="张建国")
    for page in (
        url("accounts.member", "changelist"),
        *(url("accounts.member", p, member.pk) for p in ("change", "history")),
    ):
        text = client.get(page).content.decode()
        assert ("周*明" in text, "周小明" in text, "13812345678" in text, member.card_number in text) == (
            True,
            False,
            False,
            False,
        )


def test_each_look_at_a_member_is_noted_for_him(client, palace):
    member = known(palace)
    file = HardshipFile.objects.create(member=member, first_day="2026-01-01", last_day="2027-01-01")
    director = enter(client, palace, "director")
    client.get(url("accounts.member", "changelist"))
    client.get(url("accounts.member", "change", member.pk))
    client.get(url("accounts.hardshipfile", "change", file.pk))
    rows = PersonalRead.objects.order_by("pk").values_list("user", "member", "what", "palace")
    assert list(rows) == [(director.pk, member.pk, "page", palace.pk), (director.pk, member.pk, "hardship", palace.pk)]


def test_member_page_leads_to_the_desk(client, palace):
    member = known(palace)
    enter(client, palace, "desk")
    page = client.get(url("accounts.member", "change", member.pk))
    assert page.context["elsewhere"][1] == f"/desk/members/{member.pk}/"


# --- rosters ------------------------------------------------------------------------------------------------------


def roster_fields(union, **changes) -> dict:
    fields = {
        "union": union.pk,
        "name": "吴 大为",
        "phone": "13812345678",
        "card_number": " 3304-0001 ",
        "category": "employee",
        "employer": "鼎新照明",
    }
    return fields | changes


def test_roster_line_is_tidied(client, palace):
    enter(client, palace, "venue_manager")
    below = make_union(parent=palace.union, level="enterprise")
    assert client.post(url("accounts.rosterentry", "add"), roster_fields(below)).status_code == 302
    entry = RosterEntry.objects.get()
    assert (entry.name, entry.phone, entry.card_number, entry.union) == ("吴大为", "+8613812345678", "33040001", below)
    page = client.get(url("accounts.rosterentry", "change", entry.pk))
    assert page.context["adminform"].form["phone"].value() == "13812345678"


def test_roster_of_a_foreign_union_is_closed(client, palace):
    enter(client, palace, "venue_manager")
    foreign = make_union(name="别县总工会")
    assert list(errors(client.post(url("accounts.rosterentry", "add"), roster_fields(foreign)))) == ["union"]
    entry = RosterEntry.objects.create(union=foreign, name="吴大为", card_number="X1")
    assert client.get(url("accounts.rosterentry", "change", entry.pk)).status_code == 404


def test_roster_card_is_there_once(client, palace):
    enter(client, palace, "venue_manager")
    client.post(url("accounts.rosterentry", "add"), roster_fields(palace.union))
    found = errors(client.post(url("accounts.rosterentry", "add"), roster_fields(palace.union, name="别人")))
    assert list(found) == ["card_number"]


# --- unions -------------------------------------------------------------------------------------------------------


def test_administrator_changes_the_tree_only_below_his_union(client, admin, palace):
    fields = {"level": "enterprise", "name": "鼎新照明工会", "region_code": "330400"}
    assert client.post(url("unions.union", "add"), fields | {"parent": palace.union_id}).status_code == 302
    foreign = make_union(name="别县总工会")
    assert list(errors(client.post(url("unions.union", "add"), fields | {"parent": foreign.pk}))) == ["parent"]
    assert list(errors(client.post(url("unions.union", "add"), fields))) == ["parent"]
    assert client.post(url("unions.union", "change", foreign.pk), fields).status_code == 403
    own = client.post(url("unions.union", "change", palace.union_id), fields | {"name": "改名", "parent": foreign.pk})
    palace.union.refresh_from_db()
    assert (own.status_code, palace.union.name, palace.union.parent) == (302, "改名", None)


def test_union_below_itself_is_a_sentence(client, admin, palace):
    child = make_union(parent=palace.union, level="town")
    grandchild = make_union(parent=child, level="enterprise")
    fields = {"level": "town", "name": child.name, "region_code": "330400", "parent": grandchild.pk}
    found = errors(client.post(url("unions.union", "change", child.pk), fields))
    assert found == {"__all__": ["工会不能放在自己下面。换一个上级工会。"]}


def test_manager_writes_the_four_texts_and_nothing_of_the_identity(client, palace):
    enter(client, palace, "venue_manager")
    fields = {"name": palace.name, "services": "羽毛球", "discounts": "会员半价", "hours": "8:00–22:00", "procedures": "先预约",
              "floor_area_m2": 26000, "land_area_mu": 20, "leased_area_m2": 0, "slug": "stolen", "palace_class": "1"}  # fmt: skip
    assert client.post(url("unions.palace", "change", palace.pk), fields).status_code == 302
    found = type(palace).objects.get(pk=palace.pk)
    assert (found.services, found.floor_area_m2, found.slug, found.palace_class) == ("羽毛球", 26000, palace.slug, "2")


def test_a_role_that_is_only_asked_for_brings_no_member_into_view(client):
    palace = make_palace()
    admin = enter(client, palace, "admin")
    member = make_member(name="许文静")
    RoleAssignment.objects.create(user=member.user, role="desk", palace=palace, requested_by=admin, reason="代班")
    page = reverse("admin:accounts_user_changelist")
    assert "许文静" not in client.get(page).content.decode()
    assert client.get(reverse("admin:accounts_user_change", args=[member.user.pk])).status_code in (302, 404)
    RoleAssignment.objects.update(state="approved", decided_by=make_user())
    assert "许文静" in client.get(page).content.decode()
