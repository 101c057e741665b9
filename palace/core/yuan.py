"""Money as people type it: in yuan. Kept and counted it is in fen."""

import re
import unicodedata
from decimal import ROUND_DOWN, Decimal

from django import forms
from django.core.exceptions import ValidationError

AS_PEOPLE_WRITE = re.compile(r"-?(?=\.?[0-9])[0-9]*\.?[0-9]*")


class YuanField(forms.DecimalField):
    """Typed and shown in yuan; ``initial`` and what it gives are in fen."""

    def __init__(self, *, widget=forms.TextInput, **options):
        super().__init__(max_digits=9, decimal_places=2, widget=widget, **options)

    def widget_attrs(self, widget):
        return {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value):
        return yuan_text(value) if isinstance(value, int) else value

    def has_changed(self, initial, data):
        return super().has_changed(None if initial is None else Decimal(initial) / 100, data)

    def to_python(self, value):
        """Full-width figures count too; 1e1 and 1_0, which are ten to Python, are slips of the finger here."""
        text = unicodedata.normalize("NFKC", str(value)).strip() if value not in self.empty_values else ""
        if text and not AS_PEOPLE_WRITE.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)

    def clean(self, value):
        yuan = super().clean(value)
        return None if yuan is None else int((yuan * 100).to_integral_value(ROUND_DOWN))


def yuan_text(fen: int) -> str:
    """15, 15.50: as the field takes it."""
    yuan = Decimal(fen) / 100
    return f"{yuan:.2f}" if fen % 100 else f"{yuan:.0f}"
