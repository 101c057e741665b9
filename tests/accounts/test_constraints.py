"""What the database itself refuses about people, with the services bypassed."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from palace.accounts.cleanup import clean_up
from palace.accounts.models import (
    ApiToken,
    Consent,
    FactorReset,
    FailedAttempt,
    HardshipFile,
    KnownMember,
    Member,
    PhoneCode,
    RoleAssignment,
    RosterEntry,
    StaffAct,
    User,
)  # fmt: skip
from palace.accounts.tokens import issue_token

from ..factories import make_member, make_palace, make_union, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.invariant]
DAY = date(2030, 1, 2)


def own_guardian():
    member = make_member()
    Member.objects.filter(pk=member.pk).update(guardian=member)


def known_twice():
    member, palace = make_member(), make_palace()
    for _ in range(2):
        KnownMember.objects.create(member=member, palace=palace)


def consent_twice():
    user = make_user()
    for _ in range(2):
        Consent.objects.create(user=user, version="1")


def role_twice():
    user, palace = make_user(), make_palace()
    for _ in range(2):
        RoleAssignment.objects.create(user=user, role="desk", palace=palace, state="approved")


def act_without_reason():
    StaffAct.objects.create(member=make_member(), palace=make_palace(), by=make_user(), what="password")


def role(**fields):
    fields = {"user": make_user(), "role": "desk", "palace": make_palace(), "reason": "顶班"} | fields
    return RoleAssignment.objects.create(**fields)


def asked_and_approved_by_one():
    one = make_user()
    role(state="approved", requested_by=one, decided_by=one)


def asked_and_refused_by_one():
    one = make_user()
    role(state="refused", requested_by=one, decided_by=one, answer="不行")


def role_for_himself(who):
    user = make_user()
    role(user=user, state="approved", **{"requested_by": make_user(), "decided_by": make_user()} | {who: user})


def one_approves_what_he_asked_for():
    asked = role(requested_by=make_user())
    RoleAssignment.objects.filter(pk=asked.pk).update(state="approved", decided_by=asked.requested_by)


def own_factor_reset():
    user = make_user()
    FactorReset.objects.create(user=user, by=user, reason="丢了")


WRONG = {
    "member_verified_when": lambda: Member.objects.filter(pk=make_member().pk).update(verified_at=None),
    "member_not_own_guardian": own_guardian,
    "known_member_once": known_twice,
    "consent_once": consent_twice,
    "role_once": role_twice,
    "staff_act_has_reason": act_without_reason,
    "hardship_days_in_order": lambda: HardshipFile.objects.create(member=make_member(), first_day=DAY, last_day=DAY - timedelta(days=1)),
    "role_days_in_order": lambda: RoleAssignment.objects.create(
        user=make_user(), role="desk", palace=make_palace(), state="approved", first_day=DAY, last_day=DAY - timedelta(days=1)
    ),
    "role_by_two_people": asked_and_approved_by_one,
    "role_by_two_people, refused": asked_and_refused_by_one,
    "role_by_two_people, by update": one_approves_what_he_asked_for,
    "role_by_two_people, nobody decided": lambda: role(state="approved", requested_by=make_user()),
    "role_by_two_people, nobody asked": lambda: role(state="pending"),
    "role_not_for_oneself": lambda: role_for_himself("requested_by"),
    "role_not_for_oneself, decided": lambda: role_for_himself("decided_by"),
    "role_says_why": lambda: role(requested_by=make_user(), reason=""),
    "role_says_why, refused": lambda: role(state="refused", requested_by=make_user(), decided_by=make_user()),
    "factor_reset_has_reason": lambda: FactorReset.objects.create(user=make_user(), by=make_user(), reason=""),
    "factor_reset_not_own": own_factor_reset,
    "role_for_palace_or_union": lambda: RoleAssignment.objects.create(user=make_user(), role="desk", state="approved"),
    "accounts_user_phone": lambda: [User.objects.create_user("13700000001", None, name="甲") for _ in range(2)],
    "accounts_member_card_number": lambda: [make_member(card_number="1") for _ in range(2)],
    "accounts_rosterentry_card_number": lambda: [RosterEntry.objects.create(union=make_union(), name="甲", card_number="1") for _ in range(2)],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_database_refuses(name):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        WRONG[name]()
    assert refused.value.__cause__.diag.constraint_name.startswith(name.partition(",")[0])


def test_boundaries_are_accepted():
    HardshipFile.objects.create(member=make_member(), first_day=DAY, last_day=DAY)
    two = {"requested_by": make_user(), "decided_by": make_user()}
    role(first_day=DAY, last_day=DAY, state="approved", **two)
    role(state="refused", answer="不行", **two)
    role(requested_by=make_user())
    role(state="approved", reason="", decided_by=make_user())  # from before two people were asked
    assert (HardshipFile.objects.count(), RoleAssignment.objects.count()) == (1, 4)


@pytest.mark.parametrize("model", [StaffAct, Consent, FactorReset])
def test_acts_and_consents_are_not_changed_by_the_application(model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.update(at=timezone.now())


def test_clean_up_takes_what_has_ended_and_nothing_else():
    user, now = make_user(), timezone.now()
    for days in (1, 3):
        code = PhoneCode.objects.create(phone="+8613700000001", purpose="enter", digest="x", expires_at=now)
        failed = FailedAttempt.objects.create(kind="password", key="x")
        PhoneCode.objects.filter(pk=code.pk).update(created_at=now - timedelta(days=days))
        FailedAttempt.objects.filter(pk=failed.pk).update(at=now - timedelta(days=days))
    for key, lives in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(hours=lives))
        UserSession.objects.create(user=user, session_key=key, ip="10.0.0.1", user_agent="")
    issue_token(user=user)
    ApiToken.objects.create(digest="old", user=user, expires_at=now - timedelta(hours=1))
    assert clean_up() == 5
    assert [m.objects.count() for m in (PhoneCode, FailedAttempt, Session, UserSession, ApiToken)] == [1] * 5
