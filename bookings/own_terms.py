"""What a unit asks for beside the ordinary ones of its venue: a whole hall goes by two hours, and somebody approves it."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from palace.core.wording import local_text
from venues.rules import PolicyRules, Rulebook, UnitRules

from .fullness import basic_units
from .planning import whole_minutes
from .words import length_text


def own_terms(book: Rulebook, venue_id: int, day: date) -> dict[int, str]:
    """Terms by unit, only of units whose terms are not those of the first ordinary one: "2 hours at least, to be approved"."""
    units = book.units_of(venue_id)
    usual = book.policy(basic_units(units)[0], day) if units else None
    policies = {unit.id: book.policy(unit, day) for unit in units}
    return {pk: terms(policy) for pk, policy in policies.items() if policy and usual and differs(policy, usual)}


def differs(policy: PolicyRules, usual: PolicyRules) -> bool:
    return (policy.shortest, policy.needs_approval) != (usual.shortest, usual.needs_approval)


def terms(policy: PolicyRules) -> str:
    length = length_text(whole_minutes(policy.shortest))
    words = [length if policy.shortest == policy.longest else _("%(length)s at least") % {"length": length}]
    words += [_("to be approved")] if policy.needs_approval else []
    return pgettext("between clauses", ", ").join(words)


def terms_sentence(unit: UnitRules, words: str) -> str:
    return _("%(unit)s: %(terms)s") % {"unit": local_text(unit, "name"), "terms": words}
