"""What ``make demo ARGS="…"`` understands."""

import argparse
import socket
from contextlib import closing

PORT = 8000
LOCAL = "127.0.0.1"


def parse(arguments, say, language):
    parser = argparse.ArgumentParser(prog="demo", description=say("Start the demonstration."))
    add = parser.add_argument
    add("--port", type=port, default=PORT, help=say("port of the pages, 8000 unless given"))
    add("--host", nargs="?", const="0.0.0.0", default=LOCAL, help=say("let other machines in"))
    add("--data", default="data", help=say("folder of all data, ./data unless given"))
    add("--fresh", action="store_true", help=say("throw the folder's data away first"))
    add("--full", action="store_true", help=say("load the whole history before the pages open"))
    add("--empty", action="store_true", help=say("load no demonstration data"))
    add("--lang", choices=["zh", "en"], default=language, help=say("language of this output"))
    return parser.parse_args(arguments)


def port(text) -> int:
    """A port that an ordinary user may open; argparse tells the person otherwise."""
    number = int(text)
    if not 1024 <= number <= 65535:
        raise argparse.ArgumentTypeError("1024 … 65535")
    return number


def is_free(host, port) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
        return True


def is_ours(host) -> bool:
    """Whether anything at all can listen at ``host``."""
    return is_free(host, 0)


def free_port(host=LOCAL) -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def next_free(host, port) -> int:
    """The nearest free port above ``port``, for the sentence that says it is taken."""
    return next((near for near in range(port + 1, port + 100) if is_free(host, near)), free_port())
