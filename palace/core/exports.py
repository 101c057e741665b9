"""Lists as Excel files: nothing in them runs as a formula, each says who made it, and each leaves a record."""

import hashlib
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter import Workbook

from .models import ExportRecord

MOST_ROWS = 20_000
TRIGGERS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # what Excel takes
WIDEST = 60  # letters of a column; what is longer is read in the cell
FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm", Decimal: "0.00"}


def cell(value):
    """``value`` for a cell: numbers and times stay what they are, and no text begins as a formula would."""
    if value is None or isinstance(value, bool):
        return "" if value is None else (_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value  # Excel knows no zones: Shanghai
    if isinstance(value, int | float | Decimal | date | time):
        return value
    return neutral(ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", str(value)))[:LONGEST_CELL]


def neutral(text: str) -> str:
    return f"'{text}" if text.startswith(TRIGGERS) else text


def workbook(*, title: str, headers: Sequence[str], rows: Iterable[Sequence], watermark: str) -> bytes:
    """An xlsx file: one row of headers, the rows, and a last line that says where it comes from.

    Amounts are given as ``Decimal`` in yuan.
    """
    lines = [[cell(value) for value in row] for row in (headers, *rows)]
    file = io.BytesIO()
    book = Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )  # text stays text
    sheet = book.add_worksheet(sheet_title(title))
    bold = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in FORMATS.items()}
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, lines[0], bold)
    for n, line in enumerate(lines[1:], start=1):
        for m, value in enumerate(line):
            sheet.write(n, m, value, formats.get(type(value)))
    for m, column in enumerate(zip(*lines, strict=True)):
        sheet.set_column(m, m, min(max(map(width, column)), WIDEST) + 2)
    sheet.write(len(lines), 0, cell(watermark))
    book.close()
    return file.getvalue()


def width(value) -> int:
    """In letters; a Han character is as wide as two."""
    if isinstance(value, datetime):
        return len("2026-11-20 16:30")
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in str(value))


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
