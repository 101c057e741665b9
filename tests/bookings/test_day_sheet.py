"""Tomorrow on paper, by e-mail, every evening."""

import sys
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import translation

from bookings import day_sheet
from bookings.services import book_slot, cancel_booking
from palace.notices import sending
from palace.notices.models import Message
from tests.factories import at, make_member, make_palace, make_user, make_venue

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 28)
EVENING = at(DAY - timedelta(days=1), 21)


@pytest.fixture
def palace():
    cache.clear()
    return make_palace(day_sheet_email="desk@example.org")


def book(venue, hour, name="周小明", n=0):
    member = make_member(user=make_user(name=name))
    since = at(DAY, hour)
    return book_slot(
        unit=venue.units.all()[n],
        member=member,
        by=member.user,
        starts_at=since,
        ends_at=since + timedelta(hours=1),
        party_size=2,
        now=at(DAY, -24),
    )


def write(slot=EVENING):
    Message.objects.all().delete()
    day_sheet.write_mails(slot)
    return [(m.to, m.title, m.body, m.until) for m in Message.objects.all()]


def test_write_mails_to_each_palace_that_wants_it(palace):
    make_palace()
    book(make_venue(palace), 9)
    title, body = "潮城市工人文化宫 11月28日场次单", "11月28日有 1 场预约，单子在附件里，断网时照单开门。"
    assert write() == [("desk@example.org", title, body, at(DAY, 24))]


def test_write_mails_twice_writes_one(palace):
    day_sheet.write_mails(EVENING)
    day_sheet.write_mails(EVENING)
    assert Message.objects.count() == 1


def test_bookings_of_leaves_out_cancelled_and_other_days(palace):
    venue = make_venue(palace)
    kept, dropped = book(venue, 9), book(venue, 10)
    book(make_venue(), 9)
    cancel_booking(booking=dropped, by=dropped.member.user, now=at(DAY, 8))
    assert list(day_sheet.bookings_of(palace.pk, DAY)) == [kept]
    assert list(day_sheet.bookings_of(palace.pk, DAY + timedelta(days=1))) == []


def test_the_mail_carries_a_pdf(palace, time_machine):
    time_machine.move_to(EVENING)
    book(make_venue(palace), 9)
    write()
    assert sending.send_waiting("email") == 1
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, content[:5], kind) == ("day-sheet-2026-11-28.pdf", b"%PDF-", "application/pdf")


def test_the_mail_carries_the_page_where_nothing_can_print(palace, monkeypatch, time_machine):
    time_machine.move_to(EVENING)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    booking = book(make_venue(palace, prices=[(8, 22, 1500)]), 9, "欧阳小明")
    write()
    sending.send_waiting("email")
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == ("day-sheet-2026-11-28.html", "text/html")
    page = content if isinstance(content, str) else content.decode()
    assert "· 周六 11月28日</h1>" in page
    for text in ("9:00–10:00", "1 号场", "欧*明", booking.number, "15 元", "羽毛球馆"):
        assert text in page
    assert "欧阳小明" not in page


def test_day_on_paper_is_never_relative(time_machine):
    time_machine.move_to(at(DAY, 9), tick=False)
    with translation.override("en"):
        assert day_sheet.day_on_paper(DAY) == "Sat 28 Nov"
    assert day_sheet.day_on_paper(DAY + timedelta(days=1)) == "周日 11月29日"


def test_desk_day_sheet_says_the_date(palace, client, time_machine):
    time_machine.move_to(at(DAY, 9), tick=False)
    client.force_login(make_user(role="desk", palace=palace))
    page = client.get("/desk/day-sheet/").content.decode()
    assert ('<span class="nb">周六 11月28日' in page, "今天，" in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_sheet_is_read_with_one_query(palace, count, django_assert_num_queries):
    venue = make_venue(palace)
    for hour in range(9, 9 + count):
        book(venue, hour)
    with django_assert_num_queries(1):
        assert [len(lines) for _venue, lines in day_sheet.sheet(palace, DAY)["venues"]] == [count]
