"""Which addresses of programs are taken, and which are called."""

from __future__ import annotations

import pytest

from wufei.kernel.errors import InputError
from wufei.runtime.notices.core.webhooks import may_be_called, parse_address


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "https://user:secret@example.org/",
        "https://",
        "file:///etc/passwd",
        "https://example.org/ a",
        "https://example.org:99999/",
    ],
)
def test_addresses_that_are_not_safe_are_not_taken(url: str) -> None:
    with pytest.raises(InputError):
        parse_address(url)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address that must not be called
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_only_public_addresses_are_called_unless_their_network_is_named(address: str, public: bool) -> None:
    assert may_be_called(address, ()) is public
    assert may_be_called("10.1.2.3", ("10.1.0.0/16",))
    assert not may_be_called("10.2.2.3", ("10.1.0.0/16",))
