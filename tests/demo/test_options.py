import socket

import pytest

from palace.demo import options
from palace.demo.launcher import spoken_language


def parsed(*arguments):
    return vars(options.parse(arguments, str, "en"))


DEFAULTS = {
    "port": 8000,
    "host": "127.0.0.1",
    "data": "data",
    "fresh": False,
    "full": False,
    "empty": False,
    "lang": "en",
}


def test_parse_defaults():
    assert parsed() == DEFAULTS


def test_parse_all():
    assert parsed("--port", "8123", "--data", "/x", "--fresh", "--full", "--empty", "--lang", "zh", "--host") == {
        "port": 8123,
        "host": "0.0.0.0",
        "data": "/x",
        "fresh": True,
        "full": True,
        "empty": True,
        "lang": "zh",
    }
    assert parsed("--host", "::1")["host"] == "::1"


@pytest.mark.parametrize(("text", "fine"), [("1024", True), ("65535", True), ("1023", False), ("65536", False)])
def test_parse_ports_at_their_limits(text, fine):
    if fine:
        assert parsed("--port", text)["port"] == int(text)
    else:
        with pytest.raises(SystemExit):
            parsed("--port", text)


@pytest.mark.parametrize("arguments", [["--port", "eight"], ["--lang", "fr"], ["--what"]])
def test_parse_refuses_with_a_sentence(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        parsed(*arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_is_free_sees_a_listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert options.is_free("127.0.0.1", port) is False
        assert options.next_free("127.0.0.1", port - 1) != port
    assert options.is_free("127.0.0.1", port) is True


@pytest.mark.parametrize(
    ("arguments", "terminal", "language"),
    [
        ([], "zh_CN.UTF-8", "zh"),
        ([], "en_GB.UTF-8", "en"),
        (["--lang", "en"], "zh_CN.UTF-8", "en"),
        (["--lang=zh", "--fresh"], "C", "zh"),
        (["--data", "zh"], "C", "en"),
        (["--lang", "fr"], "C", "en"),
    ],
)
def test_spoken_language(monkeypatch, arguments, terminal, language):
    monkeypatch.setenv("LC_ALL", terminal)
    assert spoken_language(arguments) == language
