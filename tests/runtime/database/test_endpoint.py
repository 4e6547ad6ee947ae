"""Addresses of database servers are read and chosen."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wufei.kernel.errors import InputError
from wufei.runtime.database.core.endpoint import (
    SOCKET_FILE,
    Endpoint,
    parse_address,
    parse_postmaster,
    socket_directory,
)

WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
POSTMASTER = "4711\n/data/postgres\n1795000000\n5432\n/data/run\n\n  5432001  98304\nready   \n"


def test_a_short_data_directory_keeps_its_socket() -> None:
    assert socket_directory(Path("/var/lib/wufei"), Path("/short")) == Path("/var/lib/wufei/run")


@given(st.integers(1, 300))
def test_the_socket_always_fits_into_an_address(length: int) -> None:
    directory = socket_directory(Path("/" + "d" * length), Path("/short"))
    assert len(str(directory / SOCKET_FILE)) <= 100


def test_two_long_data_directories_have_two_sockets() -> None:
    first, second = Path("/" + "a" * 200), Path("/" + "b" * 200)
    assert socket_directory(first, Path("/short")) != socket_directory(second, Path("/short"))


def test_the_file_of_a_running_server_gives_its_process_and_socket() -> None:
    assert parse_postmaster(POSTMASTER) == (4711, Endpoint("/data/run", 5432))


def test_a_server_without_a_socket_is_reached_by_loopback() -> None:
    text = "12\n/data\n1795000000\n6000\n\n127.0.0.1\n 1 2\nready\n"
    assert parse_postmaster(text) == (12, Endpoint("127.0.0.1", 6000))


@given(st.integers(0, len("4711\n/data/postgres\n1795000000\n5432\n/data/run")))
def test_a_file_that_is_still_being_written_says_nothing(length: int) -> None:
    assert parse_postmaster(POSTMASTER[:length]) is None


def test_an_address_is_read_with_port_and_options() -> None:
    address = parse_address("postgresql://u:p@db.example:6543/waste?sslmode=require")
    assert address.endpoint == Endpoint("db.example", 6543)
    assert (address.user, address.password, address.database) == ("u", "p", "waste")
    assert address.options == (("sslmode", "require"),)


def test_an_address_may_name_a_socket_directory() -> None:
    assert parse_address("postgresql://u:p@/waste?host=/run/pg").endpoint == Endpoint("/run/pg", 5432)


@given(WORDS, WORDS, WORDS)
def test_any_name_and_password_survives_quoting(user: str, password: str, database: str) -> None:
    quoted = [quote(word, safe="") for word in (user, password, database)]
    address = parse_address(f"postgresql://{quoted[0]}:{quoted[1]}@localhost/{quoted[2]}")
    assert (address.user, address.password, address.database) == (user, password, database)


@pytest.mark.parametrize(
    "url", ["mysql://u:p@h/d", "postgresql://h/d", "postgresql://u:p@h/", "sqlite:///file", "nonsense"]
)
def test_an_unusable_address_is_refused_with_the_form_it_should_have(url: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_address(url)
    assert caught.value.code == "database.address"
    assert "postgresql://" in caught.value.message.zh


def test_a_refused_address_does_not_tell_its_password() -> None:
    with pytest.raises(InputError) as caught:
        parse_address("mysql://u:hidden-word@h/d")
    assert "hidden-word" not in f"{caught.value} {caught.value.value}"
