"""Money at the desk: receipts, the ledger, and every refusal."""

import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from bookings.history import history, ledger_of
from bookings.mine_page import price_text
from bookings.models import Booking
from bookings.refusals import SENTENCES
from bookings.services import cancel_booking, money, refund, take_payment
from palace.core.models import LedgerEntry, LedgerTransaction

from .house import NOW, House, address, said, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield House()


def pay(house, booking, role="desk", **data):
    fields = {"amount_fen": "15", "account": "cash", "receipt_number": "A-001"} | data
    return house.of(role).post(address("desk_pay", booking), {f"pay-{name}": value for name, value in fields.items()})


def give_back(house, booking, role="finance", **data):
    fields = {"amount_fen": "15", "account": "cash", "receipt_number": "R-001", "reason": "场地停用"} | data
    return house.of(role).post(
        address("desk_refund", booking), {f"refund-{name}": value for name, value in fields.items()}
    )


def entries(booking):
    rows = LedgerEntry.objects.filter(transaction__subject_id=booking.pk).order_by("pk")
    return list(rows.values_list("transaction__kind", "transaction__receipt_number", "account", "amount_fen"))


def test_amount_is_what_is_open(house):
    booking = house.book(12)
    take_payment(booking=booking, by=house.clerk, amount_fen=450, account="cash", receipt_number="A-000")
    response = house.client().get(address("desk_booking", booking))
    assert response.context["pay_form"]["amount_fen"].value() == "10.50"


@pytest.mark.parametrize("account", ["cash", "card", "wallet"])
def test_payment_is_in_the_ledger_with_its_receipt(house, account):
    booking = house.book(12)
    response = pay(house, booking, account=account)
    booking.refresh_from_db()
    assert (response.status_code, booking.paid_fen, said(response)) == (
        302,
        1500,
        ["收了 15 元，收据号 A-001，已记账。"],
    )
    assert entries(booking) == [("payment", "A-001", account, 1500), ("payment", "A-001", "income_booking", -1500)]


@pytest.mark.parametrize(("amount", "fen"), [("0.01", 1), ("7.5", 750), ("15.00", 1500)])
def test_payment_in_parts(house, amount, fen):
    booking = house.book(12)
    pay(house, booking, amount_fen=amount)
    booking.refresh_from_db()
    assert booking.paid_fen == fen


@pytest.mark.parametrize(
    "data",
    [
        {"amount_fen": "0"},
        {"amount_fen": "15.01"},
        {"amount_fen": "-1"},
        {"amount_fen": "1.005"},
        {"amount_fen": "NaN"},
        {"amount_fen": "Infinity"},
        {"amount_fen": "1e9"},
        {"amount_fen": "1e1"},
        {"amount_fen": ""},
        {"account": "income_booking"},
        {"account": "gold"},
        {"receipt_number": ""},
        {"receipt_number": "  "},
        {"receipt_number": "x" * 41},
    ],
)
def test_payment_that_is_none_is_refused(house, data):
    booking = house.book(12)
    response = pay(house, booking, **data)
    booking.refresh_from_db()
    assert (response.status_code, booking.paid_fen, LedgerTransaction.objects.count()) == (422, 0, 0)
    assert response.context["pay_form"].errors


def test_receipt_number_is_used_once_in_a_house(house):
    first, second = house.book(12), house.book(13)
    pay(house, first)
    response = pay(house, second)
    assert (response.status_code, "收据号" in text(response), LedgerTransaction.objects.count()) == (422, True, 1)
    other = House()
    assert pay(other, other.book(12)).status_code == 302


