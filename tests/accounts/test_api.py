"""Keys of the API: who gets one, who is refused, and that nobody guesses a password by it."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from palace.accounts.models import ApiToken
from palace.accounts.tokens import digest_of, issue_token, user_of
from palace.core import throttles

from ..factories import PASSWORD, make_member, make_palace, make_union, make_user

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens/"


@pytest.fixture(autouse=True)
def forget():
    throttles._counts.clear()
    cache.clear()


def ask(client, data, **headers):
    return client.post(TOKENS, data, content_type="application/json", headers=headers)


def refused(answer) -> tuple[int, str]:
    told = answer.json()
    assert sorted(told) == ["code", "fields", "message"]
    assert told["message"]
    return answer.status_code, told["code"]


def test_token_for_phone_and_password(client):
    user = make_member().user
    answer = ask(client, {"phone": user.phone, "password": PASSWORD})
    assert (answer.status_code, list(answer.json()), answer["Cache-Control"]) == (200, ["token"], "no-store")
    stored = ApiToken.objects.get()
    assert (stored.user, stored.digest) == (user, digest_of(answer.json()["token"]))
    own = client.get("/api/v1/bookings/", headers={"Authorization": f"Token {answer.json()['token']}"})
    assert (own.status_code, own.json()["results"]) == (200, [])


def test_token_wrong_and_unknown_get_the_same_words(client):
    user = make_user()
    wrong = ask(client, {"phone": user.phone, "password": "wrong"})
    unknown = ask(client, {"phone": "13800000000", "password": "wrong"})
    assert (refused(wrong), wrong["WWW-Authenticate"]) == ((401, "wrong"), "Token")
    assert wrong.json() == unknown.json()
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("role", ["desk", "venue_manager", "director", "partner", "admin"])
def test_token_is_refused_to_accounts_with_a_role(client, role):
    user = make_user(role=role, palace=make_palace())
    assert refused(ask(client, {"phone": user.phone, "password": PASSWORD})) == (403, "second_factor")
    assert ApiToken.objects.count() == 0


def test_token_is_refused_to_officials_and_installers(client):
    for user in (make_user(role="official_county", union=make_union()), make_user(is_superuser=True)):
        assert refused(ask(client, {"phone": user.phone, "password": PASSWORD})) == (403, "second_factor")


def test_token_locks_out_after_five_wrong_passwords(client):
    user = make_user()
    tries = [ask(client, {"phone": user.phone, "password": f"wrong{n}"}).status_code for n in range(6)]
    assert tries == [401] * 4 + [429, 429]
    assert refused(ask(client, {"phone": user.phone, "password": PASSWORD})) == (429, "locked_out")


def test_token_tries_are_counted_by_address(client, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates | {"token": "2/h"}}
    answers = [ask(client, {"phone": f"1380000000{n}", "password": "x"}) for n in range(3)]
    assert [a.status_code for a in answers] == [401, 401, 429]
    assert (refused(answers[2]), int(answers[2]["Retry-After"]) > 0) == ((429, "throttled"), True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, "required"),
        ({"phone": "13900000001"}, "required"),
        ({"phone": "13900000001", "password": ""}, "blank"),
        ({"phone": "13900000001", "password": "x" * 129}, "max_length"),
        ({"phone": "1" * 21, "password": "x"}, "max_length"),
        ({"phone": True, "password": "x"}, "invalid"),
        ({"phone": "13900000001", "password": ["x"]}, "invalid"),
        ({"phone": "a\u0000", "password": "x"}, "null_characters_not_allowed"),
        ({"phone": "13900000001", "password": "x", "role": "admin"}, "unknown_field"),
        ({"phone": "🏸", "password": "x"}, "phone_invalid"),
        ([], "invalid"),
        ("text", "invalid"),
        (None, "null"),
    ],
)
def test_token_refuses_other_bodies(client, data, code):
    status, told = refused(client.post(TOKENS, json.dumps(data), content_type="application/json"))
    assert (status, told) == (400, code) or (data in (None, "text", []) and status == 400)


def test_token_knows_post_only(client):
    for method in ("get", "put", "patch", "delete"):
        assert refused(getattr(client, method)(TOKENS)) == (405, "method_not_allowed")
    assert refused(client.post(TOKENS, {"phone": "1"})) == (415, "unsupported_media_type")


def test_user_of_loads_the_member_with_one_query(django_assert_num_queries):
    member = make_member(name="𠮷田🏸")
    header = f"Token {issue_token(user=member.user)}"
    with django_assert_num_queries(1):
        user = user_of(header)
        assert (user, user.member, user.member.name, user.member.hardship) == (member.user, member, "𠮷田🏸", False)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [user_of(h) for h in (header, "", "Token ", "Token x", "token x")] == [None] * 5


def test_issue_token_keeps_a_strange_agent():
    user = make_user()
    issue_token(user=user, agent="a\0" + "b" * 300)
    assert ApiToken.objects.get().agent == "a" + "b" * 199
