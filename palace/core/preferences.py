"""How a visitor wants to see the pages: size, theme and language, each a cookie."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

SIZES = ("standard", "elder")
THEMES = ("light", "dark")
LONGEST = 1000  # letters of an address to return to
YEAR = 60 * 60 * 24 * 365


def chosen(request, name: str, choices) -> str:
    value = request.COOKIES.get(name, "")
    return value if value in choices else ""


def chosen_size(request) -> str:
    return chosen(request, "size", SIZES) or "standard"


def chosen_theme(request) -> str:
    """Empty where the visitor has not chosen: then the device decides."""
    return chosen(request, "theme", THEMES)


def choices() -> dict[str, tuple]:
    languages = tuple(code for code, _ in settings.LANGUAGES)
    return {"size": SIZES, "theme": THEMES, "language": languages}


def safe_next(request) -> str:
    """The page to return to: ours, or the home page."""
    target = request.POST.get("next", "")
    hosts, secure = {request.get_host()}, request.is_secure()
    if len(target) <= LONGEST and url_has_allowed_host_and_scheme(target, allowed_hosts=hosts, require_https=secure):
        return target
    return "/"


# Public pages carry the switches and shall not each set a cookie for them; a forged post could change no more
# than how its victim's pages look.
@csrf_exempt
@require_POST
def set_preferences(request):
    response = HttpResponseRedirect(safe_next(request))
    for name, allowed in choices().items():
        value = request.POST.get(name)
        if value in allowed:
            keep(response, name, value)
    return response


def keep(response, name: str, value: str) -> None:
    cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else name
    response.set_cookie(
        cookie,
        value,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
