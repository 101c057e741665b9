"""Forms of the admin site: they say what services and the database refuse, and whom a change would hit."""

import hashlib

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldBooleanWidget

from .pictures import clean_picture

MOST_HITS = 30


class PictureField(forms.FileField):
    """An upload that becomes a clean picture, whatever it was called."""

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return clean_picture(file) if data and file is data else file


class SearchedSelect(AutocompleteSelect):
    """A choice found by typing. Django's own asks the database for whatever was sent, and fails on what is no id."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [v for v in value if str(v).isascii() and str(v).isdecimal()], attr)


class RowForm(forms.ModelForm):
    """A form of the palace in use. The admin sets ``request`` on a subclass of each request's own."""

    request = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        set_palace(self.instance, self.request)


class PalaceForm(RowForm):
    """The form of a record's page: it also says what was refused after it was content itself."""

    def clean(self):
        cleaned = super().clean()
        refusal = getattr(self.request, "refusal", None)
        if refusal is not None:
            self.add_error(None, fitted(refusal, self.fields))
        return cleaned


def set_palace(instance, request) -> None:
    """New records belong to the palace in use; nobody chooses another."""
    fields = {f.name for f in instance._meta.concrete_fields if f.remote_field}
    if request is not None and instance._state.adding and "palace" in fields:
        instance.palace = request.palace or None


def fitted(refusal: ValidationError, fields) -> ValidationError:
    """``refusal`` with the errors of fields that this form does not show moved to its head."""
    if not hasattr(refusal, "error_dict"):
        return ValidationError(refusal.messages)
    fitting: dict[str, list] = {}
    for name, errors in refusal.error_dict.items():
        fitting.setdefault(name if name in fields else NON_FIELD_ERRORS, []).extend(errors)
    return ValidationError(fitting)


class PreviewForm(PalaceForm):
    """Before it saves it shows whom the change hits; it saves when the person has seen just these."""

    understood = forms.BooleanField(
        required=False, label=gettext_lazy("I have read whom this hits"), widget=forms.HiddenInput
    )
    seen = forms.CharField(required=False, label="", widget=forms.HiddenInput)
    consequence = gettext_lazy("These are hit. Read the list, tick the box and save again.")

    def hits(self) -> list[str]:
        """A sentence for each use that the change hits; the instance carries the new values."""
        raise NotImplementedError

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        found = self.hits()
        if found and not (self.cleaned_data["understood"] and self.cleaned_data["seen"] == digest(found)):
            self.show(found)

    def show(self, found: list[str]) -> None:
        self.add_error(None, [str(self.consequence), *first_of(found)])
        self.fields["understood"].widget = UnfoldBooleanWidget()
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen")] = digest(found)
        data.pop(self.add_prefix("understood"), None)
        self.data = data


def first_of(found: list[str]) -> list[str]:
    """As many as a page holds, and how many more there are."""
    more = [_("and %(n)d more") % {"n": len(found) - MOST_HITS}] if len(found) > MOST_HITS else []
    return [*found[:MOST_HITS], *more]


def digest(found: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()
