"""Compiles the catalogues: a bare machine has no msgfmt, and compiled files are not kept."""

import gettext
import os
from pathlib import Path

import polib

LOCALES = Path(__file__).resolve().parent.parent.parent / "locale"


def compile_all(folder: Path = LOCALES) -> list[Path]:
    """Compile every catalogue under ``folder`` that changed since; returns the files written."""
    sources = sorted(folder.glob("*/LC_MESSAGES/*.po"))
    return [compile_one(source) for source in sources if is_stale(source)]


def is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def compile_one(source: Path) -> Path:
    """Written beside its place and moved: a second program never reads half a file."""
    target = source.with_suffix(".mo")
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    polib.pofile(str(source)).save_as_mofile(str(fresh))
    fresh.replace(target)
    return target


def speaker(language: str):
    """A function that says an English sentence in ``language`` ("zh" or "en"), without Django."""
    wanted = {"zh": ["zh_Hans"], "en": []}[language]
    return gettext.translation("django", str(LOCALES), wanted, fallback=True).gettext


def language_of_terminal(environ=os.environ) -> str:
    """ "zh" where the terminal is set to Chinese, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"
