"""``make demo``: everything the portal needs, on one machine, from one command, and nothing left after it.

The steps are those of a real installation (database and roles, migrations, translations, static
files, web, worker, beat), run as plain processes. Django runs in them, not here: this program only
starts, watches and stops.
"""

import datetime
import os
import signal
import sys
import time

from palace.core import database, translations

from . import commands, embedded, options, servers, signs
from .folder import Busy, Folder, digest
from .processes import Process

READY_SECONDS = 300
DEAF_SECONDS = 120  # a worker or beat that shows no sign of life for so long is started again


class Failed(Exception):
    """The demonstration cannot go on; the text is for the person at the terminal."""


class Stop(KeyboardInterrupt):
    """Ctrl-C, SIGTERM, or the terminal was closed. The database's driver gives up its query for this kind only."""


def main(arguments=None) -> int:
    translations.compile_all()
    language = spoken_language(arguments)
    say = translations.speaker(language)
    chosen = options.parse(arguments, say, language)
    catch_signals()
    launcher = Launcher(chosen, say)
    try:
        launcher.run()
    except Stop:
        launcher.tell(say("Stopping …"))
    except embedded.Unavailable as error:
        return launcher.complain(error.told(say))
    except (Failed, servers.Refused) as error:
        return launcher.complain(str(error))
    finally:
        ignore_signals()
        launcher.stop()
    return 0


def spoken_language(arguments) -> str:
    """Of --lang, which must be known before the other options can be explained, else the terminal's."""
    words = sys.argv[1:] if arguments is None else arguments
    for before, word in zip(["", *words], words, strict=False):
        if (before == "--lang" or word.startswith("--lang=")) and word[-2:] in ("zh", "en"):
            return word[-2:]
    return translations.language_of_terminal()


def today() -> str:
    """The history is looked at once a day: a demonstration that was away has days to make up for."""
    return datetime.date.today().isoformat()  # noqa: DTZ011 (the day of this machine will do)


