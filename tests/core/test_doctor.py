from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.models.functions import Now
from django.utils import translation

from palace.core import doctor, health, heartbeat
from palace.core.models import Heartbeat, OutboxMessage

GOOD, WARNING, MISSING = doctor.GOOD, doctor.WARNING, doctor.MISSING
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def levels(check):
    return [found.level for found in doctor.findings_of(check)]


def test_every_finding_that_is_not_good_says_what_to_do():
    silent = [f for f in doctor.examine() if f.level != GOOD and not f.what_to_do]
    assert silent == []


def test_database_answers():
    assert levels(doctor.database) == [GOOD]


class Away:
    """A connection to a server that is not there."""

    def cursor(self):
        raise OperationalError("connection refused\nIs the server running?")


def test_database_that_is_away_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(doctor, "connection", Away())
    what = "The database does not answer: connection refused"
    what_to_do = "Check DATABASE_URL, and that PostgreSQL runs."
    assert doctor.database() == doctor.Finding(MISSING, what, what_to_do)
    cannot = doctor.Finding(MISSING, "Could not check: clock", "The database must answer first.")
    assert doctor.findings_of(doctor.clock, doctor.CHECKS[doctor.clock]) == [cannot]


def test_database_role_of_the_application_is_good():
    assert levels(doctor.database_role) == [GOOD]


@pytest.mark.django_db(databases=["default", "owner"])
def test_database_role_of_the_owner_is_told(monkeypatch):
    monkeypatch.setattr(doctor, "connection", connections["owner"])
    assert doctor.database_role().what == "The role palace_owner may empty or change tables."


def test_migrations_names_what_is_missing(monkeypatch):
    assert levels(doctor.migrations) == [GOOD]
    monkeypatch.setattr(health, "waiting_migrations", lambda: ["venues.0009_x"])
    assert doctor.migrations().what == "Migrations are missing: venues.0009_x"


@pytest.mark.parametrize(("offset", "level"), [(0, GOOD), (29, GOOD), (31, MISSING)])
def test_clock_may_be_half_a_minute_off(time_machine, offset, level):
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
    time_machine.move_to(moment + timedelta(seconds=offset), tick=False)
    assert levels(doctor.clock) == [level]


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_worker_and_beat_by_their_sign_of_life(name):
    check = getattr(doctor, name)
    assert levels(check) == [MISSING]
    heartbeat.beat(name)
    assert levels(check) == [GOOD]
    Heartbeat.objects.update(at=Now() - timedelta(seconds=61))
    assert levels(check) == [MISSING]


def test_outbox_tells_of_late_and_of_given_up_messages():
    assert levels(doctor.outbox) == [GOOD, GOOD]
    late = OutboxMessage.objects.create(topic="x", due_at=Now() - timedelta(minutes=9))
    assert levels(doctor.outbox) == [GOOD, GOOD]
    OutboxMessage.objects.filter(pk=late.pk).update(due_at=Now() - timedelta(minutes=11))
    assert levels(doctor.outbox) == [MISSING, GOOD]
    OutboxMessage.objects.update(dead=True)
    assert levels(doctor.outbox) == [GOOD, WARNING]


@pytest.mark.parametrize(
    ("key", "level"),
    [
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6kL9n", GOOD),
        ("aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fG3hJ6kL9", MISSING),
        ("not-secret-demonstration-and-tests-only-and-long", MISSING),
        ("a" * 60, MISSING),
    ],
)
def test_secret_is_long_varied_and_not_ours(settings, key, level):
    settings.SECRET_KEY = key
    assert levels(doctor.secret) == [level]


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        ("hosts", {"ALLOWED_HOSTS": ["portal.example"]}),
        ("https", {"HTTPS": True}),
        ("second_factor", {"SECOND_FACTOR": True}),
        ("mail", {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend"}),
        (
            "sms",
            {"SMS_ENDPOINT": "https://x", "SMS_ACCESS_KEY_ID": "a", "SMS_ACCESS_KEY_SECRET": "b"},
        ),
    ],
)
def test_settings_are_missing_until_they_are_set(settings, check, changes):
    settings.ALLOWED_HOSTS, settings.HTTPS, settings.SMS_ENDPOINT = ["a", "*"], False, ""
    assert levels(getattr(doctor, check)) == [MISSING]
    for name, value in changes.items():
        setattr(settings, name, value)
    assert levels(getattr(doctor, check)) == [GOOD]


def test_redis_is_a_warning_where_none_is_set_and_missing_where_it_is_silent(settings, monkeypatch):
    settings.REDIS_URL = ""
    assert levels(doctor.redis) == [WARNING]
    settings.REDIS_URL = "redis://127.0.0.1:1"
    monkeypatch.setattr(health, "redis_answers", lambda: 1 / 0)
    assert levels(doctor.redis) == [MISSING]
    monkeypatch.setattr(health, "redis_answers", lambda: True)
    assert levels(doctor.redis) == [GOOD]


