"""Routes of the API. Each app has its own views; this file only joins them."""

import re

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from bookings import hot
from bookings.api import BookingViewSet, SlotsView
from palace.accounts.api import TokenView
from palace.core.api import not_found
from palace.core.api_docs import DocumentationView
from palace.unions.api import PalaceViewSet
from venues.api import UnitViewSet, VenueViewSet

app_name = "api"
router = SimpleRouter(use_regex_path=False)
router.register("palaces", PalaceViewSet, basename="palace")
router.register("venues", VenueViewSet, basename="venue")
router.register("units", UnitViewSet, basename="unit")
router.register("bookings", BookingViewSet, basename="booking")

urlpatterns = [
    path("v1/tokens/", TokenView.as_view(), name="tokens"),
    path("v1/units/<int:pk>/slots/", SlotsView.as_view(), name="slots"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs/", DocumentationView.as_view(), name="docs"),
    path("v1/", include(router.urls)),
    re_path("^", not_found, name="not_found"),
]

HOT = [
    ("POST", re.compile(r"/api/v1/bookings/"), hot.book),
    ("GET", re.compile(r"/api/v1/units/(?P<pk>\d{1,19})/slots/", re.ASCII), hot.slots),
]
