"""The caller's address: one function, believed as far as our own proxies go."""

import pytest
from django.test import RequestFactory

from palace.core.actor import address_of

CHAIN = "1.1.1.1, 2.2.2.2, 3.3.3.3"


@pytest.mark.parametrize(
    ("proxies", "seen", "line", "address"),
    [
        (0, CHAIN, "9.9.9.9", "9.9.9.9"),
        (1, CHAIN, "9.9.9.9", "3.3.3.3"),
        (2, CHAIN, "9.9.9.9", "2.2.2.2"),
        (5, CHAIN, "9.9.9.9", "1.1.1.1"),
        (1, "", "9.9.9.9", "9.9.9.9"),
        (1, "1.1.1.1, nobody'", "9.9.9.9", "9.9.9.9"),
        (1, "1.1.1.1, 2001:DB8::1", "9.9.9.9", "2001:db8::1"),
        (0, "", "", ""),
    ],
)
def test_address_of_believes_our_own_proxies_only(settings, proxies, seen, line, address):
    settings.PROXY_COUNT = proxies
    assert address_of(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=seen, REMOTE_ADDR=line)) == address
