"""Where to go next: only inside this portal."""

import re

from django.utils.http import url_has_allowed_host_and_scheme

from palace.core.navigation import address, faces_of

LONGEST = 1000
INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def safe_target(request, raw: str | None) -> str:
    """``raw`` if it is a path of ours, else an empty text."""
    raw = raw or ""
    hosts = {request.get_host()}
    inside = len(raw) <= LONGEST and INSIDE.fullmatch(raw)
    return (
        raw
        if inside and url_has_allowed_host_and_scheme(raw, allowed_hosts=hosts, require_https=request.is_secure())
        else ""
    )


def asked_target(request) -> str:
    return safe_target(request, request.POST.get("next") or request.GET.get("next"))


def landing(user) -> str:
    """The first page after signing in: staff at work, members at home."""
    faces = faces_of(user)
    return faces[0][1] if faces else address("home") or address("me") or "/"
