"""Finding a venue by what people type: its names, what it is for, everyday words, pinyin and its initials.

A house has some thirty venues and a page reads them all the same, so they are looked through here and nothing is indexed.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.utils.translation import override
from pypinyin import lazy_pinyin

from palace.accounts.words import tidy

from .models import Venue, VenueKind

# What people say for each kind beside its label; in both languages whatever the reader's is.
EVERYDAY: dict[str, str] = {
    VenueKind.BADMINTON: "羽球 打球 球馆 球场 shuttlecock court",
    VenueKind.BASKETBALL: "打球 球馆 球场 hoops court",
    VenueKind.TABLE_TENNIS: "乒乓 打球 球馆 球室 ping-pong pingpong ping pong",
    VenueKind.BILLIARDS: "桌球 斯诺克 snooker pool",
    VenueKind.GYM: "健身 运动 力量 跑步 器械 fitness workout weights treadmill room",
    VenueKind.DANCE: "舞蹈 跳舞 瑜伽 瑜珈 健美操 形体 dancing yoga aerobics ballet room",
    VenueKind.PIANO: "钢琴 练琴 音乐 music practice room",
    VenueKind.READING: "阅读 看书 图书 图书馆 书房 自习 上网 library books study computers room",
    VenueKind.THEATRE: "剧院 礼堂 演出 电影 theater auditorium stage cinema films",
    VenueKind.MEETING: "开会 会议 conference room",
    VenueKind.CLASSROOM: "上课 课堂 培训 classes training room",
}


# Words that belong to several kinds: found as they stand, but 羽毛球场 is no 球场 for basketball.
GENERAL = frozenset({"打球", "球馆", "球场", "球室", "运动", "court", "room", "music", "pool"})

# Who writes one of these about a venue, has written all of them.
ALIKE = (frozenset({"亲子", "儿童", "小孩", "孩子", "少儿", "family", "kids", "children"}),)


def finds(venue: Venue, asked: str) -> bool:
    """Each word of ``asked`` is in the text about ``venue``, is how a part of its names is read, or has one of them in it."""
    text, readings, names = search_text(venue), search_readings(venue), search_names(venue)
    return all(
        says(text, word) or any(reads(each, word) for each in readings) or any(names_in(word, each) for each in names)
        for word in normal(asked).split()
    )


def search_text(venue: Venue) -> str:
    """All that is written about it and its site, and what its kind is called."""
    own = (venue.name, venue.name_en, venue.summary, venue.summary_en, venue.pinyin)
    text = normal("\n".join([*own, *site_names(venue), *kind_words(venue.kind)]))
    return "\n".join([text, *(word for group in ALIKE if any(says(text, each) for each in group) for word in group)])


def site_names(venue: Venue) -> tuple[str, ...]:
    return (venue.site.name, venue.site.name_en) if venue.site_id else ()


def search_names(venue: Venue) -> set[str]:
    """What it may be called inside a longer word: 羽毛球 in 打羽毛球. Without words that would fit half of the house."""
    words = {normal(word) for word in (venue.name, *kind_words(venue.kind))}
    return {word for word in words if len(word) > 1} - GENERAL


def names_in(word: str, name: str) -> bool:
    return word.startswith(name) if name.isascii() else name in word


def search_readings(venue: Venue) -> list[tuple[str, ...]]:
    """Syllables of what it is called; those of a summary would fit nearly any two letters."""
    return [syllables(word) for word in (venue.name, *kind_words(venue.kind)) if not word.isascii()]


@lru_cache
def kind_words(kind: str) -> tuple[str, ...]:
    """The label of a kind in each language, and its everyday words."""
    label = next((each.label for each in VenueKind if each == kind), "")
    labels = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            labels.append(str(label))
    return (*labels, *EVERYDAY.get(kind, "").split())


@lru_cache(maxsize=2000)
def syllables(text: str) -> tuple[str, ...]:
    parts = (re.sub(r"[^a-z0-9]", "", part.lower()) for part in lazy_pinyin(text))
    return tuple(part for part in parts if part)


def normal(text: str) -> str:
    return tidy(text).casefold()


def says(text: str, word: str) -> bool:
    """Latin letters count from the start of a word: "art" is not in "party"."""
    start = r"(?<![a-z0-9])" if word[0].isascii() else ""
    return bool(re.search(start + re.escape(word), text))


def reads(syllables: tuple[str, ...], word: str) -> bool:
    """``word`` is a run of initials, or the reading itself from the start of a syllable on."""
    tails = ("".join(syllables[n:]) for n in range(len(syllables)))
    return word in "".join(part[0] for part in syllables) or any(tail.startswith(word) for tail in tails)
