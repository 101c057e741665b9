"""The desk in a real browser: accessible, never wider than the screen, one press, also without scripts."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking, BookingStatus
from bookings.services import book_slot, check_in, take_payment, undo_check_in
from venues.models import Closure, Policy, Visit
from venues.services import close

from ..browser import complaints, enter
from ..factories import make_member, make_palace, make_user, make_venue, tomorrow

pytestmark = pytest.mark.browser
ALWAYS = {"grid_minutes": 60, "early_minutes": 120}
PAGES = [
    "",
    "find/",
    "bookings/",
    "bookings/{number}/",
    "bookings/{number}/slip/",
    "book/",
    "book/?member={member}&venue={venue}",
    "book/?member={member}&unit={unit}&start={start}",
    "walk-in/",
    "walk-in/?unit={unit}",
    "walk-in/?unit={unit}&member={member}",
    "approvals/",
    "closures/",
    "closures/new/",
    "closures/{closure}/end/",
    "day-sheet/",
]


ARRIVED = re.compile("^(签到|已到，补签)")  # the second after the grace minutes, in the last hour of a day


class Day:
    """A house that never closes, with something of everything on the day of the test."""

    def __init__(self):
        self.palace = make_palace(name_en="Chaocheng palace", phone="0573-8700 0000")
        hall = make_venue(
            self.palace,
            hours=(0, 24),
            policy=ALWAYS,
            prices=[(0, 24, 1500)],
            floor="3 层",
            floor_en="3rd floor",
            name_en="Badminton hall of the branch beside the river",
        )
        gym = make_venue(
            self.palace, places=40, shared=True, kind="gym", name="健身房", name_en="Gym", hours=(0, 24), policy=ALWAYS
        )
        stage = make_venue(
            self.palace,
            places=1,
            kind="theatre",
            name="多功能厅",
            name_en="Stage",
            hours=(0, 24),
            policy=ALWAYS | {"needs_approval": True},
        )
        Policy.objects.filter(venue=gym).update(party_max=10)
        self.manager = make_user(role="venue_manager", palace=self.palace, name="吕强")
        self.manager.roles.create(role="finance", palace=self.palace, state="approved")
        self.hall, self.units = hall, list(hall.units.all())
        now = timezone.localtime()
        # the next full hour; in the last one of the day what has begun, so that the day has something at any time
        self.hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1 if now.hour < 23 else 0)
        self.soon = self.book(self.units[0], self.hour)
        if self.soon.status == BookingStatus.USED:  # who comes in an hour that has begun is checked in at once
            self.soon = undo_check_in(booking=self.soon, by=self.manager)
        here = self.book(self.units[1], self.hour)
        check_in(booking=here, by=self.manager)
        take_payment(booking=here, by=self.manager, amount_fen=500, account="cash", receipt_number="A-001")
        self.book(gym.units.get(), self.hour, party_size=8)
        asked = make_member()
        self.book(stage.units.get(), self.hour + timedelta(hours=1), member=asked, by=asked.user, source="web")
        now = timezone.now()
        self.closure = Closure(
            palace=self.palace, unit=self.units[3], starts_at=now, ends_at=now + timedelta(hours=3), reason="灯具检修"
        )
        close(closure=self.closure, by=self.manager)

    def book(self, unit, start, member=None, **options):
        member = member or make_member()
        options = {"by": self.manager, "source": "desk", "walk_in": start <= timezone.now()} | options
        return book_slot(unit=unit, member=member, starts_at=start, ends_at=start + timedelta(hours=1), **options)

    def address(self, site, page) -> str:
        later = self.hour + timedelta(hours=1)
        parts = {
            "number": self.soon.number,
            "member": self.soon.member_id,
            "venue": self.hall.pk,
            "closure": self.closure.pk,
        }
        return f"{site}/desk/" + page.format(unit=self.units[4].pk, start=f"{later:%Y-%m-%dT%H:%M}", **parts)


@pytest.fixture
def day(fresh_db):
    return Day()


@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [
        ("zh-hans", "standard", "light"),
        ("en", "standard", "dark"),
        ("zh-hans", "elder", "light"),
        ("en", "elder", "dark"),
    ],
)
def test_desk_pages_are_accessible_and_fit(page, site, day, language, size, theme):
    enter(page.context, site, day.manager, size, theme, language)
    found, said = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: request.url.startswith(site) or said.append(request.url))
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            answer = page.goto(day.address(site, path))
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            styled = page.locator("[style]").count()
            seen = (answer.status, wide, styled, complaints(page))
            if seen != (200, False, 0, []):
                found.append((path, width, *seen))
    assert (found, said) == ([], [])


def test_check_in_is_one_press_and_can_be_taken_back(page, site, day):
    enter(page.context, site, day.manager)
    page.goto(f"{site}/desk/")
    row = page.locator(f"#arrival-{day.soon.number}")
    arrived = row.get_by_role("button", name=ARRIVED)
    arrived.click()
    row.get_by_role("button", name="撤回").wait_for()
    assert (Booking.objects.get(pk=day.soon.pk).status, Visit.objects.filter(source_id=day.soon.pk).count()) == (
        "used",
        1,
    )
    row.get_by_role("button", name="撤回").click()
    arrived.wait_for()
    assert (Booking.objects.get(pk=day.soon.pk).status, Visit.objects.filter(source_id=day.soon.pk).count()) == (
        "confirmed",
        0,
    )


def test_slash_leads_to_the_search_which_leads_to_the_booking(page, site, day):
    enter(page.context, site, day.manager)
    page.goto(f"{site}/desk/")
    page.keyboard.press("/")
    page.keyboard.type(day.soon.number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/desk/bookings/{day.soon.number}/")
    assert page.get_by_role("button", name=ARRIVED).is_visible()


def test_booking_for_somebody_without_scripts_ends_with_a_slip(browser, site, day):
    context = browser.new_context(java_script_enabled=False)
    enter(context, site, day.manager)
    page = context.new_page()
    page.goto(day.address(site, "book/?venue={venue}") + f"&day={tomorrow()}")  # today has no free hour at its end
    page.get_by_role("searchbox").or_(page.locator("input[name=text]")).fill(day.soon.member.card_number)
    page.get_by_role("button", name="查找").click()
    page.locator(".lanes a").nth(-1).click()
    page.get_by_role("button", name="订下").click()
    page.get_by_role("link", name="打印小票").click()
    booking = Booking.objects.latest("pk")
    assert (
        booking.source,
        booking.member,
        f"{booking.number[:4]} {booking.number[4:]}" in page.locator(".slip").inner_text(),
    ) == ("desk", day.soon.member, True)
    context.close()


def test_wide_sheet_opens_where_the_time_is(page, site, day):
    enter(page.context, site, day.manager)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{site}/desk/")
    box = page.locator("#sheet .scroll")
    share = timezone.localtime().hour / 24
    scrolled = box.evaluate("box => (box.scrollLeft + box.clientWidth / 2) / box.scrollWidth")
    assert abs(scrolled - min(max(share, 0.17), 0.83)) < 0.15
