from urllib.parse import urlencode

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory
from django.utils.translation import override
from django.views import defaults
from django.views.csrf import csrf_failure

from palace.core.api import unavailable_body
from palace.pages.errors import server_error

from ..factories import make_user


def request():
    return RequestFactory().get("/somewhere/")


ANSWERS = {
    400: lambda: defaults.bad_request(request(), SuspiciousOperation()),
    403: lambda: defaults.permission_denied(request(), PermissionDenied()),
    404: lambda: defaults.page_not_found(request(), Exception()),
    500: lambda: defaults.server_error(request()),
}
TITLES = {
    400: ("这个请求看不懂", "We could not read that"),
    403: ("这个页面你打不开", "This is not yours to open"),
    404: ("这个页面找不到", "This page is not here"),
    500: ("我们这边出了毛病", "Something broke on our side"),
}


@pytest.mark.parametrize("status", ANSWERS)
def test_error_page_says_what_happened_and_the_way_on(status):
    response = ANSWERS[status]()
    page = response.content.decode()
    assert (response.status_code, f"<h1>{TITLES[status][0]}</h1>" in page, "回首页" in page) == (
        status,
        True,
        True,
    )


@pytest.mark.parametrize("status", ANSWERS)
def test_error_page_speaks_english(status):
    with override("en"):
        page = ANSWERS[status]().content.decode()
    assert (f"<h1>{TITLES[status][1]}</h1>" in page, '<html lang="en"' in page) == (True, True)


def test_csrf_page_says_what_to_do():
    response = csrf_failure(request())
    assert (response.status_code, "<h1>这个页面放得太久了</h1>" in response.content.decode()) == (
        403,
        True,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/palaces/choose/", "/sign-out/", "/preferences/", "/messages/1/open/"])
def test_address_of_a_button_opened_as_a_page_says_so(client, address):
    client.force_login(make_user())
    response = client.get(address)
    assert (response.status_code, "POST" in response.headers["Allow"]) == (405, True)
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert ("<h1>这里没有页面</h1>" in response.content.decode(), "回首页" in response.content.decode()) == (True, True)
    client.cookies["django_language"] = "en"
    assert "<h1>This is no page</h1>" in client.get(address).content.decode()


@pytest.mark.django_db
def test_other_method_leaves_the_api_its_own_words(client):
    response = client.put("/api/v1/venues/")
    assert (response.status_code, response.headers["Content-Type"]) == (405, "application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "status"),
    [({"phone": "1" * 2_000_000}, 422), ({"phone": "1" * 3_000_000}, 413), ({f"f{n}": "" for n in range(2001)}, 413)],
)
def test_form_that_is_too_large_is_told_so(client, fields, status):
    response = client.post("/sign-in/", urlencode(fields), content_type="application/x-www-form-urlencoded")
    assert (response.status_code, "<h1>内容太大了</h1>" in response.content.decode()) == (status, status == 413)


def answer_to(error, path="/somewhere/"):
    try:
        raise error
    except type(error):
        return server_error(RequestFactory().get(path))


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_page_of_a_database_that_is_away_says_to_try_again(error):
    response = answer_to(error)
    page = response.content.decode()
    assert (response.status_code, response.headers["Retry-After"], "<h1>这会儿太忙，再试一次</h1>" in page) == (
        503,
        "2",
        True,
    )
    assert answer_to(ValueError("ours")).status_code == 500


@pytest.mark.django_db
def test_pages_of_a_portal_without_its_database_are_busy_and_not_broken(client, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError("gone")

    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", gone)
    assert {client.get(path).status_code for path in ("/", "/venues/", "/sign-in/", "/desk/")} <= {503, 200, 302}
    assert client.get("/venues/").status_code == 503


def test_who_waited_for_a_lock_reads_that_somebody_changes_the_same():
    late, gone = OperationalError("late"), OperationalError("gone")
    late.__cause__ = psycopg.errors.LockNotAvailable()
    assert [unavailable_body(error)["code"] for error in (late, gone)] == ["busy", "unavailable"]
