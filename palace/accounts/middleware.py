"""Staff sessions: a second factor before anything else, and an end when idle."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse

from .second_factor import has_device, missing
from .sessions import keep_alive

OPEN = frozenset(
    {"second_factor", "second_factor_setup", "sign_out", "set_preferences", "healthz_live", "healthz_ready"}
)


class StaffSession:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated:
            return None
        if "X-Refresh" not in request.headers:  # a page that refreshes itself is no sign of a person
            keep_alive(request)
        if request.resolver_match.view_name in OPEN or not missing(request):
            return None
        name = "second_factor" if has_device(request.user) else "second_factor_setup"
        return redirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
