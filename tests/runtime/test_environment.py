"""Environment variables are read once, with defaults that are safe."""

from __future__ import annotations

from pathlib import Path

import pytest

from wufei.kernel.errors import InputError
from wufei.runtime.environment import default_data_dir, environment


def test_nothing_set_means_the_safe_side() -> None:
    read = environment({})
    assert (read.debug, read.https, read.allowed_hosts, read.database_url) == (False, False, (), "")
    assert read.database_name == "wufei"


def test_root_keeps_data_where_the_servers_account_can_go() -> None:
    assert default_data_dir(0) == Path("/var/lib/wufei")


def test_a_user_keeps_data_in_a_directory_of_their_own() -> None:
    assert default_data_dir(1000) != default_data_dir(0)
    assert default_data_dir(1000).name == "wufei"


def test_the_data_directory_is_absolute_wherever_the_command_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert environment({"WUFEI_DATA_DIR": "data"}).data_dir == Path("/data")


def test_hosts_are_listed_by_commas() -> None:
    read = environment({"WUFEI_ALLOWED_HOSTS": "a.example, b.example,"})
    assert read.allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    ("word", "meant"), [("1", True), ("TRUE", True), ("0", False), ("", False), ("no", False)]
)
def test_yes_has_many_words(word: str, meant: bool) -> None:
    assert environment({"WUFEI_DEBUG": word}).debug is meant


def test_sessions_the_second_factor_and_the_provider_have_safe_defaults() -> None:
    read = environment({})
    assert (read.session_idle_h, read.session_days, read.second_factor) == (12.0, 7.0, "remind")
    assert (read.oidc_issuer, read.oidc_client_secret) == ("", "")


def test_sessions_the_second_factor_and_the_provider_are_set() -> None:
    read = environment(
        {
            "WUFEI_SESSION_IDLE_HOURS": "0.5",
            "WUFEI_SESSION_DAYS": "1",
            "WUFEI_SECOND_FACTOR": "Required",
            "WUFEI_OIDC_ISSUER": "https://id.example.cn",
            "WUFEI_OIDC_CLIENT_SECRET": "hidden",
        }
    )
    assert (read.session_idle_h, read.session_days, read.second_factor) == (0.5, 1.0, "required")
    assert read.oidc_issuer == "https://id.example.cn"
    assert "hidden" not in repr(read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WUFEI_SESSION_IDLE_HOURS", "0"),
        ("WUFEI_SESSION_IDLE_HOURS", "nan"),
        ("WUFEI_SESSION_DAYS", "inf"),
        ("WUFEI_SESSION_DAYS", "a week"),
        ("WUFEI_SECOND_FACTOR", "always"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(InputError) as caught:
        environment({name: value})
    assert caught.value.field == name
