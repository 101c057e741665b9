"""Two prices of a tariff for the same people at the same time: refused by the form, and by the database."""

from datetime import time

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from venues.models import TariffLine
from venues.rules import PriceLine, overlapping

from ..factories import make_venue
from ..pages.admin_house import enter, url

NAME = "tariff_prices_apart"
# two bands, and whether they share a time
BANDS = [
    ("08:00", "12:00", "12:00", "18:00", False),
    ("08:00", "12:00", "11:59", "18:00", True),
    ("08:00", "12:00", "08:00", "12:00", True),
    ("18:00", "00:00", "00:00", "08:00", False),
    ("18:00", "00:00", "23:59", "00:00", True),
    ("18:00", "00:00", "18:00", "00:00", True),
    ("22:00", "02:00", "02:00", "08:00", False),
    ("22:00", "02:00", "01:00", "08:00", True),
    ("22:00", "02:00", "23:00", "01:00", True),
    ("22:00", "02:00", "08:00", "22:00", False),
    ("00:00", "00:00", "12:00", "13:00", True),
]


def line(tariff, since: str, until: str, **fields) -> TariffLine:
    values = {"audience": "members", "days": "any", "price_fen": 1500} | fields
    return TariffLine(tariff=tariff, from_time=time.fromisoformat(since), to_time=time.fromisoformat(until), **values)


def kept(*lines: TariffLine) -> bool:
    """Whether the database takes ``lines`` in one transaction."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            TariffLine.objects.bulk_create(lines)
            cursor.execute(f"SET CONSTRAINTS {NAME} IMMEDIATE")
            cursor.execute(f"SET CONSTRAINTS {NAME} DEFERRED")
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != NAME:
            raise
        return False
    return True


@pytest.mark.django_db
@pytest.mark.invariant
@pytest.mark.parametrize("band", BANDS)
def test_database_and_form_agree_on_what_shares_a_time(band):
    *clocks, shares = band
    tariff = make_venue().tariffs.get()
    pair = [
        PriceLine("members", "any", time.fromisoformat(a), time.fromisoformat(b), 1500, "", "")
        for a, b in (clocks[:2], clocks[2:])
    ]
    assert (overlapping(pair) is not None, kept(line(tariff, *clocks[:2]), line(tariff, *clocks[2:]))) == (
        shares,
        not shares,
    )


@pytest.mark.django_db
@pytest.mark.invariant
def test_other_people_other_days_and_other_tariffs_have_prices_of_their_own():
    tariff, other = make_venue().tariffs.get(), make_venue().tariffs.get()
    same = ("08:00", "12:00")
    assert kept(
        line(tariff, *same),
        line(tariff, *same, audience="anyone"),
        line(tariff, *same, days="weekend"),
        line(other, *same),
    )


@pytest.mark.django_db
@pytest.mark.invariant
def test_border_between_two_prices_moves_in_two_rows():
    tariff = make_venue().tariffs.get()
    assert kept(line(tariff, "08:00", "12:00"), line(tariff, "12:00", "18:00"))
    with transaction.atomic():
        tariff.lines.filter(from_time=time(8)).update(to_time=time(13))
        tariff.lines.filter(from_time=time(12)).update(from_time=time(13))
    assert [str(row.to_time) for row in tariff.lines.order_by("from_time")] == ["13:00:00", "18:00:00"]


@pytest.mark.django_db
def test_price_entered_in_two_windows_is_refused_in_the_second(client):
    """The second window does not know the row of the first: what it sends is content in itself."""
    tariff = make_venue(prices=[(8, 22, 1500)]).tariffs.get()
    enter(client, tariff.palace, "venue_manager")
    fields = {
        "venue": tariff.venue_id, "unit": "", "first_day": "2020-01-01", "last_day": "", "market_fen": "40",
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-audience": "anyone", "lines-0-days": "any",
        "lines-0-from_time": "8:00", "lines-0-to_time": "22:00", "lines-0-price_fen": "15",
        "discounts-TOTAL_FORMS": "0", "discounts-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = client.post(url("venues.tariff", "change", tariff.pk), fields)
    assert (answer.status_code, tariff.lines.count()) == (200, 1)
    assert "刚有人给同样的人、同样的时段录了价格" in answer.content.decode()


@pytest.mark.invariant
def test_migration_names_tariffs_with_two_prices_and_changes_nothing(fresh_db):
    tariff = make_venue().tariffs.get()
    call_command("migrate", "venues", "0008", database="owner", verbosity=0)
    rows = TariffLine.objects.bulk_create([line(tariff, "08:00", "12:00"), line(tariff, "11:00", "18:00")])
    with pytest.raises(CommandError, match="two prices for the same people") as error:
        call_command("migrate", "venues", database="owner", verbosity=0)
    assert str(error.value).splitlines()[1:] == [f"/admin/venues/tariff/{tariff.pk}/change/"]
    rows[1].delete()
    call_command("migrate", "venues", database="owner", verbosity=0)
    assert not kept(line(tariff, "11:00", "18:00"))
