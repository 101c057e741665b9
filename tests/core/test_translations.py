import gettext
import os

import pytest

from palace.core import translations

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Court"
msgstr "场地"
"""


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    return folder / "django.po"


def word(tmp_path):
    return gettext.translation("django", str(tmp_path), ["zh_Hans"]).gettext("Court")


def test_compile_all_writes_what_gettext_reads(tmp_path, source):
    assert translations.compile_all(tmp_path) == [source.with_suffix(".mo")]
    assert word(tmp_path) == "场地"
    assert sorted(path.name for path in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_compile_all_skips_what_did_not_change(tmp_path, source):
    translations.compile_all(tmp_path)
    assert translations.compile_all(tmp_path) == []
    later = source.with_suffix(".mo").stat().st_mtime_ns + 1
    os.utime(source, ns=(later, later))
    assert translations.compile_all(tmp_path) == [source.with_suffix(".mo")]


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"LANG": "en_GB", "LC_MESSAGES": "ZH_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_language_of_terminal(environ, language):
    assert translations.language_of_terminal(environ) == language


def test_speaker_falls_back_to_english():
    translations.compile_all()
    assert translations.speaker("en")("Stopping …") == "Stopping …"
    assert translations.speaker("zh")("Stopping …") == "正在停止……"
    assert translations.speaker("zh")("never translated") == "never translated"
