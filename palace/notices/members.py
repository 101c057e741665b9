"""What a person is told about his membership. The topics are written by ``palace.accounts.services``."""

from django.utils.translation import gettext

from palace.accounts.models import Member, MemberState
from palace.core.navigation import address

from .services import notify


def member_of(outbox) -> Member:
    return Member.objects.select_related("user", "guardian__user").get(pk=outbox.payload["member"])


def say_verified(outbox) -> None:
    member = member_of(outbox)
    if member.is_verified:
        tell("member_verified", member, outbox, dict)


def say_refused(outbox) -> None:
    """Nothing where he was verified after all before this was sent."""
    member = member_of(outbox)
    if member.state == MemberState.REJECTED:
        tell(
            "member_refused",
            member,
            outbox,
            lambda: {"reason": member.refusal or gettext("The details did not match.")},
        )


def tell(kind: str, member: Member, outbox, facts) -> None:
    place = {"palace_id": outbox.palace_id, "subject_id": member.pk, "link": address("me")}
    notify(kind=kind, member=member, facts=facts, outbox=outbox, **place)
