import json
import signal
import sys
import time
from types import SimpleNamespace

import pytest

from palace.demo import launcher as module
from palace.demo import signs
from palace.demo.folder import Folder
from palace.demo.launcher import DEAF_SECONDS, Failed, Launcher, Stop
from palace.demo.processes import Process


@pytest.fixture
def launcher(tmp_path):
    launcher = Launcher(SimpleNamespace(data=tmp_path, port=8000, host="127.0.0.1", fresh=False), str)
    launcher.folder = Folder(tmp_path)
    launcher.env = {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}
    yield launcher
    launcher.stop()


def python(launcher, code, name="history", mark="loaded"):
    process = Process(name, [sys.executable, "-c", code], launcher.folder / "log" / f"{name}.log", mark=mark)
    return launcher.start(launcher.jobs, process)


def test_finish_stamps_a_step_that_succeeded(launcher):
    launcher.finish(python(launcher, "", "static", "abc"))
    assert launcher.folder.stamps() == {"static": "abc"}
    launcher.finish(None)


def test_finish_tells_the_last_words_of_a_step_that_failed(launcher):
    process = python(launcher, "print('disk is full'); raise SystemExit(3)", "static")
    with pytest.raises(Failed) as failed:
        launcher.finish(process)
    assert str(failed.value) == f"static failed. Its last words, from {process.log}:\ndisk is full\n"
    assert launcher.folder.stamps() == {}


def test_history_shows_whole_lines_and_is_stamped_at_its_end(launcher, capsys):
    code = "import sys, time; print('10 of 60 days', flush=True); sys.stdout.write('20 '); sys.stdout.flush(); "
    launcher.history = python(launcher, code + "time.sleep(1); print('of 60 days')")
    while "20 " not in launcher.history.log.read_text():
        time.sleep(0.01)
    launcher.follow_history()
    assert capsys.readouterr().out == "  10 of 60 days\n"
    while launcher.history:
        launcher.follow_history()
    assert capsys.readouterr().out == "  20 of 60 days\n"
    assert launcher.folder.is_done("history", "loaded") is True


def test_history_that_fails_is_told_and_leaves_the_portal_open(launcher, capsys):
    launcher.history = python(launcher, "raise SystemExit('no more paper')")
    while launcher.history:
        launcher.follow_history()
    assert "Its last words" in capsys.readouterr().out
    assert launcher.folder.stamps() == {}


@pytest.mark.parametrize(
    ("silence", "age", "killed"),
    [(DEAF_SECONDS + 1, DEAF_SECONDS + 1, True), (DEAF_SECONDS - 1, 999, False), (999, DEAF_SECONDS - 1, False)],
)
def test_deaf_worker_is_ended_and_started_again(launcher, monkeypatch, silence, age, killed):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    worker = python(launcher, code, "worker")
    launcher.jobs.clear()
    launcher.apps.append(worker)
    monkeypatch.setattr(module.signs, "silent_for", lambda url: {"worker": silence})
    worker.popen.send_signal(signal.SIGSTOP)
    worker.started_at -= age
    launcher.watched_at -= 16
    launcher.wake_the_deaf()
    if killed:
        assert worker.popen.wait(5) == -signal.SIGKILL
        launcher.restart(worker)
    assert worker.alive is True
    worker.stop_signal = signal.SIGKILL


def test_silent_for_is_empty_where_the_database_is_away():
    assert signs.silent_for("postgresql://x@127.0.0.1:1/x") == {}


@pytest.mark.django_db
def test_silent_for_reads_seconds_by_the_databases_clock(fresh_db, owner):
    owner.execute("INSERT INTO core_heartbeat VALUES ('worker', now() - interval '2 hours')")
    silent = signs.silent_for(fresh_db.app)
    assert {name: round(seconds / 3600) for name, seconds in silent.items()} == {"worker": 2}


@pytest.mark.django_db
def test_ctrl_c_while_the_database_is_asked_ends_the_question_quietly(fresh_db, owner, caplog):
    def stop(number, frame):
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    with owner.transaction():
        owner.execute("LOCK TABLE core_heartbeat")
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Stop):
            signs.silent_for(fresh_db.app)
    signal.signal(signal.SIGALRM, before)
    assert caplog.messages == []


def test_sign_ins_has_one_line_for_each_role_members_first(tmp_path):
    file = tmp_path / "accounts.json"
    assert signs.sign_ins(file) == []
    people = [("desk", "111"), ("desk", "112"), ("admin", "113"), ("member", "114"), ("member", "115")]
    file.write_text(
        json.dumps([{"role": r, "phone": p, "password": "word", "name": "林小满", "palace": ""} for r, p in people])
    )
    assert [line.split() for line in signs.sign_ins(file)] == [
        ["member", "114", "word", "林小满"],
        ["desk", "111", "word", "林小满"],
        ["admin", "113", "word", "林小满"],
    ]


def test_newcomer_is_one_line_and_empty_where_there_is_nobody(tmp_path):
    file = tmp_path / "newcomer.json"
    assert signs.newcomer(file) == ""
    file.write_text("{}")
    assert signs.newcomer(file) == ""
    file.write_text(json.dumps({"name": "林小满", "phone": "111", "card_number": "99", "employer": "鼎新照明"}))
    assert signs.newcomer(file).split() == ["林小满", "111", "99", "鼎新照明"]
