"""Lists as Excel files: nothing in them runs as a formula, each says who made it, and each leaves a record."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.formats.base_formats import XLSX
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from tablib import Dataset

from .models import ExportRecord

MOST_ROWS = 20_000
TRIGGERS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # what Excel takes


def cell(value):
    """``value`` for a cell: numbers stay numbers, and no text begins as a formula would."""
    if value is None or isinstance(value, bool):
        return "" if value is None else (_("yes") if value else _("no"))
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return neutral(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text))[:LONGEST_CELL]


def neutral(text: str) -> str:
    return f"'{text}" if text.startswith(TRIGGERS) else text


def workbook(*, title: str, headers: Sequence[str], rows: Iterable[Sequence], watermark: str) -> bytes:
    """An xlsx file: one row of headers, the rows, and a last line that says where it comes from."""
    data = Dataset(headers=[cell(h) for h in headers], title=sheet_title(title))
    for row in rows:
        data.append([cell(value) for value in row])
    data.append([cell(watermark), *[""] * (len(headers) - 1)])
    return XLSX().export_data(data)


def sheet_title(text: str) -> str:
    return "".join(" " if c in r"[]:*?/\'" else c for c in text)[:31].strip() or "1"


def watermark(by, purpose: str, now: datetime) -> str:
    parts = {"name": by.name, "when": f"{timezone.localtime(now):%Y-%m-%d %H:%M}", "purpose": purpose}
    return _("Exported by %(name)s on %(when)s for: %(purpose)s") % parts


@transaction.atomic
def export_list(*, what: str, title: str, headers, rows: list, by, palace, purpose: str, filters: str = "") -> bytes:
    """The list as a file, and the record of it in the same transaction.

    ``what`` names the kind of list for the record. Raises ``purpose_missing`` or ``too_many_rows``.
    """
    purpose = purpose.strip()
    if not purpose:
        raise ValidationError(
            {"purpose": ValidationError(_("Write in a few words what you need the list for."), "purpose_missing")}
        )
    refuse_too_many(len(rows))
    content = workbook(title=title, headers=headers, rows=rows, watermark=watermark(by, purpose, timezone.now()))
    ExportRecord.objects.create(
        palace_id=getattr(palace, "pk", None),
        by=by,
        what=what,
        purpose=purpose,
        filters=filters[:1000],
        rows=len(rows),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return content


def refuse_too_many(count: int) -> None:
    if count > MOST_ROWS:
        text = _("That is more than %(most)d rows. Narrow the list with the filters, then export it.")
        raise ValidationError(text % {"most": MOST_ROWS}, "too_many_rows")
