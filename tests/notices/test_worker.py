"""End to end with a real worker and a real Redis: what is written to the outbox gets to a phone and to the portal."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from django.utils import timezone

from palace.core import outbox
from palace.core.models import Heartbeat, OutboxMessage
from palace.demo import embedded
from palace.notices.models import Message
from palace.notices.standin import StandIn
from tests.factories import make_member, make_palace
from tests.notices.test_sms import serving, standing_in

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60

pytestmark = pytest.mark.skipif(not embedded.redis_program(), reason="there is no Redis on this machine")


def eventually(condition, worker=None) -> None:
    """Wait for ``condition``; the worker's log tells why it never came."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, worker.log.read_text()[-3000:] if worker else "never"
        time.sleep(0.1)


@contextmanager
def redis(folder):
    process = embedded.redis_process(folder)
    url = embedded.redis_url(folder)
    process.start()
    try:
        embedded.wait(process, url, embedded.redis_answers)
        yield process, url
    finally:
        process.ask_to_stop()
        process.wait_or_kill()


class Worker:
    def __init__(self, folder, env):
        self.log, self.env, self.process = folder / "worker.log", env, None

    def start(self):
        command = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "palace", "worker"]
        options = [
            "--pool",
            "prefork",
            "--concurrency",
            "1",
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command + options, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self):
        """At once, with its children: nothing is said good-bye to."""
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid).children(recursive=True)
            for process in [self.process, *family]:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def working(folder, urls, redis_url, **more):
    env = os.environ | {
        "TEST": "1",
        "DATABASE_URL": urls.app,
        "OWNER_DATABASE_URL": urls.owner,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": embedded.broker_url(redis_url),
    }
    worker = Worker(folder, env | more)
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


def write_news(member):
    return outbox.put("member_verified", {"member": member.pk}, palace=make_palace())


def is_done(row) -> bool:
    return OutboxMessage.objects.filter(pk=row.pk, done_at__isnull=False).exists()


def test_a_worker_delivers_a_message_to_the_portal_and_the_phone(fresh_db, tmp_path, settings):
    member = make_member()
    row = write_news(member)
    with (
        redis(tmp_path) as (_server, url),
        standing_in(settings) as provider,
        working(tmp_path, fresh_db, url, SMS_ENDPOINT=provider.address) as worker,
    ):
        eventually(lambda: Message.objects.filter(channel="sms", state="sent").exists(), worker)
        sent = [(m["phone"], m["text"]) for m in provider.messages]
    phone = member.user.phone.removeprefix("+86")
    assert sent == [(phone, "【工人文化宫】你的工会会员身份核实好了，现在就能按会员价订场。")]
    told = Message.objects.order_by("pk").values_list("channel", "state", "outbox_id")
    assert list(told) == [("in_app", "sent", row.pk), ("sms", "sent", row.pk)]
    row.refresh_from_db()
    assert (row.tries, row.done_at is not None, row.dead) == (1, True, False)


class Deadly(StandIn):
    """Takes the first message, and ends the worker before it hears so."""

    worker = None

    def send(self, query):
        answer = super().send(query)
        if len(self.messages) == 1:
            self.worker.kill()
        return answer

    def handle_error(self, request, client_address):
        pass


def test_a_message_whose_worker_died_between_the_providers_yes_and_the_commit_is_sent_once(
    fresh_db, tmp_path, settings
):
    provider = Deadly(0, key_id="demo", secret="demo")
    of_message = Message.objects.filter(channel="sms")
    with (
        redis(tmp_path) as (_server, url),
        serving(provider),
        working(tmp_path, fresh_db, url, SMS_ENDPOINT=provider.address) as worker,
    ):
        provider.worker = worker
        first = write_news(make_member())
        eventually(lambda: worker.process.poll() is not None, worker)
        assert list(of_message.values_list("state", "tries", "outbox_id")) == [("sending", 1, first.pk)]
        of_message.update(next_try_at=timezone.now())
        worker.start()
        write_news(make_member())  # wakes the sending; beat is not here to do it
        eventually(lambda: of_message.filter(state="sent").count() == 2, worker)
    assert len(provider.messages) == len({m["out_id"] for m in provider.messages}) == 2
    assert of_message.get(outbox_id=first.pk).tries == 2


def test_rows_wait_while_redis_is_gone_and_after_it_came_back_empty(fresh_db, tmp_path):
    """No message is lost, none is told twice."""
    with redis(tmp_path) as (server, url), working(tmp_path, fresh_db, url) as worker:
        eventually(Heartbeat.objects.exists, worker)
        server.kill_group()
        eventually(lambda: not embedded.redis_answers(url))
        rows = [write_news(make_member()) for _n in range(3)]
        time.sleep(5)
        assert [is_done(row) for row in rows] == [False] * 3
        shutil.rmtree(tmp_path / "redis" / "appendonlydir")
        server.start()
        embedded.wait(server, url, embedded.redis_answers)
        eventually(lambda: all(is_done(row) for row in rows), worker)
    told = Message.objects.filter(channel="in_app").values_list("outbox_id", flat=True)
    assert sorted(told) == [row.pk for row in rows]


def test_a_row_whose_worker_was_killed_is_done_by_the_next(fresh_db, tmp_path):
    """The row was handed over, and the worker died with it: it is handed over again."""
    row = write_news(make_member())
    with redis(tmp_path) as (_server, url), working(tmp_path, fresh_db, url) as worker:
        eventually(lambda: OutboxMessage.objects.filter(pk=row.pk, handed_at__isnull=False).exists(), worker)
        worker.kill()
        OutboxMessage.objects.filter(pk=row.pk, done_at=None).update(handed_at=None)
        worker.start()
        eventually(lambda: is_done(row), worker)
    assert Message.objects.filter(channel="in_app").count() == 1
