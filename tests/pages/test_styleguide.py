import pytest

from ..browser import enter

pytestmark = pytest.mark.browser


def look(page, site):
    enter(page.context, site)
    page.goto(f"{site}/styleguide/")


def test_styleguide_shows_every_state_of_a_slot(page, site):
    look(page, site)
    shown = page.eval_on_selector_all(".slot", "all => all.map(one => one.className.split(' ')[1])")
    assert set(shown) == {
        f"s-{state}" for state in ["free", "sel", "mine", "taken", "class", "closed", "draw", "past", "in", "due"]
    }


def test_arrow_keys_walk_over_the_board(page, site):
    look(page, site)
    page.locator(".board a.slot").first.focus()
    walk = []
    for key in ["ArrowDown", "ArrowLeft", "ArrowDown", "ArrowRight", "Home", "End"]:
        page.keyboard.press(key)
        walk.append(page.evaluate("document.activeElement.querySelector('.vh').innerText.trim()"))
    assert walk == [
        "11:00 2 号场，",
        "11:00 1 号场，",
        "14:00 1 号场，",
        "14:00 3 号场，",
        "14:00 1 号场，",
        "14:00 3 号场，",
    ]


def test_switches_work_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site}/styleguide/?page=3")
    for text in ["浅色", "大字版", "EN"]:
        page.get_by_role("button", name=text).click()
    html = page.locator("html")
    seen = [html.get_attribute(name) for name in ("lang", "data-size", "data-theme")]
    context.close()
    assert (page.url, seen) == (f"{site}/styleguide/?page=3", ["en", "elder", "light"])


def swap(page, status, answer):
    """Let a part of the page ask for ``/part/``, which answers so."""
    page.route(
        "**/part/",
        lambda route: route.fulfill(status=status, content_type="text/html", body=answer),
    )
    page.evaluate(
        """() => { document.querySelector("main h1").insertAdjacentHTML("afterend",
        '<button id="ask" hx-get="/part/" hx-target="#part">?</button><div id="part">before</div>');
        htmx.process(document.querySelector("main")); }"""
    )
    page.locator("#ask").click()


@pytest.mark.parametrize("status", [200, 409, 422, 429])
def test_answer_for_a_part_is_swapped_in_and_takes_the_focus(page, site, status):
    look(page, site)
    swap(page, status, '<div class="alert bad"><b>taken</b></div>')
    page.locator("#part .alert").wait_for()
    page.wait_for_function("document.activeElement.matches('#part .alert')")
    assert (page.locator("#part").inner_text(), page.locator("#trouble").is_visible()) == (
        "taken",
        False,
    )


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_failure_of_a_part_leaves_the_page_and_says_so(page, site, status):
    look(page, site)
    swap(page, status, "<h1>broken</h1>")
    page.locator("#trouble").wait_for()
    assert page.locator("#part").inner_text() == "before"


def test_form_is_sent_once(page, site):
    look(page, site)
    seen = page.evaluate(
        """() => {
        const form = document.createElement("form"), button = document.createElement("button");
        let sent = 0;
        form.method = "post"; form.append(button); document.querySelector("main").append(form);
        form.addEventListener("submit", (event) => { sent += 1; event.preventDefault(); });
        button.click(); button.click(); button.click();
        return [sent, button.getAttribute("aria-busy")]; }"""
    )
    assert seen == [1, "true"]