def test_receipt_number_written_meanwhile_is_refused_in_the_same_words(house, monkeypatch):
    first, second = house.book(12), house.book(13)
    take_payment(booking=first, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A-001")
    checks = []
    real = LedgerTransaction.full_clean
    monkeypatch.setattr(
        LedgerTransaction, "full_clean", lambda self, *a, **k: real(self, *a, **k) if checks else checks.append(1)
    )
    with pytest.raises(ValidationError) as refused:
        take_payment(booking=second, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A-001")
    assert refused.value.error_dict["__all__"][0].code == "receipt_used"


def test_other_faults_of_the_ledger_are_not_hidden(house, monkeypatch):
    booking = house.book(12)
    monkeypatch.setattr(LedgerTransaction, "full_clean", lambda self, *a, **k: None)
    entry = LedgerTransaction(
        palace_id=house.palace.pk,
        subject="booking",
        subject_id=booking.pk,
        kind="gift",
        receipt_number="A",
        by=house.clerk,
    )
    with pytest.raises(IntegrityError):
        money.save_once(entry)


def test_nothing_is_paid_twice(house):
    booking = house.book(12)
    pay(house, booking)
    response = pay(house, booking, receipt_number="A-002")
    assert (response.status_code, LedgerTransaction.objects.count()) == (422, 1)


def test_free_booking_asks_for_nothing(house):
    response = house.client().get(address("desk_booking", house.book(11)))
    assert response.context["pay_form"] is None


def test_cancelled_booking_takes_no_money(house):
    booking = house.book(12)
    cancel_booking(booking=booking, by=house.clerk, by_staff=True, reason="检修")
    response = pay(house, booking)
    assert (response.status_code, str(SENTENCES["not_active"]) in text(response)) == (422, True)


def test_refund_is_in_the_ledger_with_its_reason(house):
    booking = house.book(12)
    pay(house, booking)
    response = give_back(house, booking, amount_fen="5")
    booking.refresh_from_db()
    assert (response.status_code, booking.paid_fen) == (302, 1000)
    assert entries(booking)[2:] == [("refund", "R-001", "cash", -500), ("refund", "R-001", "income_booking", 500)]
    assert [row.memo for row in ledger_of(booking)] == ["", "场地停用"]


def money_of(house, booking, role="desk"):
    """What is owed, what the page says about the money, and whether it takes a payment."""
    response = house.of(role).get(address("desk_booking", booking))
    words = re.search(r'id="h-m">.*?<small>(.*?)</small>', text(response))[1]
    shown = response.context["booking"]
    return shown.due_fen, words, response.context["pay_form"] is not None


@pytest.mark.parametrize(("amount", "back"), [("5", "5 元"), ("15", "15 元")])
def test_money_given_back_is_not_owed_again(house, amount, back):
    booking = house.book(12)
    pay(house, booking)
    give_back(house, booking, amount_fen=amount)
    assert money_of(house, booking) == (0, "没有要付的", False)
    booking.refresh_from_db()
    assert price_text(booking) == f"15 元，其中 {back} 已退"
    assert booking.is_paid
    page = text(house.of("desk").get(address("desk_booking", booking)))
    assert f"<dt>已收</dt><dd>15 元</dd><dt>已退</dt><dd>{back}</dd></dl>" in page


def test_money_taken_by_mistake_is_owed_again(house):
    booking = house.book(12)
    pay(house, booking)
    give_back(house, booking, owed_again="on")
    assert money_of(house, booking) == (1500, "还差 15 元", True)
    assert pay(house, booking, receipt_number="A-002").status_code == 302
    assert money_of(house, booking) == (0, "付清了", False)


def test_part_given_back_before_all_was_paid_leaves_the_rest_open(house):
    booking = house.book(12)
    pay(house, booking, amount_fen="10")
    give_back(house, booking, amount_fen="4")
    booking.refresh_from_db()
    assert (booking.due_fen, booking.paid_fen, booking.waived_fen) == (500, 600, 400)
    assert pay(house, booking, amount_fen="5.01", receipt_number="A-002").status_code == 422
    assert pay(house, booking, amount_fen="5", receipt_number="A-003").status_code == 302


def test_refund_after_cancelling(house):
    booking = house.book(12)
    pay(house, booking)
    booking.refresh_from_db()
    cancel_booking(booking=booking, by=house.clerk, by_staff=True, reason="检修")
    assert money_of(house, booking) == (0, "还要退 15 元", False)
    form = house.of("venue_manager").get(address("desk_booking", booking)).context["refund_form"]
    assert "owed_again" not in form.fields
    give_back(house, booking)
    booking.refresh_from_db()
    assert (booking.paid_fen, booking.waived_fen) == (0, 0)
    assert money_of(house, booking) == (0, "没有要付的", False)


@pytest.mark.parametrize(
    "data",
    [
        {"amount_fen": "15.01"},
        {"amount_fen": "0"},
        {"reason": ""},
        {"reason": "  "},
        {"receipt_number": ""},
        {"receipt_number": "A-001"},
    ],
)
def test_refund_that_is_none_is_refused(house, data):
    booking = house.book(12)
    pay(house, booking)
    response = give_back(house, booking, **data)
    booking.refresh_from_db()
    assert (response.status_code, booking.paid_fen) == (422, 1500)


def test_refund_without_payment_is_refused(house):
    response = give_back(house, house.book(12))
    assert (response.status_code, LedgerTransaction.objects.count()) == (422, 0)


def test_money_is_part_of_the_history(house):
    booking = house.book(12)
    take_payment(booking=booking, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A")
    refund(booking=booking, by=house.clerk, amount_fen=500, account="cash", receipt_number="B", reason="少用一半")
    events, ledger = history(booking, ledger_of(booking)), ledger_of(booking)
    assert [event.what for event in events[:2]] == ["退款 5 元", "收款 15 元"]
    assert [event.at for event in events] == [ledger[1].at, ledger[0].at, booking.created_at]


def owed(house) -> str:
    """A paid booking that was cancelled: the house keeps money that is not its own."""
    booking = house.book(12)
    take_payment(booking=booking, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A-001")
    cancel_booking(booking=booking, by=house.clerk, by_staff=True, reason="灯坏了")
    return booking.number


@pytest.mark.parametrize(("role", "count"), [("finance", 1), ("venue_manager", 1), ("desk", 0)])
def test_money_that_is_owed_waits_in_the_list_of_who_may_give_it(house, role, count):
    number, other = owed(house), house.book(14)
    client = house.of(role)
    assert client.get("/desk/bookings/").context["owed_back"] == count
    response = client.get("/desk/bookings/", {"money": "back", "day": "2035-01-01"})
    assert [row.number for row, _chip in response.context["lines"]] == [number]
    assert other.number in text(client.get("/desk/bookings/", {"money": "due", "day": "2035-03-14"}))


def test_money_that_is_owed_is_a_task_of_today_until_it_went_back(house):
    owed(house)
    client = house.of("venue_manager")
    today = client.get("/desk/")
    assert (today.context["owed_back"], today.context["tasks"], "1 单取消了还没退钱" in text(today)) == (1, 1, True)
    assert house.client().get("/desk/").context["owed_back"] == 0
    give_back(house, Booking.objects.get())
    assert client.get("/desk/").context["owed_back"] == 0


@pytest.mark.parametrize(
    ("role", "says"), [("desk", "收过的钱由财务或场馆主管退"), ("venue_manager", "收过的钱记得退")]
)
def test_who_cancels_what_was_paid_reads_who_gives_it_back(house, role, says):
    booking = house.book(12)
    take_payment(booking=booking, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A-001")
    response = house.of(role).post(address("desk_cancel", booking), {"reason": "灯坏了"})
    assert says in said(response)[0]


def test_closure_names_what_was_paid_before_and_after(house):
    booking = house.book(12)
    take_payment(booking=booking, by=house.clerk, amount_fen=1500, account="cash", receipt_number="A-001")
    fields = {
        "target": f"unit-{house.court.pk}",
        "starts_at": "2035-03-14T12:00",
        "ends_at": "2035-03-14T14:00",
        "reason": "检修",
    }
    client = house.client()
    preview = client.post("/desk/closures/new/", fields)
    assert "已付 15 元" in text(preview)
    response = client.post("/desk/closures/new/", fields | {"confirm": "1", "seen": preview.context["seen"]})
    assert said(response)[0].endswith("其中 1 单付过钱，要退。")
