"""Comparing a newcomer with the rosters of the unions."""

from django.db.models import Q
from django.utils import timezone

from palace.accounts.models import Member, MemberState, RosterEntry

MOST_ALIKE = 5


def match_roster(*, name: str, card_number: str = "", phone: str = "", employer: str = "") -> RosterEntry | None:
    """The line of a roster that is surely this person and not yet somebody else's account.

    In this order: card number and name; proven phone and name; name and employer, where exactly one line has both and
    names no other phone: colleagues know each other's name and employer.
    """
    free = RosterEntry.objects.filter(name=name, member=None)
    exact = [Q(card_number=card_number)] if card_number else []
    exact += [Q(phone=phone)] if phone else []
    exact += [Q(employer=employer, phone__in=["", phone])] if employer and not card_number else []
    for condition in exact:
        found = list(free.filter(condition).select_for_update()[:2])
        if len(found) == 1:
            return found[0]
    return None


def settle(member: Member, *, phone: str = "") -> bool:
    """Verify ``member`` by the roster, or leave him waiting for the desk. The caller saves nothing after it."""
    release(member)
    fields = {"name": member.name, "card_number": member.card_number or "", "phone": phone, "employer": member.employer}
    entry = match_roster(**fields)
    if entry and not taken_card(entry, member):
        adopt(member, entry)
    else:
        wait(member)
    member.save()
    return member.is_verified


def release(member: Member) -> None:
    RosterEntry.objects.filter(member=member).update(member=None)


def taken_card(entry: RosterEntry, member: Member) -> bool:
    return Member.objects.filter(card_number=entry.card_number).exclude(pk=member.pk).exists()


def adopt(member: Member, entry: RosterEntry) -> None:
    member.card_number, member.employer = entry.card_number, entry.employer or member.employer
    member.home_union, member.category = entry.union, entry.category
    member.state, member.verified_at, member.verified_by, member.refusal = (
        MemberState.VERIFIED,
        timezone.now(),
        None,
        "",
    )
    RosterEntry.objects.filter(pk=entry.pk).update(member=member)


def wait(member: Member) -> None:
    member.state, member.verified_at, member.verified_by, member.refusal = MemberState.PENDING, None, None, ""


def candidates(members: list[Member]) -> list[tuple[Member, list[RosterEntry]]]:
    """Each member with the lines of rosters that the desk may compare: same name or same card, not another member's."""
    names, cards = {m.name for m in members}, {m.card_number for m in members if m.card_number}
    alike = (
        RosterEntry.objects.filter(Q(name__in=names) | Q(card_number__in=cards)).select_related("union").order_by("pk")
    )
    lines = list(alike)
    return [(member, [line for line in lines if may_be(line, member)][:MOST_ALIKE]) for member in members]


def may_be(line: RosterEntry, member: Member) -> bool:
    alike = line.name == member.name or line.card_number == member.card_number
    return alike and line.member_id in (None, member.pk)
