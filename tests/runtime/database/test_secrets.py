"""Secrets are generated once, private, and may be given from outside."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from wufei.kernel.errors import ConflictError
from wufei.runtime.database.services.secrets import SECRETS_FILE, Secrets, ensure_secrets, read_secrets


def test_secrets_are_generated_once(tmp_path: Path) -> None:
    first = ensure_secrets(tmp_path)
    assert ensure_secrets(tmp_path) == first
    assert read_secrets(tmp_path, {}) == first


def test_all_secrets_differ_and_are_long(tmp_path: Path) -> None:
    made = ensure_secrets(tmp_path)
    words = {made.superuser, made.owner, made.app, made.system, made.signing_key}
    assert len(words) == 5
    assert min(len(word) for word in words) >= 40


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    ensure_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / SECRETS_FILE).stat().st_mode) == 0o600


def test_a_missing_directory_gives_empty_secrets(tmp_path: Path) -> None:
    assert read_secrets(tmp_path / "none", {}) == Secrets()


def test_a_secret_of_a_later_version_is_added_to_an_old_file(tmp_path: Path) -> None:
    (tmp_path / SECRETS_FILE).write_text('{"superuser": "kept"}', "utf8")
    made = ensure_secrets(tmp_path)
    assert made.superuser == "kept"
    assert made.signing_key


def test_a_password_from_the_environment_stands_first(tmp_path: Path) -> None:
    made = ensure_secrets(tmp_path)
    read = read_secrets(tmp_path, {"WUFEI_APP_PASSWORD": "given"})
    assert read.app == "given"
    assert read.owner == made.owner


@pytest.mark.parametrize("content", ["{", "[]", '"text"'])
def test_a_damaged_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / SECRETS_FILE
    path.write_text(content, "utf8")
    with pytest.raises(ConflictError) as caught:
        ensure_secrets(tmp_path)
    assert caught.value.code == "database.secrets-damaged"
    assert path.read_text("utf8") == content


def test_secrets_do_not_print_themselves(tmp_path: Path) -> None:
    made = ensure_secrets(tmp_path)
    assert made.superuser not in repr(made)
