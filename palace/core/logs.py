"""Logs without persons: phone and ID numbers are masked and rows of the database cut, in messages and tracebacks alike."""

import logging
import re

PATTERNS = [
    (re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)"), r"\1********\2"),
    (re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),
    # PostgreSQL's DETAIL shows the whole row; a value may hold brackets and line breaks, so all goes up to what follows it.
    (
        re.compile(
            r"(Failing row contains \().*?(?=\nCONTEXT:|\n\nThe above exception|\n\nDuring handling of|\Z)", re.DOTALL
        ),
        r"\1…)",
    ),
]


def masked(text: str) -> str:
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


class Masking(logging.Formatter):
    """Masks the line as it is written: with its exception and stack."""

    def format(self, record):
        return masked(super().format(record))
