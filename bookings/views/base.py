"""What the member's views share: the rules of a palace, who is looking, and numbers that are too large to be ids."""

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.fullness import house_hours
from bookings.services import caller_of
from palace.accounts.models import Member
from palace.core.wording import hours_text
from venues import rulebook
from venues.rules import Caller, Rulebook


def rules_of(request, palace) -> Rulebook:
    """The rules of ``palace``, which becomes the palace of this page: its name, telephone and hours stand around it."""
    book = rulebook.current(palace.pk)
    request.palace = palace
    request.opening_text = opening_text(book)
    return book


def opening_text(book: Rulebook) -> str:
    """Today's hours of the house."""
    hours = house_hours(book, timezone.localdate())
    return _("Open today %(hours)s") % {"hours": hours_text(*hours)} if hours else _("Closed today")


def member_of(user) -> Member | None:
    return Member.objects.with_hardship().filter(user=user).first() if user.is_authenticated else None


def viewer(user, member: Member | None) -> Caller:
    """Visitors see what members pay; somebody signed in sees his own price."""
    if not user.is_authenticated:
        return Caller(verified=True)
    return caller_of(member) if member else Caller(signed_in=True)