def catch_signals():
    def stop(number, frame):
        raise Stop

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals():
    """Stopping takes seconds; a second Ctrl-C must not leave half of it behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


class Launcher:
    def __init__(self, chosen, say):
        self.chosen = chosen
        self.say = say
        self.folder = Folder(chosen.data)
        self.servers: list[Process] = []
        self.apps: list[Process] = []
        self.jobs: list[Process] = []
        self.history: Process | None = None
        self.sms_port = 0
        self.env: dict[str, str] = {}
        self.watched_at = time.monotonic()

    def tell(self, text, file=None):
        print(text, flush=True, file=file)

    def complain(self, text) -> int:
        self.tell(text, file=sys.stderr)
        return 1

    def run(self):
        self.take_folder()
        self.refuse_taken_port()
        first = not self.folder.is_done("fortnight", "loaded")
        self.start_servers()
        static = self.collect_static()  # meanwhile
        self.finish(self.migrate())
        filling = self.load_data(first)
        self.finish(static)
        self.start_web()
        self.finish(filling)
        self.wait_until_ready()
        self.start_helpers()
        self.folder.write_environment(self.env)
        self.welcome()
        self.start_history()
        self.watch()

    # --- before anything starts ---

    def take_folder(self):
        try:
            self.folder.lock()
        except Busy as busy:
            text = self.say("A demonstration already runs in %(folder)s (process %(process)s).")
            raise Failed(text % {"folder": self.folder.path, "process": busy}) from None
        except OSError as error:
            text = self.say("The folder %(folder)s cannot be used: %(reason)s")
            values = {"folder": self.chosen.data, "reason": error.strerror}
            raise Failed(text % values) from None
        embedded.stop_leftovers(self.folder.path)
        if self.chosen.fresh:
            self.folder.clear()

    def refuse_taken_port(self):
        host, port = self.chosen.host, self.chosen.port
        if options.is_free(host, port):
            return
        if not options.is_ours(host):
            raise Failed(
                self.say("%(host)s is no address of this machine. Leave --host away, or give it without one.")
                % {"host": host}
            )
        text = self.say('Port %(port)s is taken. Try: make demo ARGS="--port %(other)s"')
        raise Failed(text % {"port": port, "other": options.next_free(host, port)})

    # --- servers ---

    def start_servers(self):
        """Both at once; each is waited for where it is needed."""
        own_redis = self.start_redis()
        urls = self.find_database()
        if own_redis:
            embedded.wait(own_redis, self.env["REDIS_URL"], embedded.redis_answers)
        self.env = self.environment(urls)

    def start_redis(self) -> Process | None:
        given = os.environ.get("REDIS_URL", "")
        if given:
            self.env["REDIS_URL"] = servers.given_redis(given, self.say)
            return None
        if not embedded.redis_program():
            self.env["REDIS_URL"] = ""
            self.tell(self.say("There is no Redis on this machine: tasks go through files instead."))
            return None
        self.env["REDIS_URL"] = embedded.redis_url(self.folder.path)
        return self.start(self.servers, embedded.redis_process(self.folder.path))

    def find_database(self) -> database.Urls:
        given, secret = os.environ.get("DATABASE_URL", ""), self.folder.secret_key()
        if given:
            owner = os.environ.get("OWNER_DATABASE_URL", "")
            return servers.given_database(given, owner, secret, self.say, fresh=self.chosen.fresh)
        self.tell(self.say("Starting the database …"))
        process = self.start(self.servers, embedded.postgres_process(self.folder.path))
        url = embedded.postgres_url(self.folder.path)
        embedded.wait(process, url, embedded.postgres_answers)
        return database.prepare(url, servers.NAME)

    def environment(self, urls) -> dict[str, str]:
        redis = self.env["REDIS_URL"]
        address = f"http://{options.LOCAL}:{self.chosen.port}"
        own = {
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "palace.settings",
            "PYTHONUNBUFFERED": "1",
            "DATA_DIR": str(self.folder.path),
            "SECRET_KEY": self.folder.secret_key(),
            "DATABASE_URL": urls.app,
            "OWNER_DATABASE_URL": urls.owner,
            "REDIS_URL": redis,
            "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", embedded.broker_url(redis)),
            "SITE_URL": os.environ.get("SITE_URL", address),
            "DEMO_LANG": self.chosen.lang,
        }
        return {**os.environ, **own}

    # --- code: what has not changed since the last start is not done again ---

    def migrate(self) -> Process | None:
        mark = digest(*commands.migrations(), commands.LOCK)
        if not os.environ.get("DATABASE_URL") and self.folder.is_done("migrations", mark):
            return None
        self.tell(self.say("Making the tables …"))
        return self.job("migrations", "migrate", "--database", "owner", "--noinput", mark=mark)

    def collect_static(self) -> Process | None:
        python = sys.version_info.minor  # each installs a theme of its own from the lock
        mark = f"{python} {digest(commands.BASE / 'static', commands.LOCK)}"
        if self.folder.is_done("static", mark):
            return None
        self.tell(self.say("Gathering the static files …"))
        gather = ("collectstatic", "--noinput", "--clear", "--ignore", "redoc")
        return self.job("static", *gather, mark=mark)

    def load_data(self, first) -> Process | None:
        """The first start waits for its data; a later one opens while missing days are filled in."""
        if self.chosen.empty:
            return None
        if first:
            self.tell(self.say("Loading palaces, people and two weeks of bookings …"))
        process = self.job("fortnight", "load_demo", "--fortnight", mark="loaded")
        if first:
            self.finish(process)
        if first and self.chosen.full:
            self.finish(self.load_history())
        return None if first else process

    def load_history(self) -> Process:
        self.tell(self.say("Loading the history of past months …"))
        return self.job("history", "load_demo", "--history", mark=today(), priority=10)

    def job(self, step, *arguments, mark, priority=0) -> Process:
        """A command that runs to its end; ``finish`` waits for it and stamps the step."""
        command = ["nice", "-n", str(priority), *commands.manage(*arguments)]
        process = Process(step, command, self.folder / "log" / f"{step}.log", env=self.env)
        process.log.unlink(missing_ok=True)
        process.mark = mark
        return self.start(self.jobs, process)

    def finish(self, process):
        if process is None:
            return
        while process.alive:
            time.sleep(0.05)
        self.jobs.remove(process)
        if process.popen.returncode:
            text = self.say("%(step)s failed. Its last words, from %(log)s:")
            raise Failed("\n".join([text % {"step": process.name, "log": process.log}, process.last_words()]))
        self.folder.set_done(process.name, process.mark)

    # --- the portal's own processes ---

    def start_web(self):
        self.sms_port = options.free_port()
        self.env["SMS_ENDPOINT"] = f"http://{options.LOCAL}:{self.sms_port}/"
        self.app("web", *commands.web(self.chosen.host, self.chosen.port))

    def start_helpers(self):
        """After the pages open: people look before the first message is due, and two cores start six processes slowly."""
        self.app("sms", *commands.sms(self.sms_port, self.folder / "messages.jsonl"))
        self.app("worker", *commands.worker())
        self.app("beat", *commands.beat(self.folder / "celerybeat-schedule"))

    def app(self, name, *command):
        log = self.folder / "log" / f"{name}.log"
        self.start(self.apps, Process(name, list(command), log, env=self.env))

    def start(self, group, process) -> Process:
        group.append(process)
        process.start()
        return process

    def wait_until_ready(self):
        web = next(process for process in self.apps if process.name == "web")
        end = time.monotonic() + READY_SECONDS
        while not signs.answers(self.health_address()):
            if not web.alive or time.monotonic() > end:
                text = self.say("The pages do not open. The last words of the web process:")
                raise Failed(f"{text}\n{web.last_words()}")
            time.sleep(0.1)

    def health_address(self) -> str:
        host = options.LOCAL if self.chosen.host == "0.0.0.0" else self.chosen.host
        return f"http://{host}:{self.chosen.port}/healthz/ready"

    # --- what the person at the terminal sees ---

    def welcome(self):
        self.tell("")
        self.tell(self.say("The portal is open: %(address)s") % {"address": self.env["SITE_URL"]})
        self.tell_sign_ins(self.folder / "accounts.json")
        messages = f"{self.env['SMS_ENDPOINT']}messages"
        self.tell(self.say("Text messages end here: %(address)s") % {"address": messages})
        self.tell(self.say("Logs: %(folder)s") % {"folder": self.folder / "log"})
        self.tell(self.say("Stop with Ctrl-C."))

    def tell_sign_ins(self, file):
        lines = signs.sign_ins(file)
        if lines:
            text = self.say("Sign in with one of these (all of them: %(file)s):")
            self.tell("\n".join([text % {"file": file}, *lines]))
        newcomer = signs.newcomer(file.with_name("newcomer.json"))
        if newcomer:
            self.tell(self.say("Or register as somebody whom a union's roster knows:"))
            self.tell(newcomer)

    def start_history(self):
        if not self.chosen.empty and not self.folder.is_done("history", today()):
            self.history = self.load_history()
            self.history.read = 0

    def watch(self):
        """Until somebody stops it: show progress, start again what ended or went deaf."""
        while True:
            self.follow_history()
            for process in [*self.servers, *self.apps]:
                self.restart(process)
            self.wake_the_deaf()
            time.sleep(0.5)

    def restart(self, process):
        if process.restart_if_ended():
            text = self.say("%(name)s ended and was started again (log: %(log)s).")
            self.tell(text % {"name": process.name, "log": process.log})

    def follow_history(self):
        if self.history is None:
            return
        alive = self.history.alive
        self.show_new_lines(self.history)
        if alive:
            return
        ended, self.history = self.history, None
        try:
            self.finish(ended)
        except Failed as failure:
            self.tell(str(failure))

    def show_new_lines(self, process):
        """Whole lines only: the rest follows when it is there."""
        with process.log.open("rb") as text:
            text.seek(process.read)
            fresh, newline, _rest = text.read().rpartition(b"\n")
        process.read += len(fresh) + len(newline)
        for line in fresh.decode(errors="replace").splitlines():
            self.tell(f"  {line}")

    def wake_the_deaf(self):
        """End a worker or beat that runs but shows no sign of life; ``restart`` starts it again."""
        if time.monotonic() - self.watched_at < 15:
            return
        self.watched_at = time.monotonic()
        silent = signs.silent_for(self.env["DATABASE_URL"])
        for process in self.apps:
            old = time.monotonic() - process.started_at > DEAF_SECONDS
            if process.alive and old and silent.get(process.name, 0) > DEAF_SECONDS:
                process.kill_group()

    # --- the end ---

    def stop(self):
        """Ask all to end at once, wait for each, then the servers that they talked to."""
        for group in ([*self.jobs, *self.apps], self.servers):
            for process in group:
                process.ask_to_stop()
            for process in reversed(group):
                process.wait_or_kill()
        if self.servers:
            embedded.leave_socket_folder(self.folder.path)
