"""Filters for pages about people: ``{% load people %}``."""

from django import template

register = template.Library()
SHOWN = 4


@register.filter
def masked_card(number):
    """The last four places of a card number; what is too short to hide shows nothing."""
    number = number or ""
    if len(number) < 2 * SHOWN:
        return "*" * len(number)
    return f"****{number[-SHOWN:]}"
