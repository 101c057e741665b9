"""Every member page in every mode and language, on a phone and on a desk, at every width and enlargement."""

import pytest

from palace.accounts.access import PUBLIC, SIGNED_IN
from palace.pages import styleguide

from ..browser import COLOURS, LANGUAGES, RULES, SIZES, complaints, wear
from ..test_access import address, route_lines
from .member_pages import NOT_PAGES, PAGES, House, stops

WIDTHS = (320, 390, 640, 768, 1280)  # 320 is 1280 at 400 %, 640 is 1280 at 200 %

# What leaves the page or is cut: lines of text beyond the window, or beyond the button that they name.
CUT = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    for (let node; (node = walker.nextNode());) {
        const holder = node.parentElement;
        if (!node.data.trim() || holder.closest(".vh, .scroll, .skip, script, option") || !holder.checkVisibility()) continue;
        range.selectNodeContents(node);
        const button = holder.closest(".btn, button, .tab, .tabbar a, .chip, .slot"), edge = button?.getBoundingClientRect();
        for (const line of range.getClientRects()) {
            const out = line.left < -1 || line.right > innerWidth + 1;
            const over = edge && (line.left < edge.left - 1 || line.right > edge.right + 1 || line.top < edge.top - 4 || line.bottom > edge.bottom + 4);
            if (out || over) { found.push(`${out ? "off the page" : "out of its button"}: ${node.data.trim().slice(0, 40)}`); break; }
        }
    }
    return found.slice(0, 5);
}"""

# What the keyboard reaches: each stop shows a ring, and something of it is not under a bar.
HIDDEN = """() => {
    const found = [], name = one => (one.innerText || one.name || one.outerHTML).trim().slice(0, 40);
    for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
        if (one.disabled || !one.checkVisibility({ visibilityProperty: true })) continue;
        one.focus();
        if (document.activeElement !== one) { found.push(`takes no focus: ${name(one)}`); continue; }
        const box = [...one.getClientRects()].find(box => box.width && box.height);
        if (!box) { found.push(`has no room: ${name(one)}`); continue; }
        if (getComputedStyle(one).outlineStyle === "none") found.push(`no ring: ${name(one)}`);
        const clip = one.closest(".scroll")?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
        const left = Math.max(box.left, clip.left, 0), right = Math.min(box.right, clip.right, innerWidth);
        const points = [0.5, 0.05, 0.95].flatMap(x => [0.5, 0.05, 0.95].map(y => [left + x * (right - left), box.top + y * box.height]));
        const seen = ([x, y]) => { const hit = document.elementFromPoint(x, y); return hit && (one === hit || one.contains(hit)); };
        if (right <= left || !points.some(seen)) found.push(`hidden when it has the focus: ${name(one)}`);
    }
    return found.slice(0, 5);
}"""

# The page as a whole: what it says of itself, and what a strict policy or a thick finger stumbles over.
WHOLE = """lang => {
    const least = document.documentElement.dataset.size === "elder" ? 60 : 44;  // px of what a finger presses
    const found = [], page = document.documentElement, heads = document.querySelectorAll("h1").length;
    if (page.lang !== lang) found.push(`lang is ${page.lang}`);
    if (!document.title.trim() || document.title.trim().startsWith("·")) found.push(`title is ${document.title}`);
    if (heads !== 1) found.push(`${heads} titles`);
    if (document.querySelector("[style]")) found.push("a style attribute");
    for (const one of document.querySelectorAll("main :is(.btn, .tab, .board .slot[href], .ribbon a)")) {
        const box = one.getBoundingClientRect();
        if (box.height && (box.height < least - 0.5 || box.width < 43.5)) found.push(`too small: ${one.innerText.slice(0, 40)}`);
    }
    return found.slice(0, 5);
}"""

# Words in the other language that no element says so of.
UNMARKED = """lang => {
    const found = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    const foreign = lang === "en" ? /[\\u3400-\\u9fff]/ : /[A-Za-z]{3,}(?: [a-z]+){2}/;
    for (let node; (node = walker.nextNode());) {
        const holder = node.parentElement;
        if (holder.closest("script, style, title") || !foreign.test(node.data)) continue;
        if (holder.closest("[lang]").lang.startsWith(lang.slice(0, 2))) found.push(node.data.trim().slice(0, 60));
    }
    return found.slice(0, 5);
}"""


@pytest.fixture
def house(site, settings, tmp_path, monkeypatch):
    """With the demonstration's strip on every page, the second factor on, and a page that breaks."""
    settings.MEDIA_ROOT, settings.DEMO, settings.SECOND_FACTOR = str(tmp_path), True, True
    samples = styleguide.samples
    monkeypatch.setattr(
        styleguide, "samples", lambda request: {}["broken"] if "broken" in request.GET else samples(request)
    )
    found = House()
    found.fill()
    return found


