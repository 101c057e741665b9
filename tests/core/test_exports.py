import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from palace.core import exports
from palace.core.exports import cell, export_list, workbook
from palace.core.models import AuditEntry, ExportRecord

from ..factories import make_palace, make_user

HALF_PAST = datetime.combine(date(2026, 11, 21), time(0, 30))  # in Shanghai; Excel knows no zones


def sheet(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cell_takes_the_trigger_from_every_formula(start):
    assert cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (-5, -5),
        (1.5, 1.5),
        (True, "是"),
        (False, "否"),
        (date(2026, 11, 21), date(2026, 11, 21)),
        (datetime(2026, 11, 20, 16, 30, tzinfo=UTC), HALF_PAST),
        (time(9, 30), time(9, 30)),
        (Decimal("15.5"), Decimal("15.5")),
        ("a=1", "a=1"),
        ("bell\x07", "bell�"),
        ("x" * 40_000, "x" * 32_767),
    ],
)
def test_cell_keeps_what_is_harmless(value, expected):
    assert cell(value) == expected


def test_workbook_holds_no_formula_and_says_who_made_it():
    content = workbook(title="a/b:[c]", headers=["=名称", "n"], rows=[["=1+1", -3], ["+86", "@x"]], watermark="=谁导出")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [[c.value for c in row] for row in book.active.rows] == [
        ["'=名称", "n"], ["'=1+1", -3], ["'+86", "'@x"], ["'=谁导出", None]
    ]  # fmt: skip
    assert "f" not in {c.data_type for row in book.active.rows for c in row}
    assert book.active.title == "a b  c"


@pytest.mark.parametrize("text", ["{=1+1}", "{=HYPERLINK(1)}", "http://a.example", "internal:A1", "mailto:a@b.example"])
def test_text_stays_text_wherever_it_stands(text):
    content = workbook(title="x", headers=[text], rows=[[text]], watermark=text)
    cells = [c for row in openpyxl.load_workbook(io.BytesIO(content)).active.rows for c in row]
    assert [(c.value, c.data_type, c.hyperlink) for c in cells] == [(text, "s", None)] * 3


def test_workbook_is_as_wide_as_its_words_and_knows_days_times_and_amounts():
    rows = [["羽毛球馆", date(2026, 11, 21), datetime(2026, 11, 20, 16, 30, tzinfo=UTC), time(9), Decimal("15.5"), 3]]
    content = workbook(title="x", headers=["馆", "a", "b", "c", "d", "e" * 99], rows=rows, watermark="谁" * 99)
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [(c.value, c.number_format) for c in page[2]] == [
        ("羽毛球馆", "General"),
        (datetime.combine(date(2026, 11, 21), time()), "yyyy-mm-dd"),
        (HALF_PAST, "yyyy-mm-dd hh:mm"),
        (time(9), "hh:mm"),
        (15.5, "0.00"),
        (3, "General"),
    ]
    assert [int(page.column_dimensions[letter].width) for letter in "ABCDEF"] == [10, 12, 18, 10, 6, 62]


@pytest.mark.django_db
def test_export_list_leaves_a_record_and_an_audit_row():
    palace, by = make_palace(), make_user(name="张建国")
    content = export_list(
        what="venues.Venue",
        title="场馆",
        headers=["名称"],
        rows=[["甲"], ["乙"]],
        by=by,
        palace=palace,
        purpose=" 盘点 ",
    )
    record = ExportRecord.objects.get()
    facts = (record.palace_id, record.by, record.what, record.purpose, record.rows, len(record.sha256))
    assert facts == (palace.pk, by, "venues.Venue", "盘点", 2, 64)
    assert list(
        AuditEntry.objects.filter(table_name="core_exportrecord").values_list("action", "palace_id", "after__rows")
    ) == [("insert", palace.pk, 2)]
    last = sheet(content)[-1][0]
    assert last.startswith("张建国 于 ")
    assert last.endswith("导出，用途：盘点")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "purpose", "code"), [([["x"]], "  ", "purpose_missing"), ([["x"]] * 3, "盘点", "too_many_rows")]
)
def test_export_list_refuses(rows, purpose, code, monkeypatch):
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    with pytest.raises(ValidationError) as caught:
        export_list(what="x", title="x", headers=["n"], rows=rows, by=make_user(), palace=None, purpose=purpose)
    error = caught.value
    assert (error.error_dict["purpose"][0] if hasattr(error, "error_dict") else error).code == code
    assert ExportRecord.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.invariant
def test_records_of_exports_only_grow():
    make_user()
    export_list(what="x", title="x", headers=["n"], rows=[["1"]], by=make_user(), palace=None, purpose="盘点")
    for change in (lambda: ExportRecord.objects.update(rows=0), lambda: ExportRecord.objects.all().delete()):
        with pytest.raises((IntegrityError, ProgrammingError, InternalError)), transaction.atomic():
            change()
    assert ExportRecord.objects.get().rows == 1
