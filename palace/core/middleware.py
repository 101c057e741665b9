"""What happens around every request."""

import uuid

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.module_loading import import_string
from django.utils.translation import get_language_from_request

from .actor import acting, address_of

API = "/api/"
IN_BUFFERS = 64 * 1024
MOST_HEARD = 32 * 1024 * 1024


class Language:
    """Chooses the language of the answer.

    Pages are Chinese until their reader presses EN, whatever the browser was sold with; the cookie remembers it.
    Programs have no switch: the API reads their Accept-Language.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(language_of(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            return self.marked(request, response)

    def marked(self, request, response):
        patch_vary_headers(response, ["Accept-Language" if request.path_info.startswith(API) else "Cookie"])
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def language_of(request) -> str:
    if request.path_info.startswith(API):
        return get_language_from_request(request)
    wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class Actor:
    """Marks every change of a request with who made it, for the audit (``palace.core.actor``)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        source = "api" if request.path_info.startswith(API) else "web"
        with acting(user_id=request.user.pk, source=source, request_id=request.id, address=address_of(request)):
            return self.get_response(request)


class HotPath:
    """The two hot calls leave here, before sessions, languages and the rest: they need none of them.

    ``hot_views`` maps (method, compiled path) to a plain view. The views do what they need themselves: the key, the
    language of the answer, the actor.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.hot_views = import_string(settings.HOT_VIEWS)()

    def __call__(self, request):
        response = self.answer(request)
        hear_out(request)
        return response

    def answer(self, request):
        for method, path, view in self.hot_views:
            if request.method == method and (match := path.fullmatch(request.path_info)):
                return secured(view(request, **match.groupdict()))
        return self.get_response(request)


def hear_out(request) -> None:
    """Read away what a refused request still sends, so that it hears the refusal instead of a line that is cut.

    Most clients send all before they listen. Small bodies lie in the buffers of the line anyway.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdecimal() and IN_BUFFERS < int(length[:12]) <= MOST_HEARD:
        while request._stream.read(IN_BUFFERS):
            pass


def secured(response):
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
