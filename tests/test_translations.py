"""Both languages are complete: every sentence in code and templates has its Chinese."""

import polib

from .messages import CATALOGUE, missing


def test_every_message_has_its_chinese():
    assert missing() == []


def test_placeholders_survive_translation():
    import re

    holders = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    wrong = [
        e.msgid
        for e in polib.pofile(str(CATALOGUE))
        for text in ([e.msgstr] if e.msgstr else e.msgstr_plural.values())
        if set(holders.findall(text)) - set(holders.findall(e.msgid + (e.msgid_plural or "")))
    ]
    assert wrong == []
