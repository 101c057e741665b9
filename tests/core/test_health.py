import json

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from palace.core import health


def test_live_needs_no_database(client):
    response = client.get("/healthz/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_when_all_is_up(client):
    response = client.get("/healthz/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "down": []})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_leaves_before_hosts_and_https_are_judged(client, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz/ready", headers={"host": "10.0.0.7"}).status_code == 200


def broken():
    raise DatabaseError


@pytest.mark.parametrize(
    ("name", "status", "answer"),
    [
        ("database", 503, {"status": "down", "down": ["database"]}),
        ("migrations", 503, {"status": "down", "down": ["migrations"]}),
        ("redis", 200, {"status": "ok", "down": ["redis"]}),
    ],
)
def test_ready_names_what_is_down(rf, monkeypatch, name, status, answer):
    checks = dict.fromkeys(health.CHECKS, lambda: True) | {name: broken}
    monkeypatch.setattr(health, "CHECKS", checks)
    response = health.ready(rf.get("/healthz/ready"))
    assert (response.status_code, json.loads(response.content)) == (status, answer)


def test_is_migrated_sees_a_missing_table(fresh_db, owner, monkeypatch):
    monkeypatch.setattr(health, "migrated", False)
    assert health.waiting_migrations() == []
    owner.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert health.waiting_migrations() == ["sessions.0001_initial"]
    assert health.is_migrated() is False


def test_redis_answers_where_memory_is_the_cache():
    assert cache.__class__ is not None
    assert health.redis_answers() is True
