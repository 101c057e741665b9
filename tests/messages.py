"""Collects every sentence that code and templates ask a translation for, without gettext's own tools."""

import ast
import re
from pathlib import Path

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FOLDERS = ("palace", "venues", "bookings", "courses", "partners", "assessments")
PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop", "say"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
# templatize writes calls such as gettext(u"…"), pgettext("…", "…") and ngettext("…","…", count)
STRING = r'(?:u?"(?:[^"\\]|\\.)*"|u?\'(?:[^\'\\]|\\.)*\')'
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING})\s*(?:,\s*({STRING}))?\s*(?:,\s*({STRING}))?")

Message = tuple[str | None, str]


def literal(node) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def of_python(source: str) -> set[Message]:
    found: set[Message] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [literal(a) for a in node.args]
        if name in PLAIN | PLURAL and texts and texts[0]:
            found.add((None, texts[0]))
        elif name in CONTEXT | CONTEXT_PLURAL and len(texts) > 1 and texts[0] and texts[1]:
            found.add((texts[0], texts[1]))
    return found


def of_template(source: str) -> set[Message]:
    found: set[Message] = set()
    for name, *quoted in TEMPLATE_CALL.findall(templatize(source)):
        texts = [ast.literal_eval(q) for q in quoted if q]
        if "p" in name.replace("gettext", ""):
            found.add((texts[0], texts[1]))
        else:
            found.add((None, texts[0]))
    return found


def used() -> dict[Message, str]:
    """Each message with one file that uses it."""
    found: dict[Message, str] = {}
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= dict.fromkeys(of_python(path.read_text()), str(path.relative_to(ROOT)))
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        found |= dict.fromkeys(of_template(path.read_text()), str(path.relative_to(ROOT)))
    return found


def translated() -> set[Message]:
    return {(e.msgctxt, e.msgid) for e in polib.pofile(str(CATALOGUE)) if e.translated() and not e.fuzzy}


def missing() -> list[tuple[str, str | None, str]]:
    known = translated()
    return sorted(
        (where, context or "", text) for (context, text), where in used().items() if (context, text) not in known
    )
