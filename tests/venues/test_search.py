"""Venues are found by what people type: names, kinds, everyday words, pinyin and its initials."""

import pytest
from django.utils.translation import override
from pypinyin import Style, lazy_pinyin

from palace.demo.catalogue import PALACES
from venues.models import Site, Venue, VenueKind
from venues.search import EVERYDAY, finds

SPECS = [spec for palace in PALACES for site in palace.sites for spec in site.venues]


def venue(kind="other", name="三号厅", **fields) -> Venue:
    return Venue(kind=kind, name=name, **fields)


def label_of(kind: str, language: str) -> str:
    with override(language):
        return str(VenueKind(kind).label)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name[1])
def test_every_venue_is_found_by_its_names_its_initials_and_its_kind(spec):
    hall = venue(spec.kind, spec.name[0], name_en=spec.name[1], summary=spec.summary[0], summary_en=spec.summary[1])
    spoken = spec.name[0].replace("·", "")
    reading, initials = ("".join(lazy_pinyin(spoken, style=style)) for style in (Style.NORMAL, Style.FIRST_LETTER))
    kinds = [label_of(spec.kind, language) for language in ("zh-hans", "en")]
    asked = [*spec.name, reading, initials, *kinds, *spec.summary]
    assert [words for words in asked if not finds(hall, words)] == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("badminton", "羽球"),
        ("badminton", "球馆"),
        ("badminton", "BADMINTON"),
        ("table_tennis", "乒乓"),
        ("table_tennis", "ping pong"),
        ("table_tennis", "Ping-Pong"),
        ("table_tennis", "tennis"),
        ("table_tennis", "ppq"),
        ("gym", "健身"),
        ("gym", "ＧＹＭ"),
        ("gym", "jsf"),
        ("gym", "fitness"),
        ("dance", "瑜伽"),
        ("dance", "yoga"),
        ("dance", "wudao"),
        ("reading", "看书"),
    ],
)
def test_finds_everyday_words_whatever_the_venue_is_called(kind, words):
    others = [other for other in EVERYDAY if other != kind and finds(venue(other), words)]
    assert (finds(venue(kind), words), set(others) <= {"basketball", "table_tennis"}) == (True, True)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("ppqg", True),
        ("pqg", True),
        ("qg", True),
        ("qiuguan", True),
        ("pingpangq", True),
        ("gq", False),
        ("gqiu", False),
        ("ingpang", False),
        ("球", True),
        ("球 pp", True),
        ("球 gq", False),
        ("table", True),
        ("able", False),
        ("%", False),
        ("", True),
    ],
)
def test_finds_by_syllables_and_from_the_start_of_a_word(words, is_found):
    assert finds(venue("table_tennis", "乒乓球馆", name_en="Table tennis"), words) is is_found


def test_finds_by_the_pinyin_that_staff_wrote():
    assert (finds(venue(name="单厅", pinyin="shanting st"), "shan"), finds(venue(name="单厅"), "shan")) == (True, False)


ASKED = {
    "羽毛球场": {"badminton"},
    "打羽毛球": {"badminton"},
    "乒乓球台": {"table_tennis"},
    "羽毛球室": {"badminton"},
    "跑步机": {"gym"},
    "看电影": {"theatre"},
    "电影院": {"theatre"},
    "瑜伽室": {"dance"},
    "舞蹈房": {"dance"},
    "会议厅": {"meeting"},
    "treadmills": {"gym"},
    "gym room": {"gym"},
    "dance room": {"dance"},
    "游泳": set(),
    "swimming pool": set(),
    "足球场": set(),
    "羽毛球 gym": set(),
}


@pytest.mark.parametrize(("asked", "kinds"), ASKED.items())
def test_finds_a_name_inside_a_longer_word_and_nothing_else(asked, kinds):
    assert {kind for kind in EVERYDAY if finds(venue(kind), asked)} == kinds


@pytest.mark.parametrize("asked", ["儿童", "小孩", "kids", "亲子"])
def test_finds_what_is_for_children(asked):
    names = [spec.name[0] for spec in SPECS if finds(venue(spec.kind, spec.name[0], summary=spec.summary[0]), asked)]
    assert ("亲子乐园" in names, "羽毛球馆" in names, len(names) < 4) == (True, False, True)


def test_finds_by_the_site():
    branch = Site(pk=7, name="分部", name_en="Branch")
    at_branch = [finds(venue("badminton", site=branch), asked) for asked in ("羽毛球 分部", "branch", "羽毛球 主宫")]
    assert at_branch == [True, True, False]
