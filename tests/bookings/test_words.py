"""Names of places and titles of pages, as people read them."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from bookings.words import ahead_text, plain_price, plated, title_html

from ..factories import at

EVENING = at(date(2035, 3, 14), 20)


@pytest.mark.parametrize(
    ("length", "chinese", "english"),
    [
        (timedelta(seconds=1), "1 分钟", "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 分钟", "59 minutes"),
        (timedelta(hours=1), "1 小时", "1 hour"),
        (timedelta(hours=23, minutes=59), "23 小时", "23 hours"),
        (timedelta(hours=24), "1 天", "1 day"),
        (timedelta(hours=27, minutes=59), "1 天", "1 day"),
        (timedelta(hours=28), "2 天", "2 days"),  # midnight: the day after tomorrow
        (timedelta(days=3, hours=3), "3 天", "3 days"),
    ],
)
def test_ahead_text_tells_days_or_hours_or_minutes(length, chinese, english):
    found = ahead_text(EVENING + length, EVENING)
    with override("en"):
        assert (found, ahead_text(EVENING + length, EVENING)) == (chinese, english)


def unit(name: str, label: str, name_en: str = ""):
    return SimpleNamespace(name=name, name_en=name_en, label=label)


@pytest.mark.parametrize(
    ("one", "html"),
    [
        (unit("3 号场", "3"), '<span class="plate">3</span> 号场'),
        (unit("A 区", "A"), '<span class="plate">A</span> 区'),
        (unit("阅览座位", "位"), "阅览座位"),
        (unit("整馆", "全"), "整馆"),
        (unit("剧场", "1"), "剧场"),
        (unit("大厅", ""), "大厅"),
    ],
)
def test_plated_puts_only_numbers_and_letters_of_the_name_on_a_plate(one, html):
    assert plated(one) == html


def test_plated_looks_at_the_name_that_is_read():
    room = unit("第一会议室", "1", "Meeting room 1")
    with override("en"):
        assert plated(room) == 'Meeting room <span class="plate">1</span>'


@pytest.mark.parametrize(
    ("piece", "html"),
    [
        ("短的一句", '<span class="nb">短的一句</span>'),
        ("周日 11月22日 9:00 见", '<span class="nb">周日 11月22日</span> <span class="nb">9:00 见</span>'),
        ("周日 11月22日还空 40 场", '<span class="nb">周日 11月22日</span>还空 40 场'),
        ("周六 2027年1月2日还空 4 场", '<span class="nb">周六 2027年1月2日</span>还空 4 场'),
        ("大脚印<羽毛球>馆今天", "大脚印&lt;羽毛球&gt;馆今天"),
    ],
)
def test_title_never_breaks_inside_a_date(piece, html):
    assert title_html(piece) == html


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "免费", "Free"),
        (1500, "15元", "¥15"),
        (1250, "12.5元", "¥12.50"),
        (1005, "10.05元", "¥10.05"),
        (120000, "1200元", "¥1,200"),
    ],
)
def test_price_in_a_cell_is_short(fen, zh, en):
    with override("zh-hans"):
        assert plain_price(fen) == zh
    with override("en"):
        assert plain_price(fen) == en
