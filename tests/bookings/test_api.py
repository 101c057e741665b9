"""The API as its contract says: every call, every refusal, in both languages."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from bookings import planning
from bookings.models import Booking
from bookings.services import cancel_booking, move_booking
from palace.accounts import tokens
from palace.accounts.models import ApiToken, HardshipFile
from palace.accounts.tokens import issue_token
from palace.core import throttles
from palace.core.models import AuditEntry, IdempotencyRecord
from venues.models import Allocation, Closure, Occupancy, Policy, TariffDiscount
from venues.services import close

from ..conftest import forget_all
from ..factories import at, make_member, make_user, make_venue, tomorrow

pytestmark = pytest.mark.django_db
BOOKINGS = "/api/v1/bookings/"


@pytest.fixture(autouse=True)
def forget():
    forget_all()
    cache.clear()


@pytest.fixture
def venue():
    return make_venue(prices=[(12, 22, 1500)])


@pytest.fixture
def unit(venue):
    return venue.units.first()


@pytest.fixture
def member():
    return make_member()


def head_of(member, key: str = "", **more) -> dict:
    headers = {"Authorization": f"Token {issue_token(user=member.user)}"} | more
    return headers | ({"Idempotency-Key": key} if key else {})


def body(unit, hour=14, hours=1, **more) -> dict:
    since = at(tomorrow(), hour)
    times = {"starts_at": since.isoformat(), "ends_at": (since + timedelta(hours=hours)).isoformat()}
    return {"unit": unit.pk, "party_size": 2} | times | more


def post(client, data, headers, path=BOOKINGS):
    text = data if isinstance(data, str | bytes) else json.dumps(data)
    return client.post(path, text, content_type="application/json", headers=headers)


def refused(answer) -> tuple[int, str]:
    """Status and code of a refusal whose form is right."""
    told = answer.json()
    assert sorted(told) == ["code", "fields", "message"]
    assert told["message"]
    return answer.status_code, told["code"]


def counts() -> tuple[int, int, int]:
    return Booking.objects.count(), Occupancy.objects.count(), IdempotencyRecord.objects.count()


# --- booking ------------------------------------------------------------------------------------------------------


def test_book_answers_the_booking(client, unit, member):
    answer = post(client, body(unit), head_of(member, "k1"))
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Content-Type"], answer["Location"]) == (
        201,
        "application/json",
        f"/api/v1/bookings/{booking.pk}/",
    )
    day = tomorrow().isoformat()
    assert answer.json() == {
        "id": booking.pk,
        "number": booking.number,
        "unit": unit.pk,
        "member": member.pk,
        "starts_at": f"{day}T14:00:00+08:00",
        "ends_at": f"{day}T15:00:00+08:00",
        "party_size": 2,
        "status": "confirmed",
        "price_fen": 1500,
        "paid": False,
        "cancel_before": f"{day}T13:30:00+08:00",
    }
    assert client.get(answer["Location"], headers=head_of(member)).json() == answer.json()
    assert AuditEntry.objects.filter(table_name="bookings_booking").values_list(
        "actor_id", "source", "address"
    ).get() == (
        member.user_id,
        "api",
        "127.0.0.1",
    )


def test_book_takes_one_query_after_the_key_is_known(client, unit, member):
    headers = head_of(member)

    def queries(hour: int, key: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert post(client, body(unit, hour), headers | {"Idempotency-Key": key}).status_code == 201
        return len([q for q in found if "SAVEPOINT" not in q["sql"]])

    queries(10, "first")
    tokens._kept.clear()
    assert (queries(12, "second"), queries(13, "third")) == (2, 1)


def test_book_refuses_a_key_from_the_moment_it_is_revoked(client, unit, member):
    headers = head_of(member)
    assert post(client, body(unit, 10), headers | {"Idempotency-Key": "first"}).status_code == 201
    ApiToken.objects.all().delete()
    before = counts()
    for hour, key in ((12, "second"), (10, "first")):  # neither a new booking nor the answer to an old one
        assert refused(post(client, body(unit, hour), headers | {"Idempotency-Key": key})) == (401, "token_invalid")
    assert counts() == before


def test_book_tells_a_revoked_key_nothing_of_what_it_made(client, unit, member):
    """Nor after the slot began, when the rules alone would answer."""
    headers, asked = head_of(member, "first"), body(unit, 10)
    assert post(client, asked, headers).status_code == 201
    with time_machine.travel(at(tomorrow(), 11), tick=False):
        assert post(client, asked, headers).status_code == 201
        ApiToken.objects.all().delete()
        assert refused(post(client, asked, headers)) == (401, "token_invalid")


def test_book_judges_a_member_as_he_is_now(client, member):
    """What a process remembers of a key never decides: neither for him nor against him."""
    venue = make_venue(prices=[(8, 22, 1500)])
    TariffDiscount.objects.create(tariff=venue.tariffs.get(), category="model_worker", percent=50)
    unit, headers = venue.units.first(), head_of(member)

    def booked(hour: int):
        return post(client, body(unit, hour), headers | {"Idempotency-Key": str(hour)})

    assert booked(9).json()["price_fen"] == 1500
    type(member).objects.update(category="model_worker")
    assert booked(10).json()["price_fen"] == 750
    type(member).objects.update(state="refused", verified_at=None)
    assert refused(booked(11)) == (400, "audience")
    type(member).objects.update(state="verified", verified_at=timezone.now())
    assert booked(12).json()["price_fen"] == 750


def test_book_free_of_charge_is_paid_and_pending_where_the_policy_says_so(client, member):
    unit = make_venue(policy={"needs_approval": True}).units.first()
    told = post(client, body(unit), head_of(member, "k")).json()
    assert (told["status"], told["price_fen"], told["paid"]) == ("pending", 0, True)


def test_book_for_a_dependant(client, unit, member):
    child = make_member(user=make_user(), guardian=member)
    assert post(client, body(unit, member=child.pk), head_of(member, "k")).json()["member"] == child.pk
    assert post(client, body(unit, 16, member=member.pk), head_of(member, "k2")).json()["member"] == member.pk


def test_book_hardship_member_pays_his_price(client, venue, unit, member):
    TariffDiscount.objects.create(tariff=venue.tariffs.get(), category="hardship", percent=0)
    today = timezone.localdate()
    HardshipFile.objects.create(member=member, first_day=today, last_day=today)
    told = post(client, body(unit), head_of(member, "k")).json()
    assert (told["price_fen"], told["paid"]) == (0, True)


def test_book_refuses_to_book_for_others(client, unit, member):
    before = counts()
    for somebody in (make_member().pk, 2**40):
        assert refused(post(client, body(unit, member=somebody), head_of(member, "k"))) == (403, "not_allowed")
    assert counts() == before


def test_book_refuses_an_account_without_member(client, unit):
    token = issue_token(user=make_user())
    headers = {"Authorization": f"Token {token}", "Idempotency-Key": "k"}
    assert refused(post(client, body(unit), headers)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "token_invalid"),
        ({"Authorization": "Token "}, "token_invalid"),
        ({"Authorization": "Token wrong"}, "token_invalid"),
        ({"Authorization": "Bearer x"}, "token_invalid"),
        ({"Authorization": "Token \u00e9\u00ff"}, "token_invalid"),
    ],
)
def test_book_refuses_strangers(client, unit, header, code):
    answer = post(client, body(unit), header | {"Idempotency-Key": "k"})
    assert (refused(answer), answer["WWW-Authenticate"]) == ((401, code), "Token")


def test_book_refuses_keys_that_ended_were_revoked_or_belong_to_a_closed_account(client, unit, member):
    headers = head_of(member, "k")
    ApiToken.objects.update(expires_at=timezone.now())
    assert refused(post(client, body(unit), headers)) == (401, "token_invalid")
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    member.user.is_active = False
    member.user.save()
    assert refused(post(client, body(unit), headers)) == (401, "token_invalid")
    ApiToken.objects.all().delete()
    assert refused(post(client, body(unit), headers)) == (401, "token_invalid")


def test_book_needs_a_key(client, unit, member):
    headers = head_of(member)
    assert refused(post(client, body(unit), headers)) == (400, "key_required")
    assert refused(post(client, body(unit), headers | {"Idempotency-Key": ""})) == (400, "key_required")
    assert refused(post(client, body(unit), headers | {"Idempotency-Key": "k" * 201})) == (400, "key_invalid")
    assert refused(post(client, body(unit), headers | {"Idempotency-Key": "ключ"})) == (400, "key_invalid")
    assert post(client, body(unit), headers | {"Idempotency-Key": "k" * 200}).status_code == 201


@pytest.mark.parametrize("key", ["", "ключ"])
def test_book_says_what_a_key_is_made_of(client, unit, member, key):
    """Some servers pass on nothing of a header that is not ASCII: then it reads as if there was none."""
    headers = head_of(member) | {"Idempotency-Key": key, "Accept-Language": "en"}
    assert "1 to 200" in (message := post(client, body(unit), headers).json()["message"])
    assert "ASCII" in message


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("unit", 10**30, "Write a whole number from 1 to 9223372036854775807."),
        ("unit", 2**63, "Write a whole number from 1 to 9223372036854775807."),
        *[("unit", value, "Write a whole number above 0.") for value in (0, -1, -(10**30), True, 1.5)],
        *[("party_size", value, "Write a whole number above 0.") for value in (0, -1, True, 1.5, "2")],
        ("starts_at", "2027-03-10T14:00:00", "Write a time with its offset, like 2027-03-10T14:00:00+08:00."),
        ("starts_at", "2027-02-29T14:00:00+08:00", "There is no such day or time in the years 2000 to 2100."),
        ("starts_at", "2027-02-28T25:00:00+08:00", "There is no such day or time in the years 2000 to 2100."),
        ("starts_at", "2101-01-01T14:00:00+08:00", "There is no such day or time in the years 2000 to 2100."),
    ],
)
def test_book_says_what_is_wrong_with_a_value(client, unit, member, field, value, sentence):
    answer = post(client, body(unit) | {field: value}, head_of(member, "k", **{"Accept-Language": "en"}))
    assert answer.json()["fields"] == {field: [sentence]}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("soon", "Write a day like 2027-03-10."),
        ("2027-02-29", "There is no such day or time in the years 2000 to 2100."),
    ],
)
def test_slots_tell_a_day_that_is_not_there_from_one_that_is_written_otherwise(client, unit, asked, sentence):
    answer = client.get(f"/api/v1/units/{unit.pk}/slots/", {"date": asked}, headers={"Accept-Language": "en"})
    assert answer.json()["fields"] == {"date": [sentence]}


@pytest.mark.parametrize(("year", "opens"), [(2027, "22 Feb 8:00"), (2028, "22 Feb 2028 8:00")])
def test_moment_has_its_year_unless_it_is_this_one(year, opens):
    with time_machine.travel(datetime(2027, 1, 5, tzinfo=UTC)), translation.override("en"):
        assert planning.moment(datetime(year, 2, 22, tzinfo=UTC)) == opens


def test_book_same_key_and_body_get_the_same_answer_whatever_happened_since(client, unit, member):
    headers = head_of(member, "k")
    first = post(client, body(unit), headers)
    booking = Booking.objects.get()
    move_booking(booking=booking, unit=unit, starts_at=at(tomorrow(), 10), by=member.user)
    cancel_booking(booking=booking, by=member.user)
    again = post(client, body(unit), headers)
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert counts()[0] == 1


def test_book_same_key_and_another_body_is_refused(client, unit, member):
    headers = head_of(member, "k")
    post(client, body(unit), headers)
    before = counts()
    assert refused(post(client, body(unit, 16), headers)) == (422, "key_reused")
    assert refused(post(client, body(unit, party_size=3), headers)) == (422, "key_reused")
    assert counts() == before


def test_book_keys_belong_to_their_account(client, unit, member):
    post(client, body(unit), head_of(member, "k"))
    assert post(client, body(unit, 16), head_of(make_member(), "k")).status_code == 201


def test_book_refusal_may_be_retried_with_its_key(client, unit, member):
    rival = make_member()
    taken = post(client, body(unit), head_of(rival, "r")).json()["id"]
    assert refused(post(client, body(unit), head_of(member, "k"))) == (409, "taken")
    cancel_booking(booking=Booking.objects.get(pk=taken), by=rival.user)
    assert post(client, body(unit), head_of(member, "k")).status_code == 201


def test_book_refuses_by_rules(client, venue, unit, member):
    headers = head_of(member)
    Policy.objects.update(party_min=2)
    unit_off = venue.units.last()
    unit_off.is_active = False
    unit_off.save()
    day_off = at(tomorrow() + timedelta(days=40), 14)
    far = {"starts_at": day_off.isoformat(), "ends_at": (day_off + timedelta(hours=1)).isoformat()}
    half = at(tomorrow(), 14, 30)
    cases = {
        "outside_hours": body(unit, 23),
        "off_grid": body(unit) | {"starts_at": half.isoformat(), "ends_at": (half + timedelta(hours=1)).isoformat()},
        "too_long": body(unit, hours=3),
        "too_short": body(unit, hours=0),
        "past": body(unit, -48),
        "too_early": body(unit) | far,
        "party_too_small": body(unit, party_size=1),
        "party_too_large": body(unit, party_size=7),
        "not_bookable": body(unit_off),
    }
    for heads in (2**40, 2**70, 10**30):
        huge = post(client, body(unit, party_size=heads), head_of(member, "huge", **{"Accept-Language": "en"}))
        assert (refused(huge), huge.json()["message"]) == (
            (400, "party_too_large"),
            "A party here has at most 6 persons.",
        )
    before = counts()
    answers = {code: refused(post(client, data, headers | {"Idempotency-Key": code})) for code, data in cases.items()}
    assert answers == {code: (400, code) for code in cases}
    assert counts() == before


def test_book_refuses_unverified_members_and_kept_hours(client, unit, member):
    assert refused(post(client, body(unit), head_of(make_member(verified=False), "k"))) == (400, "audience")
    Allocation.objects.create(
        palace=unit.palace, space=unit.space, place_count=6, starts_at=at(tomorrow(), 14), ends_at=at(tomorrow(), 16),
        kind="club", holder="羽协", release_hours=0,
    )  # fmt: skip
    assert refused(post(client, body(unit), head_of(member, "k"))) == (400, "allocated")


@pytest.mark.parametrize(
    "field", ["status", "price_fen", "paid", "palace", "number", "id", "by", "source", "key", "\u0000", "__class__"]
)
def test_book_refuses_fields_that_are_not_the_callers(client, unit, member, field):
    answer = post(client, body(unit, **{field: 1}), head_of(member, "k"))
    assert (refused(answer), list(answer.json()["fields"])) == ((400, "unknown_field"), [field])
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("unit", v) for v in (True, "1", 1.0, None, 0, -1, [], {}, 2**63, 10**30)],
        *[("party_size", v) for v in (True, False, "2", 2.5, None, 0, -1, -(10**30))],
        *[("member", v) for v in (True, "1", 0, -5, 1.5, [1])],
        *[
            (name, v)
            for name in ("starts_at", "ends_at")
            for v in (
                None, 5, True, "", "2027-03-10", "2027-03-10T10:00:00", "2027-03-10 10:00:00+08:00", "2027-02-30T10:00:00Z",
                "2027-W10-3T10:00:00Z", "20270310T100000Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2027-03-10T25:00:00Z",
                "2027-03-10T10:00:00+99:00", "2027-03-10T10:00:00Z\u0000", "２０２７-03-10T10:00:00Z",
            )
        ],
    ],
)  # fmt: skip
def test_book_refuses_other_types(client, unit, member, field, value):
    answer = post(client, body(unit) | {field: value}, head_of(member, "k"))
    assert (refused(answer), list(answer.json()["fields"])) == ((400, "invalid"), [field])
    assert counts() == (0, 0, 0)


def test_book_names_every_missing_field(client, member):
    assert list(post(client, {}, head_of(member, "k")).json()["fields"]) == [
        "unit",
        "starts_at",
        "ends_at",
        "party_size",
    ]


def test_book_refuses_an_unknown_unit_and_one_of_a_palace_not_shown(client, unit, member):
    assert refused(post(client, body(unit) | {"unit": 2**50}, head_of(member, "k"))) == (400, "unit_unknown")
    unit.palace.is_active = False
    unit.palace.save()
    assert refused(post(client, body(unit), head_of(member, "k"))) == (400, "unit_unknown")


@pytest.mark.parametrize(
    "text",
    ["{", "null", "[]", "1", '"x"', "{'unit': 1}", '{"unit": NaN}', '{"unit": Infinity}', '{"party_size": "\\ud800"}', b"\xff\xfe",
     b'{"unit": "\xed\xa0\x80"}', "[" * 5000, '{"a":' * 3000, "\x00", "{}x"],
)  # fmt: skip
def test_book_refuses_what_is_no_json_object(client, member, text):
    assert refused(post(client, text, head_of(member, "k"))) == (400, "parse_error")


def test_book_refuses_other_content_types_methods_and_sizes(client, unit, member):
    headers = head_of(member, "k")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = client.generic("POST", BOOKINGS, json.dumps(body(unit)), content_type=kind, headers=headers)
        assert refused(answer) == (415, "unsupported_media_type")
    for method in ("PUT", "PATCH", "DELETE"):
        assert refused(client.generic(method, BOOKINGS, headers=headers)) == (405, "method_not_allowed")
    assert refused(post(client, " " * (2 * 1024 * 1024 + 1), headers)) == (413, "too_large")
    assert refused(post(client, " " * (2 * 1024 * 1024), headers)) == (400, "parse_error")


def test_book_speaks_chinese_and_english(client, unit, member):
    headers = head_of(member)
    english = (
        "Send an Idempotency-Key of 1 to 200 ASCII letters, figures or signs with every booking, so that a repeated request "
        "cannot book twice."
    )
    asked = {"": "zh", "zh-CN": "zh", "fr": "zh", "'; DROP": "zh", "en": "en", "en-GB;q=0.5, zh-Hans;q=0.1": "en"}
    for language, expected in asked.items():
        answer = post(client, body(unit), headers | ({"Accept-Language": language} if language else {}))
        assert (answer["Content-Language"][:2], answer.json()["message"] == english) == (expected, expected == "en")
        assert answer["Vary"] == "Accept-Language, Authorization"
    assert "Idempotency-Key" in post(client, body(unit), headers).json()["message"]


def test_book_counts_calls_of_an_account_and_of_an_address(client, unit, member, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates | {"account": "3/h"}}
    headers = head_of(member)
    answers = [post(client, body(unit), headers) for _n in range(4)]
    assert [a.status_code for a in answers] == [400, 400, 400, 429]
    assert (refused(answers[3]), 0 < int(answers[3]["Retry-After"]) <= 3601) == ((429, "throttled"), True)
    assert client.get(BOOKINGS, headers=headers).status_code == 429
    assert post(client, body(unit), head_of(make_member())).status_code == 400
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates | {"address": "5/h"}}
    assert [post(client, body(unit), {}).status_code for _n in range(6)] == [401] * 5 + [429]
    throttles._counts.clear()
    cache.clear()
    assert [client.get(f"/api/v1/units/{unit.pk}/slots/").status_code for _n in range(6)] == [200] * 5 + [429]


# --- free slots ---------------------------------------------------------------------------------------------------


def slots(client, unit, headers=None, **query):
    return client.get(
        f"/api/v1/units/{unit.pk}/slots/", {"date": tomorrow().isoformat()} | query, headers=headers or {}
    )


def test_slots_are_a_bare_list(client, unit, member):
    post(client, body(unit), head_of(member, "k"))
    told = slots(client, unit, head_of(member)).json()
    day = tomorrow().isoformat()
    assert (len(told), told[0]) == (
        14,
        {"starts_at": f"{day}T08:00:00+08:00", "ends_at": f"{day}T09:00:00+08:00", "places": 1, "free": 1, "price_fen": 0, "bookable": True, "reason": ""},
    )  # fmt: skip
    assert [(s["starts_at"][11:16], s["free"], s["price_fen"], s["reason"]) for s in told if not s["bookable"]] == [
        ("14:00", 0, 1500, "taken")
    ]


def test_slots_for_the_caller(client, unit):
    def reasons(**headers):
        return {s["reason"] for s in slots(client, unit, headers).json()}

    assert reasons() == {"sign_in"}
    assert reasons(**head_of(make_member(verified=False))) == {"audience"}
    assert reasons(**head_of(make_member())) == {""}


def test_slots_of_a_shared_unit_count_heads(client, member):
    unit = make_venue(shared=True, places=10).units.get()
    post(client, body(unit, party_size=3), head_of(member, "k"))
    free = {s["starts_at"][11:13]: (s["places"], s["free"]) for s in slots(client, unit).json()}
    assert (free["13"], free["14"]) == ((10, 10), (10, 7))


def test_slots_take_one_query_until_something_changes(client, venue, unit, member):
    headers = head_of(member)

    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert slots(client, unit, headers).status_code == 200
        return len(made)

    slots(client, unit, headers)
    assert queries() == 1
    post(client, body(venue.units.last()), headers | {"Idempotency-Key": "k"})
    assert (queries(), queries()) == (2, 1)
    Policy.objects.update(max_minutes=60)
    assert (queries(), queries()) == (3, 1)


def test_slots_follow_bookings_cancellations_closures_and_rules_at_once(client, venue, unit, member):
    headers = head_of(member)

    def reasons(**query):
        return [s["reason"] for s in slots(client, unit, headers, **query).json()][6:8]

    assert reasons() == ["", ""]
    made = post(client, body(unit), headers | {"Idempotency-Key": "k"}).json()
    assert reasons() == ["taken", ""]
    post(client, {"reason": "x"}, headers, f"{BOOKINGS}{made['id']}/cancel/")
    assert reasons() == ["", ""]
    closure = Closure(
        palace=venue.palace, venue=venue, starts_at=at(tomorrow(), 14), ends_at=at(tomorrow(), 16), reason="检修"
    )
    close(closure=closure, by=make_user())
    assert reasons() == ["closed", "closed"]
    Policy.objects.update(horizon_days=0)
    assert reasons() == ["closed", "closed"]
    assert slots(client, unit, headers).json()[0]["reason"] == "too_early"


def test_slots_etag(client, unit, member):
    headers = head_of(member)
    first = slots(client, unit, headers)
    same = slots(client, unit, headers | {"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content, same["ETag"], same["Cache-Control"]) == (
        304,
        b"",
        first["ETag"],
        "private, no-cache",
    )
    assert slots(client, unit, headers | {"If-None-Match": '"other"'}).status_code == 200
    post(client, body(unit), headers | {"Idempotency-Key": "k"})
    changed = slots(client, unit, headers | {"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_slots_of_several_days(client, unit):
    days = [s["starts_at"][:10] for s in slots(client, unit, days=14).json()]
    assert (len(days), len(set(days)), days[0], days[-1]) == (
        196,
        14,
        tomorrow().isoformat(),
        (tomorrow() + timedelta(days=13)).isoformat(),
    )
    today = client.get(f"/api/v1/units/{unit.pk}/slots/").json()
    assert {s["starts_at"][:10] for s in today} == {timezone.localdate().isoformat()}


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"date": "2027-02-30"}, "invalid", "date"), ({"date": ""}, "invalid", "date"), ({"date": "20270310"}, "invalid", "date"),
        ({"date": "0001-01-01"}, "invalid", "date"), ({"date": "9999-12-31"}, "invalid", "date"), ({"date": "２０２７-03-10"}, "invalid", "date"),
        ({"date": "2027-03-10\u0000"}, "invalid", "date"), ({"days": "0"}, "invalid", "days"), ({"days": "15"}, "invalid", "days"),
        ({"days": "-1"}, "invalid", "days"), ({"days": "1.0"}, "invalid", "days"), ({"days": "九"}, "invalid", "days"),
        ({"days": "0000000020"}, "invalid", "days"), ({"days": "000000001999999999"}, "invalid", "days"),
        ({"days": "9" * 5000}, "invalid", "days"), ({"member": "1"}, "unknown_field", "member"),
    ],
)  # fmt: skip
def test_slots_refuse_other_questions(client, unit, query, code, field):
    answer = slots(client, unit, **query)
    assert (refused(answer), list(answer.json()["fields"])) == ((400, code), [field])


def test_slots_of_units_that_are_not_shown(client, venue, unit):
    for pk in (2**50, 2**63, 10**18):
        assert refused(client.get(f"/api/v1/units/{pk}/slots/")) == (404, "not_found")
    unit.is_active = False
    unit.save()
    assert refused(slots(client, unit)) == (404, "not_found")
    other = venue.units.last()
    assert slots(client, other).status_code == 200
    venue.is_active = False
    venue.save()
    assert refused(slots(client, other)) == (404, "not_found")


def test_slots_refuse_a_wrong_key_and_a_revoked_one_after_seconds(client, unit, member, monkeypatch):
    assert refused(slots(client, unit, {"Authorization": "Token wrong"})) == (401, "token_invalid")
    headers = head_of(member)
    assert slots(client, unit, headers).status_code == 200
    ApiToken.objects.all().delete()
    monkeypatch.setattr(tokens, "monotonic", lambda: throttles.time.monotonic() + 5)
    assert refused(slots(client, unit, headers)) == (401, "token_invalid")


def test_slots_know_get_and_head_only(client, unit):
    path = f"/api/v1/units/{unit.pk}/slots/"
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")
    for method in ("POST", "PUT", "DELETE"):
        assert refused(client.generic(method, path)) == (405, "method_not_allowed")


# --- own bookings -------------------------------------------------------------------------------------------------


def test_bookings_are_the_callers_and_his_dependants(client, unit, member):
    child = make_member(user=make_user(), guardian=member)
    post(client, body(unit, 10), head_of(member, "a"))
    post(client, body(unit, 12, member=child.pk), head_of(member, "b"))
    other = post(client, body(unit, 14), head_of(make_member(), "c")).json()
    told = client.get(BOOKINGS, headers=head_of(member)).json()
    assert [told[k] for k in ("count", "next", "previous")] == [2, None, None]
    assert [b["member"] for b in told["results"]] == [child.pk, member.pk]
    assert refused(client.get(f"{BOOKINGS}{other['id']}/", headers=head_of(member))) == (404, "not_found")
    assert refused(post(client, {"reason": "x"}, head_of(member), f"{BOOKINGS}{other['id']}/cancel/")) == (
        404,
        "not_found",
    )
    assert Booking.objects.get(pk=other["id"]).status == "confirmed"


def test_bookings_pages_and_filter(client, unit, member):
    headers = head_of(member)
    for n in range(3):
        post(client, body(unit, 10 + n), headers | {"Idempotency-Key": f"k{n}"})
    for size, queries in ((1, 3), (3, 3)):
        with CaptureQueriesContext(connection) as made:
            told = client.get(BOOKINGS, {"page_size": size}, headers=headers).json()
        assert (len(told["results"]), len(made)) == (size, queries)
    assert told["next"] is None
    assert client.get(BOOKINGS, {"status": "cancelled"}, headers=headers).json()["results"] == []
    for query in ({"page_size": "0"}, {"page_size": "x"}, {"page_size": "-1"}, {"status": "gone"}):
        assert client.get(BOOKINGS, query, headers=headers).status_code == 400
    assert client.get(BOOKINGS, {"page": "9"}, headers=headers).status_code == 404


def test_bookings_need_a_key(client):
    assert refused(client.get(BOOKINGS)) == (401, "not_authenticated")
    assert refused(client.get(BOOKINGS, headers={"Authorization": "Token wrong"})) == (401, "token_invalid")


def test_cancel(client, unit, member):
    headers = head_of(member)
    made = post(client, body(unit), headers | {"Idempotency-Key": "k"}).json()
    path = f"{BOOKINGS}{made['id']}/cancel/"
    reason = "下雨了 🏸 𠮷"
    answer = post(client, {"reason": reason}, headers, path)
    assert (answer.status_code, answer.json()) == (200, made | {"status": "cancelled"})
    booking = Booking.objects.get()
    assert (booking.reason, booking.cancelled_by) == (reason, member.user)
    entry = AuditEntry.objects.filter(table_name="bookings_booking", action="update").get()
    assert (entry.actor_id, entry.source) == (member.user_id, "api")
    assert refused(post(client, {"reason": reason}, headers, path)) == (409, "not_active")


def test_audit_tells_the_caller_from_the_proxy(client, unit, member, settings):
    settings.PROXY_COUNT = 1
    headers = head_of(member, "k", **{"X-Forwarded-For": "6.6.6.6, 10.1.2.3"})
    made = post(client, body(unit), headers).json()
    post(client, {"reason": "x"}, headers, f"{BOOKINGS}{made['id']}/cancel/")
    rows = AuditEntry.objects.filter(table_name="bookings_booking").order_by("pk").values_list("action", "address")
    assert list(rows) == [("insert", "10.1.2.3"), ("update", "10.1.2.3")]


def test_cancel_refuses(client, unit, member):
    headers = head_of(member)
    made = post(client, body(unit), headers | {"Idempotency-Key": "k"}).json()
    path = f"{BOOKINGS}{made['id']}/cancel/"
    assert refused(post(client, {"status": "used"}, headers, path)) == (400, "unknown_field")
    assert refused(post(client, {}, headers, path)) == (400, "required")
    assert refused(post(client, {"reason": " "}, headers, path)) == (400, "blank")
    for reason in (7, True, ["x"], {"x": 1}):
        assert refused(post(client, {"reason": reason}, headers, path)) == (400, "invalid")
    assert refused(post(client, {"reason": "长" * 201}, headers, path)) == (400, "max_length")
    assert refused(post(client, {"reason": "a\u0000"}, headers, path)) == (400, "null_characters_not_allowed")
    assert refused(post(client, '{"reason": "\\ud800"}', headers, path)) == (400, "parse_error")
    assert refused(post(client, {}, {}, path)) == (401, "not_authenticated")
    assert refused(post(client, " " * (2 * 1024 * 1024 + 1), headers, path)) == (413, "too_large")
    Booking.objects.update(cancel_before=timezone.now())
    assert refused(post(client, {"reason": "x"}, headers, path)) == (409, "too_late")
    assert Booking.objects.get().status == "confirmed"


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"reason": ""}, 400, "Write some words here."),
        ({"reason": None}, 400, "Write some words here."),
        ({"reason": 7}, 400, "Write words in quotation marks, not a number or a list."),
        ({}, 400, "Send this field too."),
        ([], 400, "Send one JSON object."),
        ({"reason": "x" * 201}, 400, "Write at most 200 letters."),
    ],
)
def test_cancel_refuses_in_words_of_the_house(client, unit, member, asked, status, sentence):
    headers = head_of(member, **{"Accept-Language": "en"})
    made = post(client, body(unit), headers | {"Idempotency-Key": "k"}).json()
    answer = post(client, asked, headers, f"{BOOKINGS}{made['id']}/cancel/")
    assert (answer.status_code, answer.json()["message"]) == (status, sentence)
    assert set(answer.json()["fields"]) <= {"reason"}


@pytest.mark.parametrize(
    ("call", "status", "sentence"),
    [
        (lambda c, h: c.get(BOOKINGS, headers={"Accept-Language": "en"}), 401, "Send a key in the header Authorization, as Token and the key."),
        (lambda c, h: c.get(f"{BOOKINGS}1/", headers=h), 404, "There is nothing here."),
        (lambda c, h: c.get(BOOKINGS, {"page": "9"}, headers=h), 404, "There is no such page."),
        (lambda c, h: c.get(BOOKINGS, headers=h | {"Accept": "text/html"}), 406, "This address answers in JSON. Send the header Accept: application/json."),
        (lambda c, h: c.delete(BOOKINGS, headers=h), 405, "This address is called in another way. The description of the API says how."),
    ],
)  # fmt: skip
def test_refusals_of_the_framework_are_in_words_of_the_house(client, member, call, status, sentence):
    answer = call(client, head_of(member, **{"Accept-Language": "en"}))
    assert (answer.status_code, answer.json()["message"]) == (status, sentence)


def test_unknown_addresses_answer_in_the_form_of_every_error(client):
    for path in (
        "/api/",
        "/api/v1/",
        "/api/v2/bookings/",
        "/api/v1/bookings",
        "/api/v1/units/x/slots/",
        "/api/v1/bookings/1/pay/",
    ):
        assert refused(client.get(path)) == (404, "not_found")
        assert refused(Client(enforce_csrf_checks=True).post(path)) == (404, "not_found")
