"""The page that shows the API, in a real browser: it draws itself, within its policy, from this server alone."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1280])
def test_documentation_draws_itself_within_its_policy_and_origin(page, site, width):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request", lambda request: said.append(request.url) if not request.url.startswith((site, "data:")) else None
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/api/v1/docs/")
    page.locator(".opblock", has_text="/api/v1/units/{id}/slots/").click()
    page.locator(".opblock.is-open").get_by_text("Parameters", exact=True).wait_for()
    shown = page.evaluate("[document.documentElement.lang, document.documentElement.scrollWidth <= innerWidth]")
    assert (said, shown) == ([], ["en", True])
