"""Money as people type it: in yuan. Kept and counted it is in fen."""

from decimal import ROUND_DOWN, Decimal

from django import forms


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

    def clean(self, value):
        yuan = super().clean(value)
        return None if yuan is None else int((yuan * 100).to_integral_value(ROUND_DOWN))


def yuan_text(fen: int) -> str:
    """15, 15.50: as the field takes it."""
    yuan = Decimal(fen) / 100
    return f"{yuan:.2f}" if fen % 100 else f"{yuan:.0f}"
