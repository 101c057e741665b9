"""How names, cards and search texts are written the same way everywhere."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

# Surnames that a dictionary reads in another way.
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou", "盖": "ge", "朴": "piao",
    "尉": "wei", "万": "wan", "种": "chong", "重": "chong", "秘": "bi", "缪": "miao", "乐": "yue", "折": "she", "员": "yun",
    "曲": "qu", "宁": "ning", "翟": "zhai", "覃": "qin", "长": "zhang", "柏": "bai", "薄": "bo", "晁": "chao", "召": "shao",
}  # fmt: skip

EMPLOYER_SIGNS = "·'’.-() （）0123456789&/,，、“”\"#+№—"


def tidy(value: str | None) -> str:
    """``value`` with half-width letters and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", value or "").split())


def tidy_name(value: str | None) -> str:
    """As ``tidy``; the point in 买买提·阿不都 is one letter however it was typed, and Chinese names hold no spaces."""
    text = re.sub(r"\s*[·•・‧.．]\s*", "·", tidy(value))
    return re.sub(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])", "", text)


def is_written(text: str, also: str = "·'’.-() （）") -> bool:
    """Letters of any script, rare Chinese ones too, and the signs ``also``; pictures and brackets of code are no name."""
    kinds = [unicodedata.category(char)[0] for char in text if char not in also]
    return "L" in kinds and set(kinds) <= {"L", "M"}


def read_name(value: str | None) -> str:
    """``value`` tidied. Raises ``required`` where nothing is left and ``name`` for what is no name."""
    name = tidy_name(value)
    if not name:
        raise ValidationError(_("Write your name."), code="required")
    if not is_written(name):
        raise ValidationError(_("A name has letters only. Write it as on the card."), code="name")
    return name


def read_employer(value: str | None) -> str:
    """``value`` tidied; may be empty. Raises ``name`` for what no employer is called."""
    employer = tidy(value)
    if employer and not is_written(employer, also=EMPLOYER_SIGNS):
        raise ValidationError(_("Write the employer's name in letters and figures."), code="name")
    return employer


def tidy_card(value: str | None) -> str:
    """Capital letters and figures only."""
    return re.sub(r"[\s\-—_]", "", tidy(value)).upper()


def pinyin_of(name: str) -> str:
    """Full pinyin and initials: 周小明 is "zhouxiaoming zxm"."""
    parts = lazy_pinyin(name)
    if name[:1] in SURNAMES and parts:
        parts[0] = SURNAMES[name[0]]
    letters = [re.sub(r"[^a-z]", "", part.lower()) for part in parts]
    return f"{''.join(letters)} {''.join(part[:1] for part in letters)}".strip()[:200]
