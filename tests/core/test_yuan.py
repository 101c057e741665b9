"""Amounts as people type them."""

import pytest
from django.core.exceptions import ValidationError

from palace.core.yuan import YuanField


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("10", 1000),
        (" 10 ", 1000),
        ("12.5", 1250),
        ("12.50", 1250),
        (".5", 50),
        ("5.", 500),
        ("0", 0),
        ("１２．５０", 1250),
        ("9999999.99", 999999999),
    ],
)
def test_yuan_gives_fen(typed, fen):
    assert YuanField().clean(typed) == fen


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1e1", "填数字。"),
        ("1E-1", "填数字。"),
        ("１ｅ１", "填数字。"),
        ("1_0", "填数字。"),
        ("+10", "填数字。"),
        ("1,000", "填数字。"),
        ("١٠", "填数字。"),
        ("10 元", "填数字。"),
        (".", "填数字。"),
        ("-", "填数字。"),
        ("--1", "填数字。"),
        ("NaN", "填数字。"),
        ("Infinity", "填数字。"),
        ("1.005", "小数最多 2 位。"),
        ("", "这一项要填。"),
    ],
)
def test_yuan_refuses_what_is_no_amount(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        YuanField().clean(typed)
    assert refusal.value.messages == [sentence]


def test_yuan_below_the_least_says_so():
    with pytest.raises(ValidationError) as refusal:
        YuanField(min_value=0).clean("-1")
    assert [each.code for each in refusal.value.error_list] == ["min_value"]


@pytest.mark.parametrize(
    ("typed", "changed"), [("15", False), ("15.00", False), ("１５", False), ("16", True), ("1e1", True)]
)
def test_yuan_has_changed_by_its_amount(typed, changed):
    assert YuanField().has_changed(1500, typed) is changed


def test_yuan_left_empty_is_none():
    assert YuanField(required=False).clean("") is None
