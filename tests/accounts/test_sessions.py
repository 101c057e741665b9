"""Sessions: listed, ended, idle, rotated."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from palace.accounts import sessions
from palace.accounts.models import ApiToken, RoleAssignment, User
from palace.accounts.phones import shown
from palace.accounts.services.access import approve_role, end_role, refuse_role, request_role
from palace.accounts.tokens import issue_token

from ..factories import PASSWORD, make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db


def device(user):
    client = Client()
    client.post(
        reverse("sign_in"), {"phone": shown(user.phone), "password": PASSWORD}, HTTP_USER_AGENT="Mozilla Android Chrome"
    )
    return client


def inside(client):
    return client.get(reverse("me")).status_code == 200


def test_devices_are_listed_with_the_present_one_marked():
    user = make_member().user
    here, _ = device(user), device(user)
    rows = here.get(reverse("me_sessions")).context["rows"]
    assert sorted((agent, current) for _, agent, current in rows) == [
        ("Chrome · Android", False),
        ("Chrome · Android", True),
    ]


def test_devices_that_ended_are_not_listed():
    user = make_member().user
    here, there = device(user), device(user)
    Session.objects.filter(session_key=there.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert len(here.get(reverse("me_sessions")).context["rows"]) == 1


def test_one_device_is_signed_out():
    user = make_member().user
    here, there = device(user), device(user)
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(reverse("me_sessions"), {"session": row.pk})
    assert (inside(here), inside(there)) == (True, False)


def test_device_of_somebody_else_stays():
    user, stranger = make_member().user, make_member().user
    here, there = device(user), device(stranger)
    token = issue_token(user=stranger)
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(reverse("me_sessions"), {"session": row.pk})
    here.post(reverse("me_sessions"), {"token": ApiToken.objects.get().pk})
    assert (inside(there), bool(token), ApiToken.objects.count()) == (True, True, 1)


def test_all_others_and_keys_end_together():
    user = make_member().user
    here, there = device(user), device(user)
    issue_token(user=user)
    here.post(reverse("me_sessions"), {"others": "1"})
    assert (inside(here), inside(there), ApiToken.objects.count()) == (True, False, 0)


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "", "١"])
def test_strange_ids_change_nothing(value):
    here = device(make_member().user)
    assert here.post(reverse("me_sessions"), {"session": value}).status_code == 302
    assert inside(here)


def test_member_session_lasts_thirty_days():
    here = device(make_member().user)
    left = Session.objects.get(session_key=here.session.session_key).expire_date - timezone.now()
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)


def test_staff_session_ends_after_thirty_idle_minutes():
    here = device(make_user(role="desk", palace=make_palace()))
    left = Session.objects.get(session_key=here.session.session_key).expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


def seen_ago(client, seconds):
    session = client.session
    session[sessions.SEEN] -= seconds
    session.save()
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.filter(session_key=session.session_key).update(expire_date=soon)
    client.get(reverse("me"))
    return Session.objects.get(session_key=session.session_key).expire_date - timezone.now() > timedelta(minutes=29)


def test_staff_session_is_pushed_on_by_work_but_not_by_every_click():
    here = device(make_user(role="desk", palace=make_palace()))
    assert (seen_ago(here, 58), seen_ago(here, 61)) == (False, True)


def test_new_password_ends_other_devices_only():
    user = make_member().user
    here, there = device(user), device(user)
    before = here.session.session_key
    response = here.post(reverse("me_password"), {"old": PASSWORD, "password": "brand-new-words"})
    assert response.status_code == 302
    assert (inside(here), inside(there)) == (True, False)
    assert here.session.session_key != before


def test_new_password_needs_the_old_one():
    user = make_member().user
    here = device(user)
    response = here.post(reverse("me_password"), {"old": "wrong", "password": "brand-new-words"})
    assert dict(response.context["form"].errors) == {"old": ["和现在的密码不一样。"]}
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_old_password_cannot_be_guessed_in_a_found_session():
    user = make_member().user
    here = device(user)
    for _ in range(20):
        here.post(reverse("me_password"), {"old": "wrong", "password": "brand-new-words"})
    response = here.post(reverse("me_password"), {"old": PASSWORD, "password": "brand-new-words"})
    assert response.status_code == 422


def test_account_without_password_sets_its_first(client):
    user = make_member().user
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.post(reverse("me_password"), {"password": "brand-new-words"}).status_code == 302


def test_role_counts_once_a_second_person_approves_and_then_ends_all_sessions():
    user, asks, decides, palace = make_member().user, make_user(), make_user(), make_palace()
    here = device(user)
    asked = request_role(user=user, role="desk", palace=palace, by=asks, reason="顶班")
    assert (inside(here), User.objects.get(pk=user.pk).palaces_with("desk.view")) == (True, [])
    approve_role(assignment=asked, by=decides)
    assert (inside(here), User.objects.get(pk=user.pk).palaces_with("desk.view")) == (False, [palace.pk])
    given = RoleAssignment.objects.get()
    assert (given.state, given.requested_by, given.decided_by, given.reason) == ("approved", asks, decides, "顶班")


def test_refused_request_gives_nothing_and_may_be_repeated():
    user, asks, decides, palace = make_user(), make_user(), make_user(), make_palace()
    asked = request_role(user=user, role="desk", palace=palace, by=asks, reason="顶班")
    refuse_role(assignment=asked, by=decides, reason="人够了")
    asked.refresh_from_db()
    assert (asked.state, asked.answer, user.roles.in_force().count()) == ("refused", "人够了", 0)
    again = request_role(user=user, role="desk", palace=palace, by=asks, reason="又缺人")
    assert again.state == "pending"


@pytest.mark.parametrize(("who", "code"), [("asks", "second_person"), ("user", "own_work"), ("other", None)])
@pytest.mark.parametrize("decide", [approve_role, lambda **kwargs: refuse_role(**kwargs, reason="不行")])
def test_who_may_decide_a_request(who, code, decide):
    people = {name: make_user() for name in ("user", "asks", "other")}
    asked = request_role(user=people["user"], role="desk", palace=make_palace(), by=people["asks"], reason="顶班")
    if code is None:
        assert decide(assignment=asked, by=people[who]).decided_by == people[who]
        return
    with pytest.raises(ValidationError) as refused:
        decide(assignment=asked, by=people[who])
    asked.refresh_from_db()
    assert (refused.value.code, asked.state) == (code, "pending")


def test_request_is_decided_once():
    asked = request_role(user=make_user(), role="desk", palace=make_palace(), by=make_user(), reason="顶班")
    approve_role(assignment=asked, by=make_user())
    with pytest.raises(ValidationError) as refused:
        refuse_role(assignment=asked, by=make_user(), reason="不行")
    assert refused.value.code == "not_pending"


@pytest.mark.parametrize("reason", ["", "  "])
def test_request_and_refusal_say_why(reason):
    with pytest.raises(ValidationError):
        request_role(user=make_user(), role="desk", palace=make_palace(), by=make_user(), reason=reason)
    asked = request_role(user=make_user(), role="desk", palace=make_palace(), by=make_user(), reason="顶班")
    with pytest.raises(ValidationError):
        refuse_role(assignment=asked, by=make_user(), reason=reason)


def test_end_of_a_role_ends_all_sessions():
    palace = make_palace()
    user, admin = make_user(role="desk", palace=palace), make_user()
    here = device(user)
    end_role(assignment=user.roles.get(), by=admin)
    assert (inside(here), user.roles.count()) == (False, 0)


def test_nobody_changes_his_own_roles():
    palace = make_palace()
    admin = make_user(role="admin", palace=palace)
    with pytest.raises(ValidationError) as refused:
        request_role(user=admin, role="director", palace=palace, by=admin, reason="x")
    assert refused.value.code == "own_work"
    with pytest.raises(ValidationError) as refused:
        end_role(assignment=admin.roles.get(), by=admin)
    assert refused.value.code == "own_work"


@pytest.mark.parametrize("places", [{}, {"palace": 1, "union": 1}])
def test_role_is_for_one_palace_or_one_union(places):
    made = {"palace": make_palace(), "union": make_union()}
    with pytest.raises(ValidationError):
        request_role(user=make_user(), role="desk", by=make_user(), reason="x", **{name: made[name] for name in places})


def test_role_is_held_once():
    user, admin, palace = make_user(), make_user(), make_palace()
    request_role(user=user, role="desk", palace=palace, by=admin, reason="x")
    with pytest.raises(ValidationError):
        request_role(user=user, role="desk", palace=palace, by=admin, reason="x")
    assert user.roles.count() == 1
