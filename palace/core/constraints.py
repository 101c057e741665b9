"""What the database refuses, in sentences: the name of a constraint leads to what people read.

Constraints of models bring their sentence with them (``violation_error_message``); what only the database knows is
named by its app with ``explain``. A constraint without a sentence still gets an honest one for its kind.
"""

from datetime import UTC, date, datetime
from functools import cache

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import BaseConstraint, CheckConstraint, ProtectedError, Q, RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

YEARS = range(2000, 2101)  # what lies outside is a slip of the finger, and beyond what dates in Python can reckon with
SENTENCES: dict[str, object] = {}
IN_USE = gettext_lazy("This is still in use. Remove what refers to it first.")
YEAR_WRONG = gettext_lazy("Check the year: it lies between 2000 and 2100.")
# SQLSTATE of an IntegrityError → what to say where nobody explained the constraint
BY_KIND = {
    "23502": gettext_noop("Something is missing here. Fill in every field that has no value yet."),
    "23503": gettext_noop("This points to something that is not there any more. Load the page again and choose anew."),
    "23505": gettext_noop("There is one like this already. Change that one, or choose another value."),
    "23P01": gettext_noop("This overlaps with another one. Change the times or the places."),
}
OTHERWISE = gettext_noop("These values contradict each other. Check them and try again.")


def days_sane(name: str, *fields: str) -> CheckConstraint:
    """The dates in ``fields`` lie in ``YEARS``; empty ones do."""
    return within(name, fields, date(YEARS.start, 1, 1), date(YEARS.stop, 1, 1))


def moments_sane(name: str, *fields: str) -> CheckConstraint:
    """As ``days_sane`` for dates with a time."""
    return within(name, fields, datetime(YEARS.start, 1, 1, tzinfo=UTC), datetime(YEARS.stop, 1, 1, tzinfo=UTC))


def within(name: str, fields: tuple[str, ...], first, end) -> CheckConstraint:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": first, f"{field}__lt": end}) | Q(**{f"{field}__isnull": True})
    return CheckConstraint(condition=condition, name=name, violation_error_message=YEAR_WRONG)


def explain(sentences: dict[str, object]) -> None:
    """Give constraints that only the database knows their sentences: ``{name: sentence}``."""
    SENTENCES.update(sentences)


@cache
def of_models() -> dict[str, object]:
    constraints = [c for model in apps.get_models() for c in model._meta.constraints]
    default = BaseConstraint.default_violation_error_message
    return {c.name: c.violation_error_message for c in constraints if c.violation_error_message != default}


def constraint_sentence(error: IntegrityError) -> str:
    """What to tell people about ``error``."""
    found = getattr(error.__cause__, "diag", None)
    name = getattr(found, "constraint_name", None) or ""
    if name in SENTENCES or name in of_models():
        return str(SENTENCES.get(name) or of_models()[name])
    if name.endswith("_in_palace"):
        return _("This belongs to another palace. Choose one of yours.")
    return _(BY_KIND.get(getattr(found, "sqlstate", None) or "", OTHERWISE))


def refusal_of(error: Exception) -> ValidationError:
    """``error`` of a service or of the database as what a form shows."""
    if isinstance(error, ValidationError):
        return error
    if isinstance(error, ProtectedError | RestrictedError):
        return ValidationError(IN_USE, code="in_use")
    if isinstance(error, IntegrityError):
        return ValidationError(constraint_sentence(error), code="constraint")
    raise error
