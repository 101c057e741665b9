"""Tags for the palaces' pages: ``{% load houses %}``."""

from django import template
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from palace.core.wording import local_text, tongues

register = template.Library()


@register.simple_tag
def localparagraphs(thing, field):
    """A text of several lines in the reader's language; Chinese on an English page says so."""
    return mark_safe(linebreaks(tongues(local_text(thing, field))))
