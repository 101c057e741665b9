"""Both languages are complete: every sentence in code and templates has its Chinese."""

import re
from pathlib import Path

import django
import polib
import pytest
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from .messages import CATALOGUE, missing

ENGLISH = CATALOGUE.parents[2] / "en" / "LC_MESSAGES" / "django.po"
DJANGO = Path(django.__file__).parent / "conf" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def test_every_message_has_its_chinese():
    assert missing() == []


def test_placeholders_survive_translation():
    holders = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = [
        e.msgid
        for e in polib.pofile(str(CATALOGUE))
        for text in ([e.msgstr] if e.msgstr else e.msgstr_plural.values())
        if set(holders.findall(text)) - set(holders.findall(e.msgid + (e.msgid_plural or "")))
    ]
    assert wrong == []


def texts(entry) -> list[str]:
    return [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values())


def test_english_replaces_only_sentences_of_django_and_each_has_its_chinese():
    english = polib.pofile(str(ENGLISH))
    ours, theirs = ({e.msgid for e in polib.pofile(str(path))} for path in (CATALOGUE, DJANGO))
    assert [e.msgid for e in english if e.msgid not in ours or e.msgid not in theirs or not all(texts(e))] == []


class Everything(forms.Form):
    needed = forms.CharField()
    day = forms.DateField()
    moment = forms.DateTimeField()
    amount = forms.DecimalField(max_digits=5, decimal_places=2)
    persons = forms.IntegerField(min_value=1)
    short = forms.CharField(max_length=3)
    choice = forms.ChoiceField(choices=[("a", "A")])


def said(language: str) -> list[str]:
    data = {"day": "gestern", "moment": "x", "amount": "1.234", "persons": "0", "short": "long", "choice": "b"}
    with translation.override(language):
        return [errors[0] for errors in Everything(data).errors.values()]


def test_stock_errors_of_forms_say_what_to_do():
    assert said("en") == [
        "This is needed: fill it in.",
        "Choose a day, or type it as year-month-day, such as 2026-11-21.",
        "Choose day and time, or type them such as 2026-11-21 18:30.",
        "Type at most 2 digits after the point.",
        "Type at least 1.",
        "At most 3 characters fit; there are 4. Make it shorter.",
        "b is not on the list. Choose one that is.",
    ]
    assert said("zh-hans") == [
        "这一项要填。",
        "选一天，或写成年-月-日，例如 2026-11-21。",
        "选日期和时间，或写成 2026-11-21 18:30 这样。",
        "小数最多 2 位。",
        "至少填 1。",
        "最多 3 个字，现在有 4 个，删短一点。",
        "列表里没有“b”，从列表里选一项。",
    ]


def test_passwords_are_refused_in_the_readers_language():
    for password in ("short", "12345678901", "password"):
        with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
            validate_password(password)
        assert [text for text in refused.value.messages if re.search("[A-Za-z]", text)] == []
