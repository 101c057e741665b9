"""The demonstration as a person starts it: up, beside another one, and gone without a trace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from palace.demo import options

ROOT = Path(__file__).resolve().parent.parent.parent
WAIT_SECONDS = 480
INHERITED = ("TEST", "DEMO", "DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DATA_DIR")


class Demo:
    def __init__(self, data, port):
        self.data, self.port = Path(data), port
        self.output = self.data.with_name(f"{self.data.name}.out")
        self.seen: set[psutil.Process] = set()
        self.process: subprocess.Popen | None = None

    def start(self, *arguments):
        command = [sys.executable, "manage.py", "demo", "--lang", "en", "--empty"]
        place = ["--data", str(self.data), "--port", str(self.port)]
        env = {name: value for name, value in os.environ.items() if name not in INHERITED}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *place, *arguments],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self):
        return self.output.read_text()

    def answer(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/ready", timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return ""

    def wait_until(self, condition):
        end = time.monotonic() + WAIT_SECONDS
        while not condition():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.1)
        self.seen.update(psutil.Process(self.process.pid).children(recursive=True))

    def opened(self):
        self.wait_until(lambda: "Stop with Ctrl-C." in self.text())
        return self

    def end(self, number):
        """Exit code, and every process of it that is still there."""
        self.seen.update(psutil.Process(self.process.pid).children(recursive=True))
        self.process.send_signal(number)
        code = self.process.wait(120)
        return code, self.left()

    def left(self, seconds=60):
        alive = psutil.wait_procs(self.seen, timeout=seconds)[1]
        return [process.cmdline() for process in alive]

    def child(self, word):
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if word in child.cmdline())

    def discard(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.left()
        shutil.rmtree(self.data, ignore_errors=True)
        self.output.unlink(missing_ok=True)


@contextmanager
def demo():
    demo = Demo(tempfile.mkdtemp(prefix="palace-"), options.free_port())
    try:
        yield demo
    finally:
        demo.discard()


@pytest.fixture(scope="module")
def folder():
    """One data folder for this module: the first start is the slow one."""
    with demo() as one:
        yield one


def test_two_demonstrations_run_side_by_side_and_leave_nothing(folder):
    with demo() as other:
        folder.start()
        folder.opened()
        other.start()
        other.opened()
        assert [folder.answer(), other.answer()] == ['{"status": "ok", "down": []}'] * 2
        assert f"The portal is open: http://127.0.0.1:{folder.port}" in folder.text()
        assert folder.end(signal.SIGINT) == (0, [])
        assert other.answer() == '{"status": "ok", "down": []}'
        assert other.end(signal.SIGTERM) == (0, [])
    assert sorted(path.name for path in (folder.data / "run").iterdir()) == []


def test_second_start_does_not_repeat_what_has_not_changed(folder):
    folder.start()
    folder.opened()
    lines = [line for line in folder.text().splitlines() if line.endswith("…")]
    assert lines == ["Starting the database …"]
    twin = Demo(folder.data, options.free_port())
    twin.output = folder.output.with_suffix(".twin")
    twin.start()
    assert twin.process.wait(240) == 1
    assert twin.text() == f"A demonstration already runs in {folder.data} (process {folder.process.pid}).\n"
    twin.output.unlink()
    rival = Demo(tempfile.mkdtemp(prefix="palace-"), folder.port)
    rival.start()
    assert rival.process.wait(240) == 1
    assert rival.text().startswith(f'Port {folder.port} is taken. Try: make demo ARGS="--port ')
    rival.discard()
    assert folder.end(signal.SIGINT) == (0, [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_killed_launcher_leaves_nothing_and_the_next_start_works(folder):
    folder.start()
    folder.opened()
    assert folder.end(signal.SIGKILL) == (-signal.SIGKILL, [])
    folder.start()
    folder.opened()
    assert folder.answer() == '{"status": "ok", "down": []}'
    assert folder.end(signal.SIGINT) == (0, [])


def test_killed_processes_are_started_again(folder):
    folder.start()
    folder.opened()
    killed = [folder.child(word) for word in ("granian", "worker", "beat")]
    database = next(c for c in psutil.Process(folder.process.pid).children() if c.name() == "postgres")
    for process in [*killed, database]:
        process.kill()
    for name in ("web", "worker", "beat", "postgres"):
        folder.wait_until(lambda name=name: f"{name} ended and was started again" in folder.text())
    folder.wait_until(lambda: folder.answer() == '{"status": "ok", "down": []}')
    assert folder.end(signal.SIGINT) == (0, [])
