"""Filters of registers that offer only what belongs to the palace in use."""

from django.contrib.admin import RelatedFieldListFilter, SimpleListFilter
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .wording import local_text


class OfPalaceFilter(RelatedFieldListFilter):
    """Choices of a foreign key, cut down as the register of its model is."""

    def field_choices(self, field, request, model_admin):
        related = model_admin.admin_site._registry[field.remote_field.model]
        return [
            (thing.pk, str(thing)) for thing in related.scoped(field.remote_field.model._default_manager.all(), request)
        ]


class WordsFilter(SimpleListFilter):
    """A filter over the values of one column, in words: ``words`` by value."""

    words: dict = {}

    def lookups(self, request, model_admin):
        return list(self.words.items())

    def queryset(self, request, queryset):
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() in self.words else queryset


class ActionFilter(WordsFilter):
    title, parameter_name = _("did"), "action"
    words = {
        "insert": pgettext_lazy("audit", "added"),
        "update": pgettext_lazy("audit", "changed"),
        "delete": pgettext_lazy("audit", "deleted"),
    }


class HouseFilter(SimpleListFilter):
    """One of the palaces of a union; not offered where there is only the palace in use."""

    title, parameter_name = _("palace"), "palace"

    def lookups(self, request, model_admin):
        below = request.user.palaces_below
        return [(str(pk), local_text(below[pk], "name")) for pk in model_admin.houses(request)]

    def has_output(self):
        return len(self.lookup_choices) > 1

    def queryset(self, request, queryset):
        chosen = self.value() in {value for value, _name in self.lookup_choices}
        return queryset.filter(palace_id=self.value()) if chosen else queryset


class MovementFilter(WordsFilter):
    title, parameter_name = _("movement"), "kind"
    words = {"payment": _("payment"), "refund": _("refund")}


class FateFilter(WordsFilter):
    title, parameter_name = _("state"), "dead"
    words = {"True": _("given up")}
