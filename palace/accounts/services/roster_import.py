"""A union's roster from an Excel file: read at once, written by a job that may be started again."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import load_workbook

from palace.accounts.models import MemberCategory, RosterEntry
from palace.accounts.phones import normalise
from palace.accounts.words import read_employer, read_name, tidy, tidy_card
from palace.core.jobs import progress, start_job
from palace.core.models import Job
from palace.unions.models import Union

KIND = "roster_import"
MOST_ROWS, MOST_BYTES, MOST_PROBLEMS = 5000, 1_500_000, 100
MOST_UNPACKED = 40_000_000  # a small file may hold gigabytes of nothing
STEP = 50
HEADERS = {
    "name": {"姓名", "name"},
    "card_number": {"会员卡号", "工会会员卡号", "卡号", "card number", "card"},
    "phone": {"手机号", "手机", "phone", "mobile"},
    "employer": {"工作单位", "单位", "employer"},
    "category": {"类别", "category"},
}
LANGUAGES = ("zh-hans", "en")


class Line(NamedTuple):
    number: int
    cells: dict[str, str]


def import_roster_file(*, file, union: Union, by, palace) -> Job:
    """Begin to import ``file``. Raises ``no_workbook``, ``too_large``, ``no_columns``, ``no_rows`` or ``too_many_rows``."""
    lines = read_lines(file)
    title = _("Roster of %(union)s") % {"union": union.name}
    params = {"union": union.pk, "lines": [[line.number, line.cells] for line in lines]}
    return start_job(kind=KIND, title=title, params=params, by=by, palace=palace)


# --- reading ----------------------------------------------------------------------------------------


def read_lines(file) -> list[Line]:
    try:
        refuse_large(file)
        book = load_workbook(file, read_only=True, data_only=True)
        return checked(lines_of(book.worksheets[0].iter_rows(values_only=True)))
    except ValidationError:
        raise
    except (BadZipFile, OSError, ValueError, KeyError, IndexError, TypeError, SyntaxError) as error:
        raise refusal(
            _("This is not an Excel file. Save the list as .xlsx and choose it again."), "no_workbook"
        ) from error


def refuse_large(file) -> None:
    with ZipFile(file) as packed:
        unpacked = sum(part.file_size for part in packed.infolist())
    if file.size > MOST_BYTES or unpacked > MOST_UNPACKED:
        raise refusal(_("This file is larger than 1.5 MB. Divide it and import the parts."), "too_large")


def refusal(text: str, code: str) -> ValidationError:
    return ValidationError({"file": ValidationError(text, code=code)})


def lines_of(rows: Iterable[tuple]) -> Iterator[Line]:
    """Each row that is not empty, by the names in the first one."""
    rows = iter(rows)
    columns = columns_of(next(rows, ()))
    for number, row in enumerate(rows, start=2):
        cells = {field: text_of(row[at]) for field, at in columns.items() if at < len(row)}
        if any(cells.values()):
            yield Line(number, cells)


def columns_of(header: tuple) -> dict[str, int]:
    names = [text_of(cell).lower() for cell in header]
    found = {field: at for at, name in enumerate(names) for field, known in HEADERS.items() if name in known}
    if not {"name", "card_number"} <= found.keys():
        raise refusal(_("The first row must name the columns; name and card number are needed."), "no_columns")
    return found


def text_of(cell) -> str:
    """A number that Excel keeps as 9904.0 is written as people see it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return tidy(str(cell)).replace("\0", "") if cell is not None else ""


def checked(lines: Iterator[Line]) -> list[Line]:
    found = []
    for line in lines:
        found.append(line)
        if len(found) > MOST_ROWS:
            raise refusal(
                _("That is more than %(most)d lines. Divide the list.") % {"most": MOST_ROWS}, "too_many_rows"
            )
    if not found:
        raise refusal(_("There is no line below the first row."), "no_rows")
    return found


# --- writing: the job -------------------------------------------------------------------------------


