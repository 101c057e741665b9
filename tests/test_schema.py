"""The document of the API is valid, and the API keeps to it under generated requests, good and bad."""

import io
import json
from collections import Counter

import pytest
import schemathesis
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from bookings.services import book_slot
from palace.accounts.tokens import issue_token
from palace.wsgi import application

from .bookings.test_api import forget  # noqa: F401 (fixture)
from .factories import at, make_member, make_venue, tomorrow

SEED = 20270310
EXAMPLES = 120  # a call, for each of the two kinds of data
# Rules refuse most well-formed bookings; an empty ?status= means all, as forms send it; the key is ours in every request.
NOT_FOR_US = {
    "get": [positive_data_acceptance, negative_data_rejection, ignored_auth],
    "post": [positive_data_acceptance, ignored_auth],
}


def document() -> dict:
    text = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=text)
    return json.loads(text.getvalue())


def test_schema_is_valid_and_raises_no_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_schema_names_every_call():
    calls = {(method, path) for path, item in document()["paths"].items() for method in item}
    assert calls == {
        ("post", "/api/v1/tokens/"),
        ("get", "/api/v1/palaces/"),
        ("get", "/api/v1/palaces/{id}/"),
        ("get", "/api/v1/venues/"),
        ("get", "/api/v1/venues/{id}/"),
        ("get", "/api/v1/units/"),
        ("get", "/api/v1/units/{id}/"),
        ("get", "/api/v1/units/{id}/slots/"),
        ("get", "/api/v1/bookings/"),
        ("post", "/api/v1/bookings/"),
        ("get", "/api/v1/bookings/{id}/"),
        ("post", "/api/v1/bookings/{id}/cancel/"),
    }


def test_schema_names_the_bounds_of_a_page():
    parameters = document()["paths"]["/api/v1/units/"]["get"]["parameters"]
    bounds = {p["name"]: (p["schema"].get("minimum"), p["schema"].get("maximum")) for p in parameters}
    assert {name: bounds[name] for name in ("page", "page_size")} == {"page": (1, None), "page_size": (1, 200)}


# --- generated requests -------------------------------------------------------------------------------------------


@pytest.fixture
def house(fresh_db):
    """A member with two bookings, one of them cancelled for good, in a house of courts."""
    unit, member = make_venue(prices=[(12, 22, 1500)]).units.first(), make_member()
    times = {"starts_at": at(tomorrow(), 10), "ends_at": at(tomorrow(), 11)}
    booking = book_slot(unit=unit, member=member, by=member.user, **times)
    return {"unit": unit.pk, "booking": booking.pk, "token": issue_token(user=member.user)}


def within_reach(case: Case, house: dict) -> None:
    """Every second request is about things that exist: a guessed number hardly ever is."""
    if len(repr(case.body)) % 2 or case.operation.path == "/api/v1/tokens/":
        return
    if isinstance(case.body, dict) and type(case.body.get("unit")) is int:
        case.body["unit"] = house["unit"]
    if type((case.path_parameters or {}).get("id")) is int:
        case.path_parameters["id"] = house["booking" if "bookings" in case.operation.path else "unit"]


def exercise(operation, mode, house: dict, seen: Counter) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        within_reach(case, house)
        seen[send(case, house).status_code] += 1

    run()


def send(case: Case, house: dict):
    """Answer of the call with the member's key; checked against the document."""
    headers = {} if case.operation.path == "/api/v1/tokens/" else {"Authorization": f"Token {house['token']}"}
    return case.call_and_validate(headers=headers, excluded_checks=NOT_FOR_US[case.operation.method])


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_generated_requests_find_no_error_and_no_break_of_the_document(house, mode):
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application)
    seen = Counter()
    for operation in schema.get_all_operations():
        exercise(operation.ok(), mode, house, seen)
    assert sum(seen.values()) > 100
    assert max(seen) < 500
