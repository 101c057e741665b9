"""Where the browser of the tests is: ``python -m tests.chromium`` prints it, ``--install`` gets one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "No Chromium was found. Install one (on Debian: apt-get install chromium) or set CHROMIUM to its path."


def find() -> str:
    """The path of a Chromium: the one that CHROMIUM names, an installed one, or Playwright's; else ""."""
    given = os.environ.get("CHROMIUM", "")
    if given and os.access(given, os.X_OK):
        return given
    return next(filter(None, map(shutil.which, NAMES)), "") or of_playwright()


def of_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() else ""


def install() -> None:
    """Try Playwright's download once; a failure is told, and told again by the tests that need it."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        subprocess.run(command, check=False, timeout=300, capture_output=True)
    except (OSError, subprocess.TimeoutExpired):
        pass


def main(arguments) -> None:
    path = find()
    if "--install" not in arguments:
        sys.stdout.write(path)
        return
    if not path:
        install()
        sys.stdout.write("" if find() else f"{ADVICE}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
