"""Shapes of what the desk types; the rules are the services'."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from bookings.models import BookingStatus
from bookings.walk_ins import MOST_PERSONS
from palace.accounts.views.answers import add_errors
from palace.accounts.words import tidy
from palace.core.constraints import YEAR_WRONG, YEARS
from palace.core.models import LedgerAccount
from palace.core.wording import local_text
from palace.core.yuan import YuanField
from venues.models import Closure, Site, Space, Unit, Venue

ACCOUNTS = [LedgerAccount.CASH, LedgerAccount.CARD, LedgerAccount.WALLET]
NUMBER = {"inputmode": "numeric"}


class FindForm(forms.Form):
    text = forms.CharField(
        label=_("Booking number, mobile, card number or initials"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "data-slash": ""}
        ),
    )

    def clean_text(self):
        return tidy(self.cleaned_data["text"])


class BookingFilterForm(forms.Form):
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    venue = forms.ModelChoiceField(queryset=Venue.objects.none(), label=_("Venue"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    money = forms.ChoiceField(
        label=_("Money"),
        required=False,
        choices=[("", _("Any")), ("due", _("Still to pay")), ("back", _("To give back, any day"))],
    )

    def __init__(self, data, *, venues):
        super().__init__(data)
        self.fields["venue"].queryset = venues
        self.fields["venue"].empty_label = gettext("All venues")
        self.fields["venue"].label_from_instance = lambda venue: local_text(venue, "name")
        self.fields["status"].choices = [("", gettext("All states")), *BookingStatus.choices]


class PartyForm(forms.Form):
    """How many come, and how long where there is a choice; ``key`` makes a second press of the button harmless."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, smallest=1, largest=1, lengths=(), initial=None):
        super().__init__(data, initial=initial)
        self.fields["party_size"] = forms.IntegerField(
            label=_("How many come"),
            help_text=gettext("At most %(n)s.") % {"n": largest},
            min_value=smallest,
            max_value=largest,
            widget=forms.NumberInput(attrs=NUMBER),
        )
        if len(lengths) > 1:
            self.fields["minutes"] = forms.TypedChoiceField(
                label=_("How long"), choices=lengths, coerce=int, widget=forms.RadioSelect
            )


class LetInForm(forms.Form):
    venue = forms.ModelChoiceField(queryset=Venue.objects.none(), label=_("Which venue"), empty_label=None)
    persons = forms.IntegerField(
        label=_("How many persons"),
        initial=1,
        min_value=1,
        max_value=MOST_PERSONS,
        widget=forms.NumberInput(attrs=NUMBER),
    )

    def __init__(self, data=None, *, venues, initial=None):
        super().__init__(data, initial=initial)
        self.fields["venue"].queryset = venues
        self.fields["venue"].label_from_instance = lambda venue: local_text(venue, "name")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The member reads it."))


def cleaned_reason(text: str) -> str:
    """A reason typed into the line of a list. Whether one is needed is said by the service."""
    return forms.CharField(max_length=200, required=False).clean(text)


class MoneyForm(forms.Form):
    """A payment; with ``reason`` a refund."""

    amount_fen = YuanField(label=_("Amount in yuan"))
    account = forms.ChoiceField(
        label=_("How"),
        choices=[(each.value, each.label) for each in ACCOUNTS],
        widget=forms.RadioSelect,
        initial=ACCOUNTS[0],
    )
    receipt_number = forms.CharField(
        label=_("Receipt number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data=None, *, open_fen: int, prefix: str):
        super().__init__(data, prefix=prefix, initial={"amount_fen": open_fen})


class RefundForm(MoneyForm):
    """``is_cancelled``: nothing is owed for the booking, so it is not asked whether it is owed again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    owed_again = forms.BooleanField(
        label=_("It was taken by mistake: it is still to be paid"),
        help_text=_("Without this tick the member owes nothing for what you give back."),
        required=False,
    )

    def __init__(self, data=None, *, is_cancelled: bool, **options):
        super().__init__(data, **options)
        if is_cancelled:
            del self.fields["owed_again"]


class MomentField(forms.DateTimeField):
    def __init__(self, **options):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, **options)

    def to_python(self, value):
        """Years that no calendar here knows are a slip of the finger."""
        moment = self.checked_year(value)
        return super().to_python(moment)

    def checked_year(self, value):
        year = str(value or "")[:4]
        if year.isascii() and year.isdigit() and int(year) not in YEARS:
            raise forms.ValidationError(YEAR_WRONG, code="year")
        return value


class ClosureForm(forms.Form):
    """What is shut, from when to when, and why. ``is_sure`` is asked where the service asks for it."""

    target = forms.ChoiceField(label=_("What"))
    starts_at = MomentField(label=_("From"))
    ends_at = MomentField(label=_("To"))
    reason = forms.CharField(
        label=_("Reason"), max_length=60, help_text=_("Everybody reads it, such as: lamps are mended.")
    )
    reason_en = forms.CharField(label=_("Reason in English"), max_length=80, required=False)
    is_sure = forms.BooleanField(
        label=_("It is meant to stay shut for so long"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data=None, *, palace, initial=None):
        super().__init__(data, initial=initial)
        self.palace = palace
        self.fields["target"].choices = targets(palace)

    def clean(self):
        data: dict = super().clean() or {}
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", gettext("The end must come after the start."))
        return data

    def refused(self, error: ValidationError) -> None:
        """Say why; where a tick would do, it is there to be set."""
        add_errors(self, error)
        if self.has_error(NON_FIELD_ERRORS, "far_end"):
            self.fields["is_sure"].widget = forms.CheckboxInput()

    def closure(self) -> Closure:
        """Unsaved; its target is one of this palace's, as the choices are."""
        data = self.cleaned_data
        kind, _dash, pk = data["target"].partition("-")
        fields = {name: data[name] for name in ("starts_at", "ends_at", "reason", "reason_en")}
        return Closure(palace=self.palace, **fields, **{f"{kind}_id": int(pk)})


def targets(palace) -> list:
    """Sites, venues, and under each venue its spaces (where it has several) and units: three queries."""
    sites, venues = Site.objects.filter(palace=palace), Venue.objects.filter(palace=palace).select_related("site")
    parts: dict[int, list] = {}
    spaces = list(Space.objects.filter(palace=palace))
    several = {space.venue_id for space in spaces if sum(other.venue_id == space.venue_id for other in spaces) > 1}
    for space in spaces:
        if space.venue_id in several:
            parts.setdefault(space.venue_id, []).append((f"space-{space.pk}", local_text(space, "name")))
    for unit in Unit.objects.filter(palace=palace, is_active=True):
        parts.setdefault(unit.venue_id, []).append((f"unit-{unit.pk}", local_text(unit, "name")))
    whole = pgettext("closure", "all of it")
    groups = [
        (local_text(v, "name"), [(f"venue-{v.pk}", f"{local_text(v, 'name')} · {whole}"), *parts.get(v.pk, [])])
        for v in venues
    ]
    return [
        ("", gettext("Choose")),
        (gettext("Sites"), [(f"site-{site.pk}", local_text(site, "name")) for site in sites]),
        *groups,
    ]
