import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from palace.demo.processes import Process

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def process(tmp_path):
    process = Process("sleeper", SLEEPER, tmp_path / "log" / "sleeper.log", patience=5)
    yield process
    process.stop()


def test_start_writes_what_it_says_into_the_log(process):
    process.start()
    until(lambda: process.last_words() == "up\n")
    assert process.alive is True


def test_stop_ends_it_and_may_be_repeated(process):
    process.start()
    process.stop()
    assert (process.alive, process.popen.returncode) == (False, -signal.SIGTERM)
    process.stop()


def test_stop_kills_what_does_not_listen(process):
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    process.command, process.patience = [sys.executable, "-c", deaf], 0.2
    process.start()
    until(lambda: process.last_words() == "up\n")
    process.stop()
    assert process.popen.returncode == -signal.SIGKILL


def test_stop_ends_grandchildren_too(process):
    process.command = ["sh", "-c", "sleep 60 & echo up; wait"]
    process.start()
    until(lambda: process.last_words() == "up\n")
    children = psutil.Process(process.popen.pid).children()
    process.stop()
    assert psutil.wait_procs(children, timeout=5)[1] == []


def test_restart_if_ended_starts_again_and_pauses_longer_each_time(process):
    process.command = ["false"]
    process.start()
    process.popen.wait()
    assert process.restart_if_ended() is True
    process.popen.wait()
    assert process.restart_if_ended() is False  # one second has not gone by
    process.started_at -= 1
    assert process.restart_if_ended() is True
    process.popen.wait()
    process.started_at -= 2.5
    assert process.restart_if_ended() is False  # now it is three
    process.failures, process.started_at = 20, process.started_at - 10
    assert process.restart_if_ended() is True  # never more than ten


def test_restart_if_ended_leaves_a_running_one_alone(process):
    process.start()
    assert process.restart_if_ended() is False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_child_ends_when_its_launcher_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from palace.demo.processes import Process\n"
        "p = Process('s', [sys.executable, '-c', 'import time; time.sleep(60)'], Path(sys.argv[1]))\n"
        "p.start(); print(p.popen.pid, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        child = psutil.Process(int(launcher.stdout.readline()))
        until(lambda: "child.py" not in " ".join(child.cmdline()))
        os.kill(launcher.pid, signal.SIGKILL)
    assert psutil.wait_procs([child], timeout=10)[1] == []
