from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import override

from palace.core.templatetags.portal import clock, dated, day, fen, masked, masked_phone, qr, tied, tongues, when

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 on Friday 20 November in Shanghai


def shanghai(day_of_november, hour, minute=0):
    """That time in Shanghai, as the database gives it: in UTC."""
    return datetime.fromisoformat(f"2026-11-{day_of_november:02}T{hour:02}:{minute:02}+08:00").astimezone(UTC)


def drawn(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (1500, "15 元", "¥15"),
        (1550, "15.50 元", "¥15.50"),
        (1505, "15.05 元", "¥15.05"),
        (1, "0.01 元", "¥0.01"),
        (0, "免费", "Free"),
        (-1500, "-15 元", "-¥15"),
        (123456700, "1234567 元", "¥1,234,567"),
        ("1500", "15 元", "¥15"),
        (None, "", ""),
        ("", "", ""),
    ],
)
def test_fen_reads_as_an_amount(value, chinese, english):
    assert fen(value) == chinese
    with override("en"):
        assert fen(value) == english


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (time(9, 0), "9:00"),
        (time(13, 5), "13:05"),
        (time(0, 0), "0:00"),
        (shanghai(20, 23, 59), "23:59"),
        (None, ""),
    ],
)
def test_clock_is_that_of_shanghai(value, text):
    assert clock(value) == (text if value != time(0, 0) else "0:00")


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (date(2026, 11, 19), "周四 11月19日", "Thu 19 Nov"),
        (date(2026, 11, 20), "今天", "Today"),
        (date(2026, 11, 21), "明天", "Tomorrow"),
        (date(2026, 11, 22), "周日 11月22日", "Sun 22 Nov"),
        (date(2026, 12, 31), "周四 12月31日", "Thu 31 Dec"),
        (date(2027, 1, 1), "周五 2027年1月1日", "Fri 1 Jan 2027"),
        (shanghai(20, 23, 59), "今天", "Today"),
        (shanghai(21, 0, 0), "明天", "Tomorrow"),
        (None, "", ""),
    ],
)
def test_day_is_near_or_named(value, chinese, english):
    assert day(value) == chinese
    with override("en"):
        assert day(value) == english


@time_machine.travel(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC), tick=False)
def test_day_turns_at_midnight_of_shanghai_before():
    assert day(date(2026, 11, 20)) == "今天"


@time_machine.travel(datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC), tick=False)
def test_day_turns_at_midnight_of_shanghai_after():
    assert day(date(2026, 11, 21)) == "今天"


@time_machine.travel(NOON, tick=False)
def test_dated_has_the_year_unless_it_is_this_one():
    assert [dated(date(2026, 1, 2)), dated(date(2025, 1, 2)), dated(None)] == [
        "1月2日",
        "2025年1月2日",
        "",
    ]


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(
    ("starts_at", "ends_at", "chinese", "english"),
    [
        (shanghai(20, 14), shanghai(20, 15), "今天|14:00–15:00", "Today|14:00–15:00"),
        (shanghai(21, 22, 30), shanghai(21, 23, 59), "明天|22:30–23:59", "Tomorrow|22:30–23:59"),
        (shanghai(20, 23), shanghai(21, 0), "今天|23:00–24:00", "Today|23:00–24:00"),
        (
            shanghai(20, 23),
            shanghai(21, 0, 30),
            "今天|23:00–次日 0:30",
            "Today|23:00–0:30 next day",
        ),
        (
            shanghai(20, 9),
            shanghai(22, 0),
            "今天|9:00–周日 11月22日 0:00",
            "Today|9:00–Sun 22 Nov 0:00",
        ),
        (shanghai(22, 9), None, "周日 11月22日|9:00", "Sun 22 Nov|9:00"),
    ],
)
def test_when_does_not_break_inside_a_date_or_a_time(starts_at, ends_at, chinese, english):
    assert when(starts_at, ends_at) == pieces(chinese)
    with override("en"):
        assert when(starts_at, ends_at) == pieces(english)


