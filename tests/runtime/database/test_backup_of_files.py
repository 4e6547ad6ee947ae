"""What people uploaded goes with a backup, and comes back checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wufei.runtime.database.services import copy_contents, parse_wish, restore, set_mark, start, take_backup

pytestmark = pytest.mark.database


def stored(data_dir: Path, content: bytes) -> Path:
    """Put content into the store as the room of files does."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = data_dir / "files" / sha256[:2] / sha256[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_people_uploaded_is_backed_up_once_and_comes_back_checked(room: Path, target: Path) -> None:
    data_dir, backups = room / "with-files", room / "backups-with-files"
    said: list[str] = []
    with start(data_dir, durable=False) as holder:
        first = stored(data_dir, b"first")
        taken = take_backup(holder, directory=backups, keep=3)
        kept = taken.place / "files" / first.parent.name / first.name
        assert kept.read_bytes() == b"first"
        assert copy_contents(data_dir) == 0
        # As the job does every minute between two backups.
        later, damaged = stored(data_dir, b"later"), stored(data_dir, b"damaged")
        assert copy_contents(data_dir) == 2
        assert copy_contents(data_dir) == 0
        set_mark(holder, "after")
    hurt = taken.place / "files" / damaged.parent.name / damaged.name
    hurt.unlink()
    hurt.write_bytes(b"something else")
    wish = parse_wish(at="", mark="after", latest=False)
    restore(backups, target, wish, durable=False, report=lambda text: said.append(text.en))
    for path, content in ((first, b"first"), (later, b"later")):
        assert (target / path.relative_to(data_dir)).read_bytes() == content
    assert not (target / damaged.relative_to(data_dir)).exists()
    assert "2 files are back." in said
    assert any(str(hurt) in text for text in said)
