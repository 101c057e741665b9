"""Palaces, venues and units for other systems: what the public sees, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ..factories import make_palace, make_venue

pytestmark = pytest.mark.django_db


def get(client, path, **query):
    return client.get(f"/api/v1/{path}/", query)


def results(client, path, **query) -> list[dict]:
    return get(client, path, **query).json()["results"]


def test_units_of_a_venue(client):
    venue = make_venue(places=2)
    make_venue()
    first = venue.units.first()
    told = get(client, "units", venue=venue.pk).json()
    assert {k: told[k] for k in ("count", "next", "previous")} == {"count": 2, "next": None, "previous": None}
    assert told["results"][0] == {
        "id": first.pk,
        "venue": venue.pk,
        "palace": venue.palace_id,
        "name": "1 号场",
        "name_en": "Court 1",
        "mode": "exclusive",
        "capacity": 6,
    }
    assert client.get(f"/api/v1/units/{first.pk}/").json() == told["results"][0]


def test_venues_and_palaces_show_what_is_open_to_the_public(client):
    shown, hidden, off = make_venue(), make_venue(is_active=False), make_venue(palace=make_palace(is_active=False))
    assert [v["id"] for v in results(client, "venues")] == [shown.pk]
    assert [v["id"] for v in results(client, "venues", palace=shown.palace_id)] == [shown.pk]
    assert {p["id"] for p in results(client, "palaces")} == {shown.palace_id, hidden.palace_id}
    assert {u["venue"] for u in results(client, "units")} == {shown.pk}
    for path in (
        f"venues/{hidden.pk}",
        f"venues/{off.pk}",
        f"palaces/{off.palace_id}",
        f"units/{hidden.units.first().pk}",
    ):
        answer = get(client, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["palaces", "venues", "units"])
def test_lists_refuse_filters_that_they_do_not_know(client, path):
    answer = get(client, path, page=1, page_size=5, vanue=1)
    assert (answer.status_code, answer.json()["code"], list(answer.json()["fields"])) == (
        400,
        "unknown_field",
        ["vanue"],
    )


def test_lists_take_the_same_queries_for_one_row_and_many(client):
    make_venue(places=3)
    for path in ("palaces", "venues", "units"):
        for size in (1, 3):
            with CaptureQueriesContext(connection) as queries:
                assert get(client, path, page_size=size).status_code == 200
            assert len(queries) == 2


def test_pages(client):
    make_venue(places=3)
    first = get(client, "units", page_size=2).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    second = client.get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    assert len(results(client, "units", page_size=200)) == 3
    assert get(client, "units", page=3).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"venue": "x"}, {"venue": "\u0000"}, {"venue": "9" * 40}, {"venue": "1.5"}, {"venue": "0"}, {"mode": "both"}, {"palace": "-1"},
        {"page_size": "0"}, {"page_size": "-1"}, {"page_size": "1.5"}, {"page_size": "九"}, {"page_size": "\u0000"},
        {"page_size": "201"}, {"page_size": "000000001999999999"}, {"page_size": "9" * 5000},
    ],
)  # fmt: skip
def test_units_refuse_other_questions(client, query):
    make_venue()
    answer = get(client, "units", **query)
    assert (answer.status_code, sorted(answer.json()), list(answer.json()["fields"])) == (
        400,
        ["code", "fields", "message"],
        list(query),
    )


def test_lists_are_for_reading(client):
    for path in ("palaces", "venues", "units"):
        assert client.post(f"/api/v1/{path}/", {}, content_type="application/json").status_code == 405


def test_documentation_page_needs_nobody_elses_server(client):
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "http" not in page.content.decode().replace("http://www.w3.org", "")
    assert "script-src 'self'" in page["Content-Security-Policy"]
    script = client.get("/api/v1/docs/?script=")
    assert (script.status_code, script["Content-Type"]) == (200, "application/javascript")
