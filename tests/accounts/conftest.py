import pytest

from palace.accounts import codes


@pytest.fixture
def texts(monkeypatch):
    """Codes that would have gone out: (phone, code), the last one last."""
    sent = []
    monkeypatch.setattr(codes, "sender", lambda phone, code: sent.append((phone, code)))
    return sent


@pytest.fixture
def no_pause(settings):
    settings.CODE_LIMITS = settings.CODE_LIMITS | {"seconds_between": 0}


@pytest.fixture
def strict(settings):
    """Staff need their second factor, as outside the demonstration."""
    settings.SECOND_FACTOR = True