def test_uploads_must_be_writable(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    assert levels(doctor.uploads) == [GOOD]
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = str(tmp_path / "file")
    assert levels(doctor.uploads) == [MISSING]


def test_fonts_and_pango_are_missing_where_nothing_is_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(doctor.ctypes.util, "find_library", lambda name: None)
    assert levels(doctor.fonts) == [MISSING]
    assert levels(doctor.pango) == [MISSING]


def test_a_broken_check_hides_no_other(monkeypatch):
    def broken_thing():
        raise ValueError("odd")

    monkeypatch.setattr(doctor, "CHECKS", {broken_thing: "thing", doctor.secret: "secret key"})
    what_to_do = "Report this to whoever looks after the portal: ValueError: odd"
    assert doctor.examine()[0] == doctor.Finding(MISSING, "Could not check: thing", what_to_do)
    assert len(doctor.examine()) == 2


def test_every_check_has_a_name_in_both_languages(monkeypatch):
    monkeypatch.setattr(doctor, "connection", Away())
    with translation.override("zh-hans"):
        names = [str(name) for name in doctor.CHECKS.values()]
    assert [name for name in names if name.isascii() and name not in ("Redis", "HTTPS", "Pango")] == []
    assert len(set(names)) == len(names)


def test_register_adds_a_check_once(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", {})

    def calendar():
        return doctor.Finding(GOOD, "Next year is loaded.")

    doctor.register("calendar")(doctor.register("calendar")(calendar))
    assert doctor.examine() == [doctor.Finding(GOOD, "Next year is loaded.")]


def run_doctor(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def three(*, last):
    return {
        lambda: doctor.Finding(GOOD, "Fine."): "",
        lambda: doctor.Finding(WARNING, "So so.", "Look."): "",
        lambda: doctor.Finding(last, "Gone.", "Fetch it."): "",
    }


def test_command_ends_with_one_when_something_is_missing(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", three(last=MISSING))
    expected = "✓ Fine.\n! So so.\n  → Look.\n✗ Gone.\n  → Fetch it.\nMissing: 1. Weak: 1.\n"
    assert run_doctor("--lang", "en") == (1, expected)


def test_command_ends_with_zero_for_warnings_alone(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", three(last=WARNING))
    code, text = run_doctor("--lang", "en")
    assert (code, text.splitlines()[-1]) == (0, "Nothing is missing. Weak: 2, marked with !")


@pytest.mark.parametrize(
    ("levels", "last"),
    [
        ([GOOD, doctor.NOTE], (0, "All is in place.")),
        ([GOOD, WARNING], (0, "Nothing is missing. Weak: 1, marked with !")),
        ([MISSING, MISSING], (1, "Missing: 2")),
    ],
)
def test_command_ends_with_what_is_true(monkeypatch, levels, last):
    checks = {lambda level=level: doctor.Finding(level, "So.", ""): "" for level in levels}
    monkeypatch.setattr(doctor, "CHECKS", checks)
    code, text = run_doctor("--lang", "en")
    assert (code, text.splitlines()[-1]) == last


NOT_IN_THE_DEMO = ["hosts", "https", "second_factor", "mail"]


@pytest.mark.parametrize(("demo", "level"), [(True, doctor.NOTE), (False, MISSING)])
def test_what_the_demonstration_does_without_is_a_note_there_and_missing_elsewhere(settings, demo, level):
    settings.DEMO, settings.ALLOWED_HOSTS, settings.HTTPS, settings.SECOND_FACTOR = demo, ["*"], False, False
    assert [levels(getattr(doctor, name)) for name in NOT_IN_THE_DEMO] == [[level]] * 4
    assert doctor.hosts().what_to_do.endswith("Set ALLOWED_HOSTS to the names of the portal.")


@pytest.mark.parametrize(("demo", "code"), [(True, 0), (False, 1)])
def test_command_ends_with_zero_in_the_demonstration_alone(settings, monkeypatch, demo, code):
    settings.DEMO, settings.ALLOWED_HOSTS = demo, ["*"]
    monkeypatch.setattr(doctor, "CHECKS", {doctor.hosts: "host names"})
    told = {True: "· The portal answers to any name.", False: "✗ The portal answers to any name."}
    assert (run_doctor("--lang", "en")[0], run_doctor("--lang", "en")[1].splitlines()[0]) == (code, told[demo])


def test_command_speaks_chinese(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", three(last=MISSING))
    assert run_doctor("--lang", "zh")[1].splitlines()[-1] == "缺少 1 项，另有 1 项偏弱"