def pieces(text):
    return " ".join(f'<span class="nb">{piece}</span>' for piece in text.split("|"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("周晓明", "周*明"),
        ("欧阳晓明", "欧*明"),
        ("钱多", "钱*"),
        ("钱", "*"),
        ("", ""),
        (None, ""),
        ("  钱多 ", "钱*"),
        ("𠮷野家", "𠮷*家"),
        ("李𠮷", "李*"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("e\u0301ric", "e\u0301*c"),
    ],
)
def test_masked_shows_first_and_last_letter_only(name, shown):
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800005678", "138****5678"),
        ("138 0000 5678", "138****5678"),
        ("+8613800005678", "138****5678"),
        ("+86 138-0000-5678", "138****5678"),
        ("008613800005678", "138****5678"),
        ("05730001", "057****0001"),
        ("1234567", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_masked_phone_hides_the_middle(phone, shown):
    assert masked_phone(phone) == shown


BOTH = SimpleNamespace(name="羽毛球馆 <1>", name_en="Badminton hall <1>")
CHINESE = SimpleNamespace(name="茶艺室 <2>", name_en="")


def test_localname_is_chinese_on_a_chinese_page():
    assert drawn("{% localname a %}|{% localname b %}", a=BOTH, b=CHINESE) == "羽毛球馆 &lt;1&gt;|茶艺室 &lt;2&gt;"


def test_localname_falls_back_to_chinese_that_says_so():
    with override("en"):
        shown = drawn("{% localname a %}|{% localname b %}", a=BOTH, b=CHINESE)
    assert shown == 'Badminton hall &lt;1&gt;|<span lang="zh-Hans">茶艺室</span> &lt;2&gt;'


def test_localtext_carries_no_markup():
    with override("en"):
        shown = drawn(
            '{{ a|localtext:"name" }}|{{ b|localtext }}|{{ c|localtext }}',
            a=BOTH,
            b=CHINESE,
            c=None,
        )
    assert shown == "Badminton hall &lt;1&gt;|茶艺室 &lt;2&gt;|"


def test_icon_refuses_what_it_does_not_know():
    with pytest.raises(KeyError):
        drawn('{% icon "rocket" %}')


def test_qr_escapes_its_label_and_draws_every_dark_module():
    import segno

    svg, matrix = (
        qr("48261903", '"><script>'),
        segno.make("48261903", micro=False, boost_error=False).matrix,
    )
    assert "<script>" not in svg
    assert sum(int(run.split("h")[1].split("v")[0]) for run in svg.split('d="')[1].split("M")[1:]) == sum(
        map(sum, matrix)
    )


def test_marks_divides_a_bar():
    assert drawn("{% marks 4 %}|{% marks 1 %}|{% marks 0 %}") == "M25.00 0V10M50.00 0V10M75.00 0V10||"


def test_page_link_keeps_the_other_filters(rf):
    request = rf.get("/list/", {"state": "open", "page": "3"})
    assert drawn("{% page_link 4 %}", request=request) == "?state=open&amp;page=4"


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("羽毛球馆", "羽毛球馆", '<span lang="zh-Hans">羽毛球馆</span>'),
        ("Gym", '<span lang="en">Gym</span>', "Gym"),
        ("周*明 (myself)", "周*明 (myself)", '<span lang="zh-Hans">周*明</span> (myself)'),
        ("10:00 3 号场", "10:00 3 号场", '10:00 <span lang="zh-Hans">3 号场</span>'),
        (
            "10:00，羽毛球馆 2 号场订好了。Bye",
            "10:00，羽毛球馆 2 号场订好了。Bye",
            '10:00，<span lang="zh-Hans">羽毛球馆 2 号场订好了。</span>Bye',
        ),
        ("一<b>\n二", "一&lt;b&gt;\n二", '<span lang="zh-Hans">一</span>&lt;b&gt;\n<span lang="zh-Hans">二</span>'),
        ("3 A", "3 A", "3 A"),
        (None, "", ""),
    ],
)
def test_tongues_marks_what_is_in_the_other_language(text, chinese, english):
    assert tongues(text) == chinese
    with override("en"):
        assert tongues(text) == english


def test_tongues_leaves_html_alone():
    with override("en"):
        assert tongues(mark_safe("<b>馆</b>")) == "<b>馆</b>"


def test_lang_of_names_the_language_of_a_whole_text():
    assert [drawn('<b{% lang_of "Gym" %}>'), drawn('<b{% lang_of "馆" %}>')] == ['<b lang="en">', "<b>"]
    with override("en"):
        assert [drawn('<b{% lang_of "Gym" %}>'), drawn('<b{% lang_of "馆" %}>')] == ["<b>", '<b lang="zh-Hans">']


def test_tied_keeps_a_number_with_what_it_counts():
    text = "15 元一小时 × 2 小时，at 9:00 on"
    assert (tied(text), tied(mark_safe("<b>1 小时</b>"))) == (
        "15\u00a0元一小时 ×\u00a02\u00a0小时，at 9:00 on",
        "<b>1\u00a0小时</b>",
    )
    assert not hasattr(tied("<b>1 小时"), "__html__")
