"""A price explained in one sentence, in both languages."""

import pytest
from django.utils.translation import override

from bookings.pricing_text import explain


def band(fen, minutes=60, label="", label_en=""):
    return {"minutes": minutes, "fen": fen, "label": label, "label_en": label_en}


def basis(*bands, **more):
    return {"bands": list(bands), "percent": 100, "why": "", "heads": 1, "market_fen": 0} | more


CASES = [
    ({"bands": []}, 0, "", ""),
    (basis(band(0, label="上午", label_en="Morning")), 0, "上午免费", "Morning free"),
    (basis(band(0)), 0, "1 小时免费", "1 hour free"),
    (basis(band(1500, 120)), 3000, "15 元一小时 × 2 小时", "¥15 an hour × 2 hours"),
    (basis(band(1550, 90)), 2325, "15.50 元一小时 × 1.5 小时", "¥15.50 an hour × 1.5 hours"),
    (basis(band(1500, 45)), 1125, "15 元一小时 × 45 分钟", "¥15 an hour × 45 minutes"),
    (
        basis(band(0, label="上午"), band(1500, label="下午")),
        1500,
        "上午免费，下午 15 元一小时 × 1 小时",
        "上午 free, 下午 ¥15 an hour × 1 hour",
    ),
    (basis(band(500), heads=3), 1500, "5 元一小时 × 1 小时，× 3 人", "¥5 an hour × 1 hour, × 3 persons"),
    (
        basis(band(1500, 120), percent=50, why="model_worker"),
        1500,
        "15 元一小时 × 2 小时，劳模半价",
        "¥15 an hour × 2 hours, half price for model workers",
    ),
    (
        basis(band(1500), percent=0, why="hardship"),
        0,
        "15 元一小时 × 1 小时，困难职工免费",
        "¥15 an hour × 1 hour, free for hardship members",
    ),
    (
        basis(band(1500), percent=70, why="retired"),
        1050,
        "15 元一小时 × 1 小时，退休会员付 70%",
        "¥15 an hour × 1 hour, retired members pay 70 %",
    ),
    (
        basis(band(1500), market_fen=4000),
        1500,
        "市场价 40 元一小时，15 元一小时 × 1 小时",
        "market price ¥40 an hour, ¥15 an hour × 1 hour",
    ),
    (basis(band(4000), market_fen=4000), 4000, "40 元一小时 × 1 小时", "¥40 an hour × 1 hour"),
]


@pytest.mark.parametrize(("price", "fen", "chinese", "english"), CASES)
def test_explain_says_where_the_price_comes_from(price, fen, chinese, english):
    with override("zh-hans"):
        said = [explain(price, fen, to_payer=True)]
    with override("en"):
        said.append(explain(price, fen, to_payer=True))
    assert said == [chinese, english]


DISCREET = [
    (0, "15 元一小时 × 1 小时，减免", "¥15 an hour × 1 hour, waived"),
    (50, "15 元一小时 × 1 小时，半价", "¥15 an hour × 1 hour, half price"),
    (70, "15 元一小时 × 1 小时，付 70%", "¥15 an hour × 1 hour, 70 % of it"),
]


@pytest.mark.parametrize(("percent", "chinese", "english"), DISCREET)
@pytest.mark.parametrize("why", ["hardship", "retired"])
def test_explain_names_nobody_to_others_than_the_payer(why, percent, chinese, english):
    price = basis(band(1500), percent=percent, why=why)
    with override("zh-hans"):
        said = [explain(price, 15 * percent)]
    with override("en"):
        said.append(explain(price, 15 * percent))
    assert said == [chinese, english]
