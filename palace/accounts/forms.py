"""What people type about themselves and others. Fields are tidied here; rules live in the services."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from palace.core.wording import local_text
from palace.unions.models import Union

from .models import MemberCategory
from .phones import normalise
from .vault import clean_number
from .words import read_employer, read_name, tidy, tidy_card

CODE_PLACES = 6


class PhoneField(forms.CharField):
    """Gives the number as +86…; accepts it as people type it."""

    def __init__(self, **options):
        attributes = {"inputmode": "tel", "autocomplete": "tel"}
        super().__init__(
            max_length=20, label=options.pop("label", _("Mobile number")), widget=forms.TextInput(attributes), **options
        )

    def clean(self, value):
        text = super().clean(value)
        return normalise(text) if text else ""


class CodeField(forms.CharField):
    """Six figures; spaces and full-width figures are accepted."""

    def __init__(self, **options):
        attributes = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        super().__init__(
            max_length=20, label=options.pop("label", _("Code")), widget=forms.TextInput(attributes), **options
        )

    def clean(self, value):
        text = tidy_card(super().clean(value))
        if not text.isascii() or not text.isdigit():
            raise ValidationError(_("The code has figures only."), code="code_form")
        if len(text) != CODE_PLACES:
            raise ValidationError(places_text(len(text)), code="code_form")
        return text


def places_text(places: int) -> str:
    missing = CODE_PLACES - places
    if missing > 0:
        return ngettext(
            "The code has 6 figures; %(n)d is missing.", "The code has 6 figures; %(n)d are missing.", missing
        ) % {"n": missing}
    return ngettext(
        "The code has 6 figures; here is %(n)d too many.", "The code has 6 figures; here are %(n)d too many.", -missing
    ) % {"n": -missing}


class NewPasswordField(forms.CharField):
    def __init__(self, **options):
        attributes = {"autocomplete": "new-password"}
        defaults: dict[str, Any] = {
            "label": _("New password"),
            "help_text": _("At least 8 characters, not figures alone."),
            "max_length": 200,
        }
        super().__init__(widget=forms.PasswordInput(attributes), strip=False, **defaults | options)


class SignInForm(forms.Form):
    phone = PhoneField()
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class PhoneForm(forms.Form):
    phone = PhoneField()


class CodeForm(forms.Form):
    code = CodeField()


class SecondFactorForm(forms.Form):
    code = forms.CharField(
        label=_("Code of your app"), max_length=20, help_text=_("6 figures, or a recovery code of 8."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip


class ConnectForm(SecondFactorForm):
    """The first code of a new app: nothing else will do."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["code"].help_text = ""


class NewPasswordForm(forms.Form):
    password = NewPasswordField()


class ChangePasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    password = NewPasswordField()

    def __init__(self, *args, has_password: bool, **options):
        super().__init__(*args, **options)
        if not has_password:
            del self.fields["old"]


class PersonFields(forms.Form):
    """Name, card, employer, union: the same at registration, on one's own page and at the desk."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("As on your card or ID."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    card_number = forms.CharField(label=_("Union card number"), max_length=32, required=False)
    employer = forms.CharField(
        label=_("Employer"), max_length=120, required=False, help_text=_("Needed only without a card number."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )  # fmt: skip
    home_union = forms.ModelChoiceField(
        label=_("Home union"), queryset=Union.objects.all(), required=False, empty_label=_("I do not know")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["home_union"].label_from_instance = lambda union: local_text(union, "name")

    def clean_name(self):
        return read_name(self.cleaned_data["name"])

    def clean_card_number(self):
        card = tidy_card(self.cleaned_data["card_number"])
        if card and not re.fullmatch(r"[0-9A-Z]{4,32}", card):
            raise ValidationError(
                _("A card number has at least four figures and letters. Copy it from the card."), "card"
            )
        return card

    def clean_employer(self):
        return read_employer(self.cleaned_data["employer"])

    def person(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("name", "card_number", "employer", "home_union")}


class RegisterForm(PersonFields):
    password = NewPasswordField(
        label=_("Password"),
        required=False,
        help_text=_("At least 8 characters, not figures alone. Without one you sign in with a code by text message."),
    )
    consent = forms.BooleanField(
        label=_("I agree that the palace keeps these data to verify my membership and to serve me."),
        error_messages={
            "required": _("Without your consent the palace may not keep your data, and cannot open an account.")
        },
    )


class IdentityForm(forms.Form):
    number = forms.CharField(
        label=_("ID number"),
        max_length=40,
        help_text=_("18 places, as on your ID card."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_number(self):
        return clean_number(self.cleaned_data["number"])


class SearchForm(forms.Form):
    text = forms.CharField(
        label=_("Phone, card, name or initials"), max_length=60,
        help_text=_("A full number finds anybody; a name or initials find who has been here."),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )  # fmt: skip


class DeskMemberForm(PersonFields):
    contact_phone = PhoneField(label=_("Contact phone"), required=False)
    category = forms.ChoiceField(label=_("Category"), choices=MemberCategory)

    def person(self) -> dict:
        return super().person() | {name: self.cleaned_data[name] for name in ("contact_phone", "category")}


class DeskRegisterForm(DeskMemberForm):
    card_seen = forms.BooleanField(label=_("I have seen the union card: verified."), required=False)


class RosterFileForm(forms.Form):
    union = forms.ModelChoiceField(Union.objects.none(), label=_("Whose roster is it?"))
    file = forms.FileField(
        label=_("Excel file (.xlsx)"),
        help_text=_("First row: name, card number, and if you have them mobile, employer, category."),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty. Choose another.")},
    )

    def __init__(self, *args, palace, **kwargs):
        super().__init__(*args, **kwargs)
        unions = Union.objects.within(palace.union)
        self.fields["union"].queryset, self.fields["union"].initial = unions, palace.union_id


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Write the reason in a few words; the person will read it.")},
    )

    def clean_reason(self):
        return tidy(self.cleaned_data["reason"])


class DeskPhoneForm(ReasonForm):
    phone = PhoneField(label=_("New number"))
    field_order = ["phone", "reason"]


class HardshipForm(ReasonForm):
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}))
    field_order = ["first_day", "last_day", "reason"]
