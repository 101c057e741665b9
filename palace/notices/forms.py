from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Announcement

MOMENT = "%Y-%m-%dT%H:%M"  # what a browser's field for date and time reads and writes


def moment_input():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class AnnouncementForm(forms.ModelForm):
    class Meta:
        model = Announcement
        fields = ["title", "body", "title_en", "body_en", "audience", "shown_from", "shown_until"]
        widgets = {
            "shown_from": moment_input(),
            "shown_until": moment_input(),
            "audience": forms.RadioSelect,
            "body": forms.Textarea(attrs={"rows": 6}),
            "body_en": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "title": _("Say what happens, with the time: “Court 4 is closed this afternoon”."),
            "shown_until": _("Empty: until somebody takes it down."),
        }
