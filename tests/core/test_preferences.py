import pytest
from django.http import HttpResponse
from django.urls import reverse

from palace.core.context import Portal
from palace.core.middleware import Language
from palace.core.preferences import set_preferences


def post(rf, **data):
    return set_preferences(rf.post("/preferences/", data))


def cookies(response):
    return {name: morsel.value for name, morsel in response.cookies.items()}


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"size": "elder"}, {"size": "elder"}),
        ({"size": "standard"}, {"size": "standard"}),
        ({"theme": "dark"}, {"theme": "dark"}),
        ({"theme": "light"}, {"theme": "light"}),
        ({"language": "en"}, {"django_language": "en"}),
        ({"language": "zh-hans"}, {"django_language": "zh-hans"}),
        (
            {"size": "elder", "theme": "dark", "language": "en"},
            {"size": "elder", "theme": "dark", "django_language": "en"},
        ),
        ({"size": "huge"}, {}),
        ({"theme": "\r\nSet-Cookie: a=b"}, {}),
        ({"language": "fr"}, {}),
        ({"sessionid": "1"}, {}),
        ({}, {}),
    ],
)
def test_set_preferences_keeps_only_what_is_offered(rf, data, kept):
    response = post(rf, **data)
    assert (response.status_code, response.url, cookies(response)) == (302, "/", kept)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/venues/?day=2026-11-21", "/venues/?day=2026-11-21"),
        ("http://testserver/venues/", "http://testserver/venues/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("\x00/", "/"),
        ("", "/"),
        ("/" + "a" * 999, "/" + "a" * 999),
        ("/" + "a" * 1000, "/"),
    ],
)
def test_set_preferences_returns_to_our_own_pages_only(rf, target, url):
    assert post(rf, next=target).url == url


def test_set_preferences_refuses_a_get(rf):
    assert set_preferences(rf.get("/preferences/")).status_code == 405


@pytest.mark.parametrize(
    ("path", "cookie", "header", "language"),
    [
        ("/", "", "", "zh-hans"),
        ("/", "", "en-US,en;q=0.9", "zh-hans"),
        ("/", "en", "", "en"),
        ("/", "zh-hans", "en", "zh-hans"),
        ("/", "fr", "en", "zh-hans"),
        ("/", "en\x00", "", "zh-hans"),
        ("/api/v1/palaces/", "", "en", "en"),
        ("/api/v1/palaces/", "", "fr", "zh-hans"),
        ("/api/v1/palaces/", "", "", "zh-hans"),
    ],
)
def test_language_follows_the_switch_on_pages_and_the_header_in_the_api(rf, path, cookie, header, language):
    request = rf.get(path, headers={"accept-language": header})
    request.COOKIES["django_language"] = cookie
    response = Language(lambda request: HttpResponse())(request)
    assert (request.LANGUAGE_CODE, response.headers["Content-Language"]) == (language, language)


@pytest.mark.parametrize(
    ("sent", "size", "theme"),
    [
        ({}, "standard", ""),
        ({"size": "elder", "theme": "dark"}, "elder", "dark"),
        ({"size": "<script>", "theme": "neon"}, "standard", ""),
    ],
)
def test_portal_reads_the_cookies(rf, sent, size, theme):
    request = rf.get("/")
    request.COOKIES.update(sent)
    portal = Portal(request)
    assert (portal.size, portal.theme) == (size, theme)


def test_portal_comes_back_to_the_page_and_to_the_path_of_a_post(rf):
    assert [Portal(rf.get("/a/?b=1")).here, Portal(rf.post("/a/?b=1")).here] == ["/a/?b=1", "/a/"]


def test_portal_names_the_house_without_a_palace(rf):
    portal = Portal(rf.get("/"))
    assert (portal.brand, portal.motto, portal.about) == ("工人文化宫", "职工的学校和乐园", "")


def test_preferences_are_where_the_switches_post_to():
    assert reverse("set_preferences") == "/preferences/"
