import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import RequestFactory
from django.utils.translation import override
from django.views import defaults
from django.views.csrf import csrf_failure


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
