"""The audit of a record as people read it: who, when, what, from what to what."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db.models import DateField, DateTimeField, Model, Q, QuerySet, TimeField
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .admin_columns import moment
from .models import AuditEntry
from .wording import amount_text

UNTOLD = {"id", "updated_at", "version", "path", "price_basis", "holder_id"}  # what the machine keeps for itself
LONGEST = 120
# How things of a model are named where staff read them, by ids; others by their own text. Filled by the apps above.
NAMES: dict[type[Model], Callable[[set], dict]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """``hidden``: personal, so the audit knows that it changed and not from what to what."""

    label: str
    before: str | None = None
    after: str | None = None
    hidden: bool = False

    @property
    def text(self) -> str:
        """From what to what; a new or a deleted record has only one of the two."""
        if self.hidden:
            return _("changed, personal")
        return " → ".join(value for value in (self.before, self.after) if value is not None)


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    action: str
    what: str
    changes: list[Change]


def entries_of(record: Model, parts: dict[type[Model], str] | None = None) -> QuerySet[AuditEntry]:
    """Audit of ``record`` and of its parts (``{model: name of its foreign key}``), newest first; also of deleted parts."""
    wanted = Q(table_name=record._meta.db_table, row_id=str(record.pk))
    for model, key in (parts or {}).items():
        table = model._meta.db_table
        own = AuditEntry.objects.filter(table_name=table).filter(
            Q(**{f"after__{key}_id": record.pk}) | Q(**{f"before__{key}_id": record.pk})
        )
        wanted |= Q(table_name=table, row_id__in=own.values("row_id"))
    return AuditEntry.objects.filter(wanted).order_by("-id")


def events(
    entries: list[AuditEntry],
    models: dict[str, type[Model]],
    *,
    names: bool = True,
    parts: Collection[type[Model]] = (),
) -> list[Event]:
    """``entries`` in words; ``models`` by table name. Costs a query for the actors and, with ``names``, one for each
    kind of thing that the entries point to; without, things are told by their ids. Which of its ``parts`` a record's
    change is about is said too, at a query for each kind of part.
    """
    actors = names_of(get_user_model(), {e.actor_id for e in entries if e.actor_id})
    things = related_names(entries, models) if names else {}
    of_parts = part_names(entries, parts)
    return [event(e, models.get(e.table_name), actors, things, of_parts) for e in entries]


def event(entry: AuditEntry, model, actors: dict, things: dict, of_parts: dict) -> Event:
    who = actors.get(entry.actor_id) or source_text(entry.source)
    kind = capfirst(str(model._meta.verbose_name)) if model else entry.table_name
    what = f"{kind} {of_parts.get((entry.table_name, entry.row_id), '')}".rstrip()
    return Event(entry.at, who, action_text(entry.action), what, changes_of(entry, model, things))


def part_names(entries: list[AuditEntry], parts: Collection[type[Model]]) -> dict[tuple[str, str], str]:
    """How the parts that ``entries`` are about are called: as they are now, or as they were when they were deleted."""
    found: dict[tuple[str, str], str] = {}
    for model in parts:
        table = model._meta.db_table
        own = [entry for entry in entries if entry.table_name == table]
        gone = {e.row_id: str(as_it_was(model, e.before)) for e in own if e.action == "delete" and e.before}
        here = names_of(model, {int(e.row_id) for e in own} - {int(pk) for pk in gone})
        found |= {(table, str(pk)): name for pk, name in (gone | here).items() if name != str(pk)}
    return found


def as_it_was(model: type[Model], values: dict) -> Model:
    """A record made of the audit's JSON; it is not in the database."""
    fields = {f.column: f for f in model._meta.concrete_fields}
    return model(**{fields[c].attname: fields[c].to_python(v) for c, v in values.items() if c in fields})


def action_text(action: str) -> str:
    words = {
        "insert": pgettext("audit", "added"),
        "update": pgettext("audit", "changed"),
        "delete": pgettext("audit", "deleted"),
    }
    return words.get(action, action)


def source_text(source: str) -> str:
    """Who acts where no person does."""
    return _("Database") if source.startswith("database:") else _("System")


def origin_text(source: str) -> str:
    """How a change came in."""
    words = {
        "web": pgettext("origin", "web"),
        "api": pgettext("origin", "other app"),
        "task": pgettext("origin", "worker"),
        "desk": pgettext("origin", "desk"),
        "walk_in": pgettext("origin", "desk, walk-in"),
        "move": pgettext("origin", "moved booking"),
        "release": pgettext("origin", "place let go"),
        "command": pgettext("origin", "command line"),
        "database": pgettext("origin", "database"),
    }
    return words.get(source.partition(":")[0], source)


def changes_of(entry: AuditEntry, model, things: dict) -> list[Change]:
    before, after = entry.before or {}, entry.after or {}
    names = entry.changed or [name for name, value in sorted((before or after).items()) if value not in (None, "")]
    return [change(name, before, after, model, things) for name in names if name not in UNTOLD]


def change(name: str, before: dict, after: dict, model, things: dict) -> Change:
    field = field_of(model, name)
    label = capfirst(_(str(field.verbose_name))) if field else name  # names that Django makes are in the catalogue too
    if name not in before and name not in after:
        return Change(label, hidden=True)
    was, became = (shown(values[name], field, things) if name in values else None for values in (before, after))
    return Change(label, was, became)


def field_of(model, column: str):
    fields = model._meta.concrete_fields if model else []
    return next((f for f in fields if f.column == column), None)


def shown(value, field, things: dict) -> str:
    """A value of the audit's JSON as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field is not None and field.remote_field:
        return things.get((field.remote_field.model, value), str(value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field is not None and field.name.endswith("_fen") and isinstance(value, int):
        return amount_text(value)
    if isinstance(field, TimeField):
        return str(value)[:5]
    if isinstance(field, DateTimeField):  # by its kind, never by its look: a name may be written like a time
        return moment(datetime.fromisoformat(value))
    if isinstance(field, DateField):
        return str(localize(date.fromisoformat(value)))
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def related_names(entries: list[AuditEntry], models: dict[str, type[Model]]) -> dict:
    """Names of the records that the entries point to: ``{(model, id): name}``."""
    wanted: dict[type[Model], set] = {}
    for entry in entries:
        for values in (entry.before or {}, entry.after or {}):
            for column, value in values.items():
                field = field_of(models.get(entry.table_name), column)
                if value is not None and field is not None and field.remote_field:
                    wanted.setdefault(field.remote_field.model, set()).add(value)
    return {(model, pk): name for model, pks in wanted.items() for pk, name in names_of(model, pks).items()}


def names_of(model, pks: set) -> dict:
    """Names by id; people as those may read them who do not need to know them."""
    if model in NAMES and pks:
        return NAMES[model](pks)
    return {pk: str(thing) for pk, thing in model._base_manager.in_bulk(pks).items()} if pks else {}
