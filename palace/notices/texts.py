"""What messages say, by kind. One sentence serves the portal, e-mail and the SMS template of the kind.

Names such as ``%(when)s`` are facts that the caller gives in the reader's language; ``more`` is a sentence that only
some cases need and that SMS leaves out. The SMS provider keeps a template of each kind: ``manage.py sms_templates``
prints them for its approval.
"""

import re
from dataclasses import dataclass
from string import Template

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override

LONGEST_TITLE = 120
LONGEST_VALUE = 35  # of a variable in a template of the provider
NAME = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    body: str
    sms: bool = True


TEXTS: dict[str, Text] = {
    "sign_in_code": Text(
        gettext_noop("Your code"),
        gettext_noop("%(code)s is your code. It works for %(minutes)s minutes. Tell it to nobody."),
    ),
    "booking_confirmed": Text(
        gettext_noop("Booked: %(where)s"),
        gettext_noop("%(when)s, %(where)s is booked, number %(number)s, %(price)s. %(rule)s."),
    ),
    "booking_pending": Text(
        gettext_noop("Waiting for approval: %(where)s"),
        gettext_noop(
            "%(when)s, %(where)s, number %(number)s waits for approval. You will be told; the place is kept for you meanwhile."
        ),
    ),
    "booking_approved": Text(
        gettext_noop("Approved: %(where)s"),
        gettext_noop("%(when)s, %(where)s is approved, number %(number)s, %(price)s. %(rule)s."),
    ),
    "booking_moved": Text(
        gettext_noop("Moved: %(where)s"),
        gettext_noop("Now %(when)s, %(where)s, number %(number)s, %(price)s. %(rule)s."),
    ),
    "booking_cancelled": Text(
        gettext_noop("Cancelled: %(where)s"),
        gettext_noop("%(when)s, %(where)s, number %(number)s. You cancelled it; the place is free for others again."),
    ),
    "booking_cancelled_by_house": Text(
        gettext_noop("Cancelled by the house: %(where)s"),
        gettext_noop(
            "%(when)s, %(where)s, number %(number)s cannot take place. Reason: %(reason)s. Choose another time, or ask at the desk."
        ),
    ),
    "booking_refused": Text(
        gettext_noop("Not approved: %(where)s"),
        gettext_noop(
            "%(when)s, %(where)s, number %(number)s was not approved. Reason: %(reason)s. Choose another time, or ask at the desk."
        ),
    ),
    "booking_reminder_day": Text(
        gettext_noop("Do not forget: %(when)s"),
        gettext_noop("Coming up: %(when)s, %(where)s, number %(number)s, %(price)s. %(rule)s."),
    ),
    "booking_reminder_hours": Text(
        gettext_noop("Soon: %(where)s"),
        gettext_noop("%(when)s, %(where)s, number %(number)s. Show the number when you come."),
    ),
    "member_verified": Text(
        gettext_noop("You are verified"),
        gettext_noop("Your union membership is verified. You can book at members' prices now."),
    ),
    "member_refused": Text(
        gettext_noop("Not verified yet"),
        gettext_noop(
            "Your membership could not be verified. Reason: %(reason)s. Correct it on your own page, or bring your member card to the desk."
        ),
    ),
    "locked_out": Text(
        gettext_noop("Signing in by password pauses"),
        gettext_noop(
            "%(when)s: too many wrong passwords for your number. Signing in by password pauses for %(wait)s. Was it not you? Nobody came in; choose a new password if in doubt."
        ),
    ),
    "factor_locked_out": Text(
        gettext_noop("Your sign-in pauses"),
        gettext_noop(
            "%(when)s: your password was right, then the codes of the app were wrong too often. Your sign-in pauses for %(wait)s. Was it not you? Then somebody knows your password: choose a new one now."
        ),
    ),
    "factor_reset": Text(
        gettext_noop("Your second factor was reset"),
        gettext_noop(
            "%(when)s: an administrator disconnected your app and signed you out everywhere. Reason: %(reason)s. Connect a new app at your next sign-in. Did you not ask for this? Call the house at once."
        ),
    ),
    "phone_changed": Text(
        gettext_noop("Your mobile number was changed"),
        gettext_noop(
            "%(when)s: your account signs in with another number from now on, %(phone)s. Was it not you? Call the house at once."
        ),
    ),
    "role_requested": Text(
        gettext_noop("A role waits for your decision"),
        gettext_noop(
            "%(by)s asks for a role for %(name)s: %(role)s, %(where)s. Reason: %(reason)s. Approve or refuse it in the register of roles."
        ),
    ),
    "day_sheet": Text(
        gettext_noop("%(palace)s: bookings of %(day)s"),
        gettext_noop("Bookings of %(day)s: %(count)s. The sheet is attached; it serves when the network is down."),
        sms=False,
    ),
}


def title_of(kind: str, facts: dict) -> str:
    """In the language that is active; ``facts`` too are in that language."""
    return (gettext(TEXTS[kind].title) % facts)[:LONGEST_TITLE]


def body_of(kind: str, facts: dict) -> str:
    sentences = [gettext(TEXTS[kind].body) % facts, facts.get("more", "")]
    return " ".join(filter(None, sentences))


# --- templates of the SMS provider ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SmsTemplate:
    code: str
    text: str  # with ${name} where values go

    @property
    def names(self) -> list[str]:
        return Template(self.text).get_identifiers()

    def values(self, facts: dict) -> dict[str, str]:
        return {name: str(facts[name])[:LONGEST_VALUE] for name in self.names}

    def filled(self, values: dict) -> str:
        return Template(self.text).safe_substitute(values)


def sms_kinds() -> list[str]:
    return [kind for kind, text in TEXTS.items() if text.sms]


def sms_template(kind: str, language: str) -> SmsTemplate | None:
    """The provider's template; the Chinese one where there is no other. None where the house has none of this kind."""
    codes = settings.SMS_TEMPLATES or standard_codes()
    english = f"{kind}.en"
    if language.startswith("en") and english in codes:
        return SmsTemplate(codes[english], sms_text(kind, "en"))
    return SmsTemplate(codes[kind], sms_text(kind, "zh-hans")) if kind in codes else None


def sms_text(kind: str, language: str) -> str:
    with override(language):
        return NAME.sub(r"${\1}", gettext(TEXTS[kind].body))


def standard_codes() -> dict[str, str]:
    """Codes that the stand-in knows; a house writes those it was given into SMS_TEMPLATES."""
    chinese = {kind: f"SMS_4800000{n:02}" for n, kind in enumerate(sms_kinds(), 1)}
    english = {f"{kind}.en": code.replace("4800", "4810") for kind, code in chinese.items()}
    return chinese | english


def templates_by_code() -> dict[str, SmsTemplate]:
    found = [sms_template(kind, language) for kind in sms_kinds() for language in ("zh-hans", "en")]
    return {template.code: template for template in found if template}
