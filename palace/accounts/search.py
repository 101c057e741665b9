"""How staff find a member: anybody by full phone or card, by name or initials only whom the palace knows already."""

import re

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from .models import Member, User
from .phones import normalise
from .services.reads import log_reads
from .words import tidy, tidy_card

MOST = 10
SHORTEST = 2


def find_members(*, text: str, palace, by: User) -> list[Member]:
    """At most 11 members (the 11th says "there are more"), each logged as read. Raises ``too_short``."""
    text = tidy(text)
    if len(text) < SHORTEST:
        raise ValidationError(
            _("Type a full phone or card number, or at least two letters of the name."), code="too_short"
        )
    known = named(text) & Q(known_to__palace=palace)
    found = (
        Member.objects.filter(full_key(text) | known)
        .select_related("user", "home_union")
        .distinct()
        .order_by("pinyin", "pk")
    )
    members = list(found[: MOST + 1])
    log_reads(user=by, palace=palace, members=members[:MOST], what="search")
    return members


def full_key(text: str) -> Q:
    """Members whose whole phone or whole card number is ``text``, wherever they belong."""
    card = Q(card_number=tidy_card(text))
    if not re.fullmatch(r"(\+?86)?1[0-9]{10}", re.sub(r"[\s-]", "", text)):
        return card
    phone = normalise(text)
    return card | Q(user__phone=phone) | Q(contact_phone=phone)


def named(text: str) -> Q:
    """Name, full pinyin or initials, from their beginning."""
    letters = re.sub(r"[^a-z]", "", text.lower())
    name = Q(name__startswith=text)
    return name | Q(pinyin__startswith=letters) | Q(pinyin__contains=f" {letters}") if letters else name
