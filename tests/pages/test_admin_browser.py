"""The admin site in a real browser: nothing leaves the origin, nothing is refused by the policy, no English is left."""

import re

import pytest
from django.conf import settings

from ..factories import PASSWORD, make_palace, make_user, make_venue

pytestmark = pytest.mark.browser

PAGES = ("/admin/", "/admin/venues/venue/", "/admin/venues/venue/{venue}/change/", "/admin/venues/closure/add/",
         "/admin/venues/tariff/add/", "/admin/bookings/booking/", "/admin/venues/venue/export/")  # fmt: skip
KNOWN = {"Excel", "English"}
WORDS = """[...document.querySelectorAll('body *')].filter(e => !e.closest('.material-symbols-outlined, script, style, [lang=en]'))
    .flatMap(e => [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.textContent)).join(' ')"""


@pytest.fixture
def house(site):
    return make_venue(make_palace(slug="chao"), prices=[(8, 22, 1500)], name_en="")


def enter(page, site, palace):
    user = make_user(role="venue_manager", palace=palace, name="张建国")
    page.goto(f"{site}/admin/login/")
    page.fill("input[name=phone]", user.phone.removeprefix("+86"))
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{site}/admin/")


def listen(page, site) -> list[str]:
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda r: said.append(r.url) if not r.url.startswith((site, "data:", "blob:")) else None)
    return said


def test_admin_runs_within_its_policy_and_origin(page, site, house):
    enter(page, site, house.palace)
    said, wide = listen(page, site), []
    for path in PAGES:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(site + path.format(venue=house.pk))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append((path, width))
    assert (said, wide) == ([], [])


def test_admin_is_chinese_throughout(page, site, house):
    enter(page, site, house.palace)
    left = {}
    for path in PAGES:
        page.goto(site + path.format(venue=house.pk))
        words = set(re.findall(r"[A-Za-z]{3,}", page.evaluate(WORDS))) - KNOWN
        if words:
            left[path] = words
    assert left == {}


def test_switches_work_inside_the_admin(page, site, house):
    page.set_viewport_size({"width": 1440, "height": 900})  # the newer theme folds its menu at 1280
    enter(page, site, house.palace)
    page.goto(f"{site}/admin/venues/venue/")
    for name, value in (("theme", "dark"), ("language", "en")):
        page.locator("#nav-sidebar-inner").get_by_text("张建国").click()
        page.locator(f"button[name={name}][value={value}]").click()
        page.wait_for_load_state()
    assert page.url == f"{site}/admin/venues/venue/"
    assert page.evaluate("[document.documentElement.lang, document.documentElement.classList.contains('dark')]") == [
        "en",
        True,
    ]
    cookies = {c["name"]: c["value"] for c in page.context.cookies()}
    assert (cookies["theme"], cookies[settings.LANGUAGE_COOKIE_NAME]) == ("dark", "en")
