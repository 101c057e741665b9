"""What the slots call is compared with: the same rows by ``values_list``, as JSON, without rules, prices or caller."""

import re
from datetime import date, timedelta

import orjson
from django.http import HttpResponse

from bookings.slots import day_bounds
from venues.models import Occupancy


def rows(request, space: str):
    since, until = day_bounds(date.fromisoformat(request.GET["date"]), int(request.GET["days"]))
    held = Occupancy.objects.holding().filter(space=space).overlapping(since, until - timedelta(days=1))
    values = held.order_by("starts_at").values_list(
        "first_place", "place_count", "starts_at", "ends_at", "kind", "holder_id"
    )
    return HttpResponse(orjson.dumps(list(values)), content_type="application/json")


def hot_views():
    return [("GET", re.compile(r"/spaces/(?P<space>\d+)/"), rows)]
