"""The portal's settings for the endpoint that the slots call is compared with: it leaves before the middleware as well."""

from palace.settings import *  # noqa: F403

HOT_VIEWS = "bench.plain.hot_views"
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405  (the slots call spares that round trip too)
