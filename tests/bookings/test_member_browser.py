"""The member's way in a real browser: from home to booked, by touch, by keyboard, without JavaScript, in every mode."""

from pathlib import Path

import pytest
from django.conf import settings

from bookings.models import Booking
from palace.accounts import codes

from ..browser import enter
from ..factories import PASSWORD, at, make_member, tomorrow
from ..pages.member_pages import House

pytestmark = pytest.mark.browser


@pytest.fixture
def house(site, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    return House()


def walk_to_booked(page, site, house, press) -> list[str]:
    """Home, board, slot, check, booked; the screens seen on the way."""
    screens = []
    page.on("load", lambda _page: screens.append(page.url.removeprefix(site).split("?")[0]))
    page.goto(f"{site}/")
    press(page.locator(".venues h3 a", has_text="羽毛球馆"))
    press(page.locator(".ribbon a").nth(1))
    press(page.locator(".board a.s-free").first)
    press(page.locator(".act .btn.primary"))
    press(page.get_by_role("button", name="确认订场"))
    page.locator("h1", has_text="订好了").wait_for()
    return list(dict.fromkeys(screens))


@pytest.mark.parametrize("javascript", [True, False])
def test_member_books_on_a_phone(browser, site, house, javascript):
    context = browser.new_context(
        java_script_enabled=javascript, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    enter(context, site, house.member.user)
    taps = []

    def press(locator):
        taps.append(1)
        locator.tap()

    screens = walk_to_booked(context.new_page(), site, house, press)
    booking = Booking.objects.latest("pk")
    context.close()
    assert (len(taps), screens) == (
        5,
        ["/", f"/venues/{house.hall.pk}/", f"/book/{booking.unit_id}/", f"/bookings/{booking.number}/"],
    )
    assert (booking.member, booking.status, booking.starts_at) == (house.member, "confirmed", at(tomorrow(), 8))


RING = """() => { const one = document.activeElement, box = one.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return one.matches(":focus-visible") && getComputedStyle(one).outlineStyle !== "none" && one.contains(hit); }"""


def tab_to(page, locator, most=200):
    """Press Tab until ``locator`` has the focus; every stop on the way shows that it has it."""
    wanted = locator.element_handle()
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(RING), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate("one => one === document.activeElement", wanted):
            return
    raise AssertionError(f"no way to {locator} by Tab")


@pytest.mark.parametrize("width", [390, 1280])
def test_member_books_by_keyboard_alone(page, site, house, width):
    """From home to booked by Tab, arrows, Space and Enter."""
    page.set_viewport_size({"width": width, "height": 844})
    enter(page.context, site, house.member.user)
    page.goto(f"{site}/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # skip to the content
    tab_to(page, page.locator(".venues h3 a", has_text="羽毛球馆"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/venues/**")
    tab_to(page, page.locator(".ribbon a").nth(1))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/?day={tomorrow()}")
    tab_to(page, page.locator(".board a.slot").first)
    for key in ["ArrowDown", "ArrowRight"]:
        page.keyboard.press(key)
        assert page.evaluate(RING)
    page.keyboard.press("Enter")
    page.wait_for_url("**sel=**")
    assert page.locator(".board .s-sel .vh").inner_text().strip() == "9:00 2 号场，"
    tab_to(page, page.locator(":is(aside, .act) .btn.primary >> visible=true").last)
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/**")
    tab_to(page, page.get_by_role("spinbutton", name="几个人来"))
    page.keyboard.press("ArrowUp")
    tab_to(page, page.get_by_role("button", name="确认订场"))
    page.keyboard.press("Space")
    page.wait_for_url("**new=1")
    booking = Booking.objects.latest("pk")
    assert (booking.unit.name, booking.starts_at, booking.party_size) == ("2 号场", at(tomorrow(), 9), 2)


@pytest.mark.parametrize(
    ("size", "width", "sheet"), [("elder", 390, False), ("elder", 1280, True), ("standard", 390, True)]
)
def test_board_offers_the_sheet_only_where_it_can_be_shown(page, site, house, size, width, sheet):
    """Six columns do not fit a phone with large letters: there the list is all there is, and no tab promises more."""
    page.set_viewport_size({"width": width, "height": 844})
    page.context.add_cookies([{"name": "size", "value": size, "url": site}])
    for view in ("", "&view=list"):
        page.goto(f"{site}/venues/{house.hall.pk}/?day={tomorrow()}{view}")
        assert page.locator(".lanes").is_visible()
        assert page.locator("nav.tabs").is_visible() is sheet
        assert page.locator("table.board").first.is_visible() is (sheet and not view)


def test_board_reads_as_a_table(page, site, house):
    """Whoever hears it is told the hour, the place and the state of each cell, and where he is in the table."""
    enter(page.context, site, house.member.user)
    page.goto(f"{site}/venues/{house.hall.pk}/?day={tomorrow()}&sel={house.other.pk}.{tomorrow():%Y%m%d}0900")
    lines = page.locator(".board").first.aria_snapshot().splitlines()
    heads = [line.strip().removeprefix("- columnheader ") for line in lines if "columnheader" in line]
    row = next(n for n, line in enumerate(lines) if 'rowheader "9:00"' in line)
    assert "1 号场–6 号场：每个时段的状态" in lines[0]
    assert heads == ['"时间"', *(f'"{n} {n} 号场"' for n in range(1, 7))]
    assert [line.strip() for line in lines[row + 1 :] if "- link" in line][:2] == [
        '- link "9:00 1 号场， 空 免费":',
        '- link "9:00 2 号场， 选中 免费":',
    ]
    assert page.locator(".board [aria-current=true]").count() == 1


def test_refusal_takes_the_focus_and_news_is_told(page, site, house):
    enter(page.context, site)
    page.goto(f"{site}/sign-in/")
    page.get_by_label("手机号").fill("13912340000")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("alert").wait_for()
    refused = page.evaluate("[document.activeElement.getAttribute('role'), document.activeElement.innerText]")
    enter(page.context, site, house.member.user)
    page.goto(f"{site}/bookings/{house.booking.number}/cancel/")
    page.get_by_role("button", name="退场").click()
    told = page.get_by_role("status").inner_text()
    assert (refused, told) == (["alert", "号码或密码不对。核对一下，或者用验证码登录。"], "退好了，场地马上放给别人。")


def test_back_button_and_second_press_book_once(page, site, house):
    enter(page.context, site, house.member.user)
    page.goto(f"{site}/book/{house.gym.units.get().pk}/?start={tomorrow()}T10:00")
    page.get_by_role("button", name="确认订场").dblclick()
    page.wait_for_url("**/bookings/**")
    page.go_back()
    page.wait_for_url("**/book/**")
    again = page.get_by_role("button", name="确认订场")  # where the browser kept the page as it was
    if again.count():
        again.click()
    else:
        page.get_by_role("link", name="看那场预约").click()
    page.wait_for_url("**/bookings/**")
    assert Booking.objects.filter(unit__venue=house.gym).count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_clash_leads_to_the_nearest_free_slot(browser, site, house, javascript):
    context = browser.new_context(java_script_enabled=javascript, viewport={"width": 390, "height": 844})
    enter(context, site, house.member.user)
    page = context.new_page()
    page.goto(f"{site}/book/{house.unit.pk}/?start={tomorrow()}T10:00")
    house.book(house.unit, 10, make_member())
    page.get_by_role("button", name="确认订场").click()
    said = page.locator(".alert.bad").inner_text()
    page.locator("main .btn.go").first.click()
    page.get_by_role("button", name="确认订场").click()
    page.locator("h1", has_text="订好了").wait_for()
    context.close()
    assert (said.startswith("这一场刚被订走"), Booking.objects.latest("pk").member) == (True, house.member)


def test_member_gives_a_booking_back_without_javascript(browser, site, house):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    enter(context, site, house.member.user)
    page = context.new_page()
    page.goto(f"{site}/bookings/")
    page.locator(f".prog a[href*='{house.booking.number}']").click()
    page.get_by_role("link", name="退场").click()
    page.get_by_label("天气不好").check()
    page.get_by_role("button", name="退场").click()
    shown = page.locator(".messages").inner_text()
    context.close()
    house.booking.refresh_from_db()
    assert (shown, house.booking.status, house.booking.reason) == (
        "退好了，场地马上放给别人。",
        "cancelled",
        "天气不好",
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_visitor_is_led_through_sign_in_to_his_slot(browser, site, house, javascript):
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.goto(f"{site}/venues/{house.hall.pk}/?day={tomorrow()}")
    page.locator(".board a.s-free").first.click()
    page.locator("aside .btn.primary").first.click()
    page.get_by_label("手机号").fill(house.member.user.phone.removeprefix("+86"))
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="确认订场").click()
    page.locator("h1", has_text="订好了").wait_for()
    context.close()
    assert Booking.objects.latest("pk").member == house.member


@pytest.mark.parametrize("javascript", [True, False])
def test_newcomer_registers_and_sees_what_is_wrong(browser, site, house, monkeypatch, javascript):
    """Through the three steps; a mistake is named at its field, and with scripts the focus goes there."""
    sent = []
    monkeypatch.setattr(codes, "sender", lambda phone, code: sent.append(code))
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    page.goto(f"{site}/register/")
    page.get_by_label("手机号").fill("13800138000")
    page.get_by_role("button", name="发验证码").click()
    page.get_by_label("验证码").fill("12")
    page.get_by_role("button", name="下一步").click()
    code = page.get_by_role("textbox", name="验证码")
    described = page.locator(f"#{code.get_attribute('aria-describedby')}").inner_text()
    focused = code.evaluate("one => one === document.activeElement")
    code.fill(sent[0])
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("姓名").fill("孔倩宁")
    page.get_by_label("单位").fill("潮城市实验小学")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="开账号").click()
    page.locator("h1", has_text="孔倩宁").wait_for()
    context.close()
    assert (described, focused) == ("验证码是 6 位，还差 4 位。", True)


def test_elder_phone_gets_the_list(page, site, house):
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page.context, site, house.member.user, size="elder")
    page.goto(f"{site}/venues/{house.hall.pk}/?day={tomorrow()}")
    assert (page.locator(".board").first.is_visible(), page.locator(".lanes").is_visible()) == (False, True)


def test_own_styles_and_scripts_are_small():
    static = Path(settings.BASE_DIR) / "static"
    styles = sum((static / "css" / name).stat().st_size for name in ("tokens.css", "components.css"))
    scripts = sum(path.stat().st_size for path in (static / "js").glob("*.js"))
    assert (styles <= 30 * 1024, scripts <= 10 * 1024) == (True, True)
