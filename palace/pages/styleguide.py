"""/styleguide/: every component in every state, drawn by the templates that the pages use."""

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bookings.board import Cell

SAMPLE_CODE = "48261903"
HERE = "#main"


class SampleForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("Mobile"),
        help_text=gettext_lazy("For the reminder before you come in"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    trade = forms.ChoiceField(
        label=gettext_lazy("Trade"),
        choices=[
            ("welder", gettext_lazy("Electric welder")),
            ("lathe", gettext_lazy("Lathe operator")),
        ],
    )
    wish = forms.CharField(
        label=gettext_lazy("What you want to learn"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reminder = forms.ChoiceField(
        label=gettext_lazy("How to remind you"),
        choices=[
            ("sms", gettext_lazy("Text message")),
            ("inbox", gettext_lazy("Message in the portal")),
        ],
        widget=forms.RadioSelect,
    )
    companions = forms.MultipleChoiceField(
        label=gettext_lazy("Who comes along"),
        required=False,
        choices=[
            ("1", gettext_lazy("Li *fang (colleague)")),
            ("2", gettext_lazy("Zhou *ran (daughter)")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    rules = forms.BooleanField(label=gettext_lazy("I have read the rules of the hall"))

    def clean_code(self):
        raise forms.ValidationError(_("The code has 6 digits, 2 are missing. None arrived? Ask again in 60 seconds."))


def styleguide(request):
    return render(request, "pages/styleguide.html", samples(request))


def samples(request) -> dict:
    return {
        "swatches": swatches(),
        "form": sample_form(),
        "chips": chips(),
        "legend": legend(),
        "desk_legend": desk_legend(),
        "board": board(),
        "lanes": lanes(),
        "sheet": house_sheet(),
        "days": days(),
        "venues": venues(),
        "ticket": ticket(),
        "card": card(),
        "details": details(),
        "steps": [_("Choose a time"), _("Check"), _("Booked")],
        "tabs": [(_("The whole board"), HERE, True), (_("Free slots only"), HERE, False)],
        "page": Paginator(range(180), 20).get_page(request.GET.get("page", 2)),
        "columns": [(_("Venue"), ""), (_("Friday"), "n"), (_("Saturday"), "n"), (_("Total"), "n")],
        "rows": table_rows(),
        "lines": compared(),
        "nearest": [(_("11:00 court 2"), HERE), (_("12:00 court 1"), HERE)],
    }


def compared() -> list[dict]:
    figures = {_("Badminton hall"): ("212", "268", "480"), _("Gym"): ("146", "171", "317")}
    labels = [_("Friday"), _("Saturday"), _("Total")]
    return [
        {"head": n, "cells": [(label, f, "n") for label, f in zip(labels, row, strict=True)]}
        for n, row in figures.items()
    ]


def swatches() -> list[tuple[str, str]]:
    return [
        ("paper", _("paper, the ground of a page")),
        ("sheet", _("sheets and tables")),
        ("well", _("recesses and groups")),
        ("ink", _("ink, the text")),
        ("ink-2", _("light ink, second lines")),
        ("line", _("borders of controls")),
        ("red-fill", _("union red: mark, first button, mine, now")),
        ("jade-fill", _("wall green: free, open, done")),
        ("ochre", _("lot yellow: draw, waiting, nearly full")),
    ]


def sample_form() -> SampleForm:
    return SampleForm(
        {
            "phone": "138 0000 5678",
            "code": "4826",
            "trade": "welder",
            "reminder": "sms",
            "companions": ["1"],
            "rules": "on",
        }
    )


def chips() -> list[tuple[str, str]]:
    return [
        (_("Plenty of room"), "ok"),
        (_("Nearly full"), "wait"),
        (pgettext("venue", "Full"), "full"),
        (_("In class"), "off"),
        (_("20 minutes late"), "bad"),
        (_("Education and training"), ""),
    ]


def legend() -> list[tuple[Cell, str]]:
    return [
        (Cell("free", pgettext("slot", "Open")), _("can be booked")),
        (Cell("sel", pgettext("slot", "Pick")), _("your choice")),
        (Cell("mine", pgettext("slot", "Mine")), _("your booking")),
        (Cell("taken", pgettext("slot", "Taken")), _("somebody else's")),
        (Cell("class", pgettext("slot", "Class")), _("course or club")),
        (Cell("closed", pgettext("slot", "Closed")), _("repair or holiday")),
        (Cell("draw", pgettext("slot", "Draw")), _("waits for its draw")),
        (Cell("past", pgettext("slot", "Past")), _("its time is over")),
    ]


def desk_legend() -> list[tuple[Cell, str]]:
    return [
        (Cell("in", pgettext("slot", "Here")), _("has come in")),
        (Cell("due", pgettext("slot", "Missing")), _("should be here")),
    ]


def board() -> dict:
    return {
        "caption": _("Sample: three courts, every hour"),
        "columns": [
            {"plate": 1, "note": _("by the door")},
            {"plate": 2, "note": _("middle")},
            {"plate": 3, "note": _("by the window")},
        ],
        "bands": [
            {"label": _("Morning · free for members"), "rows": morning()},
            {"label": _("Afternoon · 15 yuan for members"), "rows": afternoon()},
        ],
    }


def free_slot(time: str, court: int, price: str) -> Cell:
    return Cell("free", pgettext("slot", "Open"), price, HERE, spoken(time, court))


def spoken(time: str, court: int) -> str:
    return _("%(time)s court %(court)s,") % {"time": time, "court": court}


def morning() -> list[dict]:
    past, taken = Cell("past", pgettext("slot", "Past")), Cell("taken", pgettext("slot", "Taken"))
    chosen = Cell("sel", pgettext("slot", "Pick"), _("Free"), HERE, spoken("11:00", 1))
    lesson = Cell("class", pgettext("slot", "Class"))
    return [
        {"time": "9:00", "cells": [past, past, past]},
        {"time": "10:00", "now": True, "cells": [taken, free_slot("10:00", 2, _("Free")), lesson]},
        {"time": "11:00", "cells": [chosen, free_slot("11:00", 2, _("Free")), lesson]},
    ]


def afternoon() -> list[dict]:
    price, taken = _("15 yuan"), Cell("taken", pgettext("slot", "Taken"))
    mine = Cell("mine", pgettext("slot", "Mine"), pgettext("slot", "Taken"), HERE, spoken("14:00", 1))
    closed = Cell("closed", pgettext("slot", "Closed"), _("lamps are mended"), rowspan=2)
    draw = Cell("draw", pgettext("slot", "Draw"), _("at 12:00"), HERE, spoken("15:00", 3))
    return [
        {"time": "14:00", "cells": [mine, closed, free_slot("14:00", 3, price)]},
        {"time": "15:00", "cells": [taken, None, draw]},
    ]


def house_sheet() -> dict:
    """As ``bookings.desk_board`` draws a day: a span is a length, in half hours."""
    here = [sheet_cell(2, "past", pgettext("slot", "Past")), sheet_cell(2, "in", pgettext("slot", "Here"))]
    due = [sheet_cell(3, "free", pgettext("slot", "Free")), sheet_cell(1, "due", pgettext("slot", "Missing"))]
    return {
        "caption": _("Sample: two places from 9:00 to 13:00"),
        "hours": [("9", 2), ("10", 2), ("11", 2), ("12", 2)],
        "columns": 9,
        "now_at": "33.33%",
        "groups": [
            {
                "label": _("Badminton hall"),
                "rows": [
                    {"name": _("Court 1"), "cells": [*here, sheet_cell(4, "taken", pgettext("slot", "Taken"))]},
                    {"name": _("Court 3"), "cells": [*due, sheet_cell(4, "closed", pgettext("slot", "Closed"))]},
                ],
            }
        ],
    }


def sheet_cell(span: int, state: str, label: str) -> dict:
    return {"span": span, "state": state, "label": label, "href": HERE, "spoken": ""}


def lanes() -> list[dict]:
    return [
        {
            "time": "14:00",
            "note": _("1 court free"),
            "slots": [
                {"label": _("Court 3"), "note": _("15 yuan"), "href": HERE},
                {
                    "label": _("Court 1"),
                    "note": pgettext("slot", "Mine"),
                    "href": HERE,
                    "kind": "plain",
                },
            ],
        },
        {
            "time": "15:00",
            "note": _("No court free"),
            "slots": [
                {
                    "label": _("Court 3"),
                    "note": pgettext("slot", "Draw"),
                    "href": HERE,
                    "kind": "plain",
                }
            ],
        },
    ]


def days() -> list[dict]:
    names = [pgettext("weekday", name) for name in ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri")]
    counts = [0, 58, 55, 49, 52, 44]
    first = {
        "label": _("Today"),
        "number": 21,
        "note": free_note(17),
        "free": True,
        "href": HERE,
        "current": True,
    }
    return [first] + [
        {
            "label": name,
            "number": 22 + n,
            "note": free_note(count),
            "free": bool(count),
            "href": HERE,
        }
        for n, (name, count) in enumerate(zip(names, counts, strict=True))
    ]


def free_note(count: int) -> str:
    return _("%(count)s free") % {"count": count} if count else pgettext("venue", "Full")


def venues() -> list[dict]:
    hours = [_("11:00"), _("12:00"), _("13:00")]
    return [
        {"name": _("Badminton hall"), "href": HERE, "count": 1, "after": _("court free"), "chip": _("Nearly full"),
         "chip_kind": "wait", "bar_kind": "near", "taken": 5, "places": 6,
         "next": list(zip(hours, [free_note(3), free_note(4), free_note(1)], strict=True))},
        {"name": _("Gym"), "href": HERE, "before": _("room for"), "count": 28, "after": pgettext("persons", "more"),
         "chip": _("Plenty of room"), "chip_kind": "ok", "taken": 12, "places": 40,
         "next": list(zip(hours, [free_note(26), free_note(18), free_note(22)], strict=True))},
        {"name": _("Basketball hall"), "href": HERE, "count": 0, "after": _("half courts free"),
         "chip": pgettext("venue", "Full"), "chip_kind": "full", "bar_kind": "full", "taken": 2, "places": 2,
         "next": list(zip(hours, [free_note(0), free_note(1), free_note(2)], strict=True))},
        {"name": _("Dance studio"), "href": HERE, "state": _("A class is on"), "chip": _("In class"), "chip_kind": "off",
         "sentence": _("Children's Latin dance until 11:30, then free until 14:00")},
    ]  # fmt: skip


def ticket() -> dict:
    return {
        "title": _("My next booking"),
        "chip": pgettext("booking", "Booked"),
        "chip_kind": "ok",
        "when": format_html('<span class="nb">{} 14:00–15:00</span>', _("Today")),
        "place": _("Badminton hall"),
        "plate": 3,
        "after": _("15 yuan, paid on arrival"),
        "note": _("You can come in from 13:50. Cannot come? Give it back before 13:30, that is no no-show."),
        "qr": SAMPLE_CODE,
        "qr_label": _("QR code for the entrance"),
        "code": "4826 1903",
        "code_label": _("Code for the entrance"),
        "href": HERE,
        "action": _("Show it large"),
    }


def card() -> dict:
    return {
        "title": _("Member's code"),
        "union": _("Sample union"),
        "qr": SAMPLE_CODE,
        "qr_label": _("QR code for the entrance"),
        "code": "482 619",
        "code_label": _("It does not scan? Read out these six"),
        "ticking": True,
        "rule": _("New every 30 seconds; a screenshot does not work"),
        "name": _("Zhou *ming"),
        "chip": _("Member"),
        "number": "3304 **** 8842",
    }


def details() -> list[tuple]:
    return [
        (_("Time"), format_html('<span class="nb">{} 11:00–12:00</span>', _("Today")), ""),
        (_("Place"), _("Badminton hall, court 1"), _("main building, third floor")),
        (_("Price"), _("Free"), _("for members in the morning")),
    ]


def table_rows() -> list[dict]:
    return [
        {"head": _("Badminton hall"), "cells": [212, 268, 480]},
        {"head": _("Gym (chosen)"), "cells": [146, 171, 317], "kind": "me"},
        {"head": _("Total"), "cells": [358, 439, 797], "kind": "sum"},
    ]
