"""Programs that belong to one launcher: started, watched, started again, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
LONGEST_PAUSE = 10  # seconds before a program that keeps ending is started again


@dataclass
class Process:
    """One program in a process group of its own; what it says goes to ``log``.

    ``user`` matters only for root: the servers of the embedded pair refuse to run as root.
    ``orphan_signal`` is what the program gets when the launcher is gone.
    """

    name: str
    command: list[str]
    log: Path
    env: dict[str, str] | None = None
    user: str | None = None
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGTERM
    patience: float = 8  # seconds between stop_signal and SIGKILL
    popen: subprocess.Popen | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    mark: str = ""  # of a job: what to remember when it succeeded
    read: int = 0  # of a job: how many bytes of its log were shown

    def start(self):
        self.log.parent.mkdir(parents=True, exist_ok=True)
        user = self.user if self.user and os.geteuid() == 0 else "-"
        parent, orphan_signal = str(os.getpid()), str(int(self.orphan_signal))
        wrapper = [sys.executable, "-IS", str(CHILD), parent, orphan_signal, user]
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                [*wrapper, *self.command],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def ask_to_stop(self):
        if self.popen and self.alive:
            self.popen.send_signal(self.stop_signal)

    def stop(self):
        self.ask_to_stop()
        self.wait_or_kill()

    def wait_or_kill(self):
        """Give the program its time to end, then end whatever is left of its group."""
        if self.popen is None:
            return
        try:
            self.popen.wait(self.patience)
        except subprocess.TimeoutExpired:
            pass
        self.kill_group()
        self.popen.wait()

    def kill_group(self):
        if self.popen is None:
            return
        try:
            os.killpg(self.popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def restart_if_ended(self) -> bool:
        """Start it again when it ended by itself, after a pause that grows while it keeps ending."""
        if self.alive:
            return False
        lived = time.monotonic() - self.started_at
        if lived > 60:
            self.failures = 0
        if lived < min(2**self.failures - 1, LONGEST_PAUSE):
            return False
        self.failures += 1
        self.kill_group()
        self.start()
        return True

    def last_words(self, lines=12) -> str:
        if not self.log.exists():
            return ""
        with self.log.open(errors="replace") as text:
            return "".join(deque(text, lines))