def run(job: Job) -> dict:
    """Write each line by its card number; a line that cannot be written is told, the others count."""
    union = Union.objects.get(pk=job.params["union"])
    lines = [Line(number, cells) for number, cells in job.params["lines"]]
    problems = []
    for done, line in enumerate(lines, start=1):
        if problem := problem_of(line, union):
            problems.append(problem)
        if done % STEP == 0 or done == len(lines):
            progress(job, done, len(lines))
    forget_lines(job)
    return result(len(lines) - len(problems), problems)


def forget_lines(job: Job) -> None:
    """Names and numbers stand in the roster now, and nowhere else."""
    Job.objects.filter(pk=job.pk).update(params={"union": job.params["union"]})


def result(written: int, problems: list[str]) -> dict:
    text = verdict(written, len(problems))
    href, action = reverse("admin:accounts_rosterentry_changelist"), _("Open the roster")
    return {"text": text, "href": href, "action": action, "problems": shortened(problems)}


def verdict(written: int, refused: int) -> str:
    if not refused:
        return ngettext("%(n)d line is in the roster.", "%(n)d lines are in the roster.", written) % {"n": written}
    text = ngettext(
        "%(written)d of %(all)d lines are in the roster; %(n)d was refused, see below why.",
        "%(written)d of %(all)d lines are in the roster; %(n)d were refused, see below why.",
        refused,
    )
    return text % {"written": written, "all": written + refused, "n": refused}


def shortened(problems: list[str]) -> list[str]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    text = ngettext("And %(n)d more line like these.", "And %(n)d more lines like these.", more)
    return [*problems[:MOST_PROBLEMS], text % {"n": more}]


def problem_of(line: Line, union: Union) -> str:
    try:
        write(fields_of(line.cells), union)
    except ValidationError as error:
        return _("Line %(n)d: %(problem)s") % {"n": line.number, "problem": told(error)}
    return ""


def told(error: ValidationError) -> str:
    """What is wrong, each with the column it is in."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        _("%(column)s: %(problem)s") % {"column": column_text(name), "problem": text} if column_text(name) else text
        for name, texts in error.message_dict.items()
        for text in texts
    )


def column_text(field: str) -> str:
    """As the people who fill in the list call it."""
    if field == NON_FIELD_ERRORS:
        return ""
    names = {each.name: str(each.verbose_name) for each in RosterEntry._meta.concrete_fields}
    return (names | {"name": _("Name")})[field]


def fields_of(cells: dict[str, str]) -> dict[str, str]:
    phone = cells.get("phone", "")
    return {
        "name": read_name(cells["name"]) if cells.get("name") else "",
        "card_number": tidy_card(cells.get("card_number")),
        "phone": normalise(phone) if phone else "",
        "employer": read_employer(cells.get("employer")),
        "category": category_of(cells.get("category", "")),
    }


def category_of(text: str) -> str:
    if not text:
        return MemberCategory.EMPLOYEE
    for language in LANGUAGES:
        with translation.override(language):
            known = {str(label): value for value, label in MemberCategory.choices}
        if text.lower() in known:
            return known[text.lower()]
    raise ValidationError(_("“%(text)s” is no category of members.") % {"text": text}, code="category_unknown")


def write(fields: dict[str, str], union: Union) -> None:
    entry = RosterEntry.objects.filter(card_number=fields["card_number"]).first() or RosterEntry(union=union)
    refuse_foreign(entry, fields, union)
    for field, value in fields.items():
        setattr(entry, field, value)
    entry.full_clean()
    entry.save()


def refuse_foreign(entry: RosterEntry, fields: dict[str, str], union: Union) -> None:
    """A card stands in one roster; and who verified an account by a line keeps his name in it."""
    if entry.union_id != union.pk:
        raise ValidationError(_("This card is in the roster of another union."), code="other_union")
    if entry.member_id and entry.name != fields["name"]:
        raise ValidationError(_("This card has an account under another name."), code="name_differs")
