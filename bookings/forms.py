"""Shapes of what members send; the rules are the services'."""

import uuid
from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from palace.core.wording import day_text, masked_name, money_text
from venues.models import Site, VenueKind

from .refusals import refuse
from .words import length_text

KEY_LENGTH = 64
DAY = timedelta(days=1)
MOST_DAYS = 31  # that a list to choose from holds; the boards lead further


class VenueFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Name, pinyin or English"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autocapitalize": "none"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    site = forms.ModelChoiceField(
        queryset=Site.objects.none(), label=_("Site"), required=False, empty_label=_("All sites")
    )
    free = forms.ChoiceField(
        label=_("When there is room"),
        required=False,
        error_messages={"invalid_choice": _("This day cannot be booked now. Choose one of the list.")},
    )
    gratis = forms.BooleanField(label=_("Free of charge only"), required=False)

    def __init__(self, data, *, sites, kinds, today: date, last_day: date):
        self.days = {"today": today, "tomorrow": today + DAY}
        named = {day.isoformat(): name for name, day in self.days.items()}  # a kept address grows nearer every day
        super().__init__(data | {"free": named.get(data.get("free"), data.get("free"))})
        labels = dict(VenueKind.choices)
        self.fields["kind"].choices = [("", gettext("All kinds")), *((k, labels[k]) for k in labels if k in kinds)]
        self.fields["site"].queryset = sites
        later = [today + n * DAY for n in range(2, min((last_day - today).days, MOST_DAYS) + 1)]
        self.fields["free"].choices = [
            ("", gettext("Full ones too")),
            ("now", gettext("Free now")),
            ("today", gettext("Free today")),
            ("tomorrow", gettext("Free tomorrow")),
            *((day.isoformat(), gettext("Free on %(day)s") % {"day": day_text(day, today)}) for day in later),
        ]

    @property
    def boxes(self) -> list:
        """The fields that stand side by side; all are wishes, none is asked for."""
        return [self[name] for name in ("q", "kind", "site", "free")]

    def wanted(self) -> dict:
        """What is set and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def day(self) -> date:
        """The day that is looked at: the one that was asked for, else today."""
        free = self.wanted().get("free", "now")
        return date.fromisoformat(free) if free[0].isdigit() else self.days.get(free, self.days["today"])


def new_key() -> str:
    return f"web-{uuid.uuid4().hex}"


class BookingForm(forms.Form):
    """Length, persons and for whom; each is a field only where there is a choice."""

    key = forms.CharField(max_length=KEY_LENGTH, widget=forms.HiddenInput)

    def __init__(self, data=None, *, offer, people, initial=None):
        super().__init__(data, initial=initial)
        self.offer, self.people = offer, people
        if len(offer.plans) > 1:
            self.fields["minutes"] = minutes_field(offer)
        if offer.largest > 1:
            self.fields["party_size"] = party_field(offer)
        if len(people) > 1:
            self.fields["member"] = member_field(people)

    def clean(self):
        """Nobody sees the key: what is wrong with it is told above the form, which gets a new one for the next press."""
        if self.errors.pop("key", None):
            self.data = {name: self.data.get(name) for name in self.data} | {"key": new_key()}
            raise ValidationError(_("The page came back damaged. Check it and press once more."), code="bad_key")
        return super().clean()

    @property
    def asked(self) -> list:
        """The visible fields in order."""
        return [self[name] for name in ("minutes", "party_size", "member") if name in self.fields]

    def minutes(self) -> int:
        return self.cleaned_data.get("minutes") or self.offer.minutes[0]

    def party_size(self) -> int:
        return self.cleaned_data.get("party_size") or self.offer.smallest

    def member(self):
        chosen = self.cleaned_data.get("member")
        return next((person for person in self.people if person.pk == chosen), self.people[0])


def minutes_field(offer):
    each = gettext("%(price)s a person") if offer.unit.shared else "%(price)s"
    choices = [
        (minutes, f"{length_text(minutes)} · {each % {'price': money_text(offer.plan_of(minutes).price.fen)}}")
        for minutes in offer.minutes
    ]
    return forms.TypedChoiceField(label=_("How long"), choices=choices, coerce=int, widget=forms.RadioSelect)


def party_field(offer):
    label = _("For how many persons") if offer.unit.shared else _("How many come")
    span = {"least": offer.smallest, "n": offer.largest}
    hint = (gettext("%(least)s to %(n)s.") if offer.smallest > 1 else gettext("At most %(n)s.")) % span
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=offer.smallest,
        max_value=offer.largest,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def member_field(people):
    first, *others = people
    own = gettext("%(name)s (myself)") if first.user_id else gettext("%(name)s (family)")
    names = shown_names(people)
    choices = [(first.pk, own % {"name": names[first.pk]})]
    choices += [(p.pk, gettext("%(name)s (family)") % {"name": names[p.pk]}) for p in others]
    return forms.TypedChoiceField(label=_("For whom"), choices=choices, coerce=int, widget=forms.RadioSelect)


def shown_names(people) -> dict[int, str]:
    """Masked, unless two would look alike: then whoever reads over the shoulder sees more than a mistake is worth."""
    masked = {person.pk: masked_name(person.name) for person in people}
    twins = len(set(masked.values())) < len(people)
    return {person.pk: person.name for person in people} if twins else masked


class CancelForm(forms.Form):
    """Why it is given back: one press at most, and own words where none of the reasons fits."""

    why = forms.ChoiceField(label=_("Why"), initial="plans", widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("In your words"), max_length=160, required=False, help_text=_("Needed only with “Another reason”.")
    )

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["why"].choices = [
            ("plans", pgettext("reason", "Plans changed")),
            ("weather", pgettext("reason", "The weather")),
            ("ill", pgettext("reason", "Not feeling well")),
            ("time", pgettext("reason", "Another time suits better")),
            ("other", pgettext("reason", "Another reason")),
        ]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("why") == "other" and self.cleaned_data.get("reason") == "":
            self.add_error("reason", refuse("reason_required"))
        return self.cleaned_data

    def text(self) -> str:
        """What the staff read."""
        labels = dict(self.fields["why"].choices) | {"other": ""}
        pieces = [labels[self.cleaned_data["why"]], self.cleaned_data["reason"]]
        return pgettext("between clauses", ", ").join(piece for piece in pieces if piece)
