"""Answers of Django's own that we say in a page of ours. They may have no session and no database."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request, exception):
    if isinstance(exception, TOO_LARGE):
        return HttpResponse(render_to_string("413.html"), status=413)
    return defaults.bad_request(request, exception)


class OtherMethod:
    """An address that only takes what a button sends, opened as a page: a sentence instead of an empty answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and response.headers["Content-Type"].startswith("text/html"):
            response.content = render_to_string("405.html")
        return response
