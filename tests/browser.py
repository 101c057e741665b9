"""A real browser on a real server: ``page`` (pytest-playwright) and ``site``, the address of a server on a database of its own."""

import os

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from .chromium import ADVICE, find

# The browser's driver keeps a loop running in this thread, where Django would refuse to use the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LANGUAGES = ["zh-hans", "en"]
SIZES = ["standard", "elder"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# The bars at the foot stand still meanwhile: axe takes what happens to be under one for hidden.
ASK_AXE = """async runOnly => {
    for (const bar of document.querySelectorAll(".tabbar, .act")) bar.style.position = "static";
    return (await axe.run({runOnly, resultTypes: ["violations"], preload: false})).violations
    .map(rule => [rule.id, ...rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]);
}"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find()
    assert path, ADVICE
    return {**browser_type_launch_args, "executable_path": path, "args": QUIET}


@pytest.fixture
def site(fresh_db):
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


def session_of(user=None, **values) -> str:
    """The key of a session in which ``user`` is signed in, with ``values`` in it."""
    client = Client()
    if user:
        client.force_login(user)
    session = client.session
    session.update(values)
    session.save()
    return session.session_key


def enter(context, site, user=None, size="standard", theme="light", language="zh-hans"):
    """As if ``user`` had signed in on this browser and chosen how pages look."""
    wear(context, site, session_of(user) if user else "", size=size, theme=theme, language=language)


def wear(context, site, session="", language="zh-hans", **cookies):
    chosen = cookies | {settings.LANGUAGE_COOKIE_NAME: language, settings.SESSION_COOKIE_NAME: session}
    context.clear_cookies()
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in chosen.items() if value])


def complaints(page, rules=RULES) -> list:
    """What axe has against the page, rule by rule; it is brought in once a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(ASK_AXE, rules)
