"""Routes. Each app has its own; this file only joins them."""

import re

from django.contrib import admin
from django.urls import include, path

from palace import api_urls
from palace.core import health
from palace.core.media import media
from palace.core.preferences import set_preferences
from palace.pages.overview import overview
from palace.pages.styleguide import styleguide
from palace.pages.views import home

urlpatterns = [
    path("", home, name="home"),
    path("healthz/live", health.live, name="healthz_live"),
    path("healthz/ready", health.ready, name="healthz_ready"),
    path("overview/", overview, name="overview"),
    path("preferences/", set_preferences, name="set_preferences"),
    path("styleguide/", styleguide, name="styleguide"),
    path("", include("bookings.urls")),
    path("desk/", include("bookings.desk_urls")),
    path("", include("palace.accounts.urls")),
    path("", include("palace.unions.urls")),
    path("", include("palace.notices.urls")),
    path("api/", include("palace.api_urls")),
    path("admin/", admin.site.urls),
    path("media/<path:path>", media, name="media"),
]

handler400 = "palace.pages.errors.bad_request"
handler500 = "palace.pages.errors.server_error"


def hot_views():
    """Calls that leave before the middleware: (method, compiled path, view)."""
    return [
        ("GET", re.compile("/healthz/live"), health.live),
        ("GET", re.compile("/healthz/ready"), health.ready),
        *api_urls.HOT,
    ]
