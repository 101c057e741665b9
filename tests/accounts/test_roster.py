"""Comparing with the rosters: each way in, each near miss."""

import pytest

from palace.accounts.models import Member, RosterEntry
from palace.accounts.services.roster import match_roster
from palace.accounts.words import pinyin_of, tidy_card, tidy_name

from ..factories import make_member, make_union

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"


def line(**fields):
    defaults = {"name": "陈思远", "card_number": "330400000001", "phone": PHONE, "employer": "鼎新照明"}
    return RosterEntry.objects.create(union=make_union(), **defaults | fields)


@pytest.mark.parametrize(("given", "hit"), [
    ({"name": "陈思远", "card_number": "330400000001"}, True),
    ({"name": "陈思源", "card_number": "330400000001"}, False),
    ({"name": "陈思远", "card_number": "330400000002"}, False),
    ({"name": "陈思远", "phone": PHONE}, True),
    ({"name": "陈思源", "phone": PHONE}, False),
    ({"name": "陈思远", "phone": "+8613800138001"}, False),
    ({"name": "陈思远", "employer": "鼎新照明"}, False),  # the line names a phone that this newcomer did not prove
    ({"name": "陈思远", "employer": "鼎新"}, False),
    ({"name": "陈思远", "employer": "鼎新照明", "card_number": "330400000002"}, False),
    ({"name": "陈思远", "phone": PHONE, "card_number": "330400000002"}, True),
    ({"name": "陈思远"}, False),
])  # fmt: skip
def test_match_roster(given, hit):
    entry = line()
    assert match_roster(**given) == (entry if hit else None)


def test_match_roster_takes_name_and_employer_where_no_other_phone_is_named():
    entry = line(phone="")
    assert match_roster(name="陈思远", employer="鼎新照明", phone=PHONE) == entry


def test_match_roster_needs_exactly_one_with_name_and_employer():
    line(phone="")
    line(phone="", card_number="330400000002")
    assert match_roster(name="陈思远", employer="鼎新照明") is None


def test_match_roster_prefers_the_card():
    line(card_number="330400000009")
    entry = line(phone="", card_number="330400000001")
    assert match_roster(name="陈思远", card_number="330400000001", phone=PHONE) == entry


def test_match_roster_takes_no_line_of_another_member():
    entry = line()
    entry.member = make_member()
    entry.save()
    assert match_roster(name="陈思远", card_number="330400000001", phone=PHONE, employer="鼎新照明") is None


def test_settle_leaves_a_line_whose_card_another_member_holds():
    from palace.accounts.services.members import register

    make_member(card_number="330400000001")
    line()
    user = register(phone=PHONE, name="陈思远", employer="鼎新照明")
    assert Member.objects.get(user=user).state == "pending"


@pytest.mark.parametrize(("name", "pinyin"), [
    ("周小明", "zhouxiaoming zxm"), ("单雄信", "shanxiongxin sxx"), ("曾国强", "zengguoqiang zgq"), ("吕芳", "lvfang lf"),
    ("买买提·阿不都", "maimaitiabudou mmtabd"), ("Anna Lee", "annalee a"), ("", ""), ("𠮷田", None),
])  # fmt: skip
def test_pinyin_of(name, pinyin):
    assert pinyin is None or pinyin_of(name) == pinyin


def test_tidy_name_and_card():
    assert (tidy_name(" 陈 思远　"), tidy_name("买买提 • 阿不都"), tidy_name("Anna  Lee")) == (
        "陈思远",
        "买买提·阿不都",
        "Anna Lee",
    )
    assert tidy_card("３３０４ 0000-00ab") == "3304000000AB"