def test_every_member_page_is_in_the_table():
    lines = {name: who for name, (who, _) in route_lines().items() if ":" not in name}
    assert {name for name, who in lines.items() if who in {PUBLIC, SIGNED_IN}} == set(PAGES) | NOT_PAGES


@pytest.mark.django_db
def test_what_is_no_page_shows_none(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("13800000001", "x", name="周小明"))
    routes = route_lines()
    shown = {name: client.get(address(name, routes[name][1])) for name in NOT_PAGES}
    assert [n for n, got in shown.items() if got.status_code == 200 and "html" in got["Content-Type"]] == []


class Visit:
    """One browser page on its way from stop to stop; keeps what it is answered, asks others for, and complains of."""

    def __init__(self, page, site, house, size, language):
        self.page, self.site, self.house, self.size, self.language = page, site, house, size, language
        self.answers, self.strays, self.said, self.enlarge = [], [], [], page.context.new_cdp_session(page)
        page.on("response", self.note)
        page.on("request", lambda request: request.url.startswith(site) or self.strays.append(request.url))
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def note(self, answer):
        if answer.request.is_navigation_request():
            self.answers.append(answer.status)

    def hear(self, message):
        if message.type in {"error", "warning"} and "the server responded with" not in message.text:
            self.said.append(message.text)

    def go(self, stop) -> list:
        """Go there as the stop says; what is wrong with the answer."""
        for kept in (self.answers, self.strays, self.said):
            kept.clear()
        who = self.house.people[stop.who]
        wear(self.page.context, self.site, language=self.language, size=self.size, theme="light", **who)
        self.page.goto(self.site + self.house.address(stop.path))
        if stop.act:
            stop.act(self.page)
        expected = [200, stop.status] if stop.act else [stop.status]
        wrong = [] if self.answers == expected else [("answered", self.answers.copy())]
        return wrong + [("asked", url) for url in self.strays] + [("said", text) for text in self.said]

    def look(self) -> list:
        """Everything that can be wrong with the page that is open."""
        page, lang = self.page, {"zh-hans": "zh-Hans"}.get(self.language, "en")
        page.set_viewport_size({"width": 390, "height": 640})
        found = [("page", text) for text in page.evaluate(WHOLE, lang) + page.evaluate(UNMARKED, lang)]
        page.keyboard.press("Tab")  # from here on the focus shows
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 640})
            found += [(width, text) for text in page.evaluate(CUT)]
            found += [(width, text) for text in page.evaluate(HIDDEN)] if width in (320, 1280) else []
        found += self.look_enlarged() if self.size == "standard" else []
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            # A theme changes colours and nothing else, so the second one is asked about them alone.
            for theme, rules in (("light", RULES), ("dark", COLOURS)):
                page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
                found += [(width, theme, *complaint) for complaint in complaints(page, rules)]
        return found

    def look_enlarged(self) -> list:
        """With letters twice as large, as a reader sets them in the browser, on a phone and on a desk."""
        found = []
        self.letters(32)
        assert self.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 844})
            found += [(width, "200 %", text) for text in self.page.evaluate(CUT) + self.page.evaluate(HIDDEN)]
        self.letters(16)
        return found

    def letters(self, size):
        self.enlarge.send("Page.setFontSizes", {"fontSizes": {"standard": size}})


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
def test_every_member_page_in_every_mode(page, site, house, size, language):
    walk = Visit(page, site, house, size, language)
    found = [f"{stop}: {each}" for stop in stops() for each in walk.go(stop) + walk.look()]
    assert found == [], "\n".join(found)


@pytest.mark.browser
def test_photos_come_from_here(page, site, house):
    with page.expect_request(lambda request: request.url.startswith(f"{site}/media/venues/")):
        page.goto(site + house.address("/venues/{hall}/about/"))
        page.locator("main img").first.scroll_into_view_if_needed()  # pictures are fetched when they come near
