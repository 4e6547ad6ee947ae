"""The store keeps what people send, once, untouched, and hands it out only to those it belongs to."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import socketserver
import struct
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections, transaction
from django.test import Client
from PIL import Image

from wufei.kernel.errors import AccessError, ConflictError, ExternalError, InputError, NotFoundError
from wufei.runtime import clock
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.access.services import session
from wufei.runtime.database.services import Holder
from wufei.runtime.files import jobs
from wufei.runtime.files.core.media import ANY, PHOTO
from wufei.runtime.files.core.rows import FileRow, State
from wufei.runtime.files.queries import content_of, file_of, files_of, last_comparison, path_of, small_copy
from wufei.runtime.files.services import compare, keep, scan_held, withdraw
from wufei.runtime.identity.services import add_membership, create_user

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory of the test's own; the database is the one all tests share."""
    monkeypatch.setenv("WUFEI_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def no_files_of_others(server: Holder, database: str, db: None) -> Iterator[None]:
    """Take away what other tests kept in the shared database, and what this one keeps."""
    _forget_files(server, database)
    yield
    _forget_files(server, database)


def _forget_files(server: Holder, database: str) -> None:
    with server.connect(database) as connection:
        # Locked documents of other tests keep their scans; these rows are looked at no more.
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM files_file")
        connection.execute("DELETE FROM files_comparison")


@pytest.fixture
def works(region_factory: Callable[..., int], party_factory: Callable[..., int]) -> Callable[..., Scope]:
    """Give the scope of somebody new who works for a party, or for a region."""

    def make(role: Role = Role.PRODUCER, *, region: int | None = None, party: int | None = None) -> Scope:
        user = create_user(username=f"u-{uuid.uuid4().hex[:12]}", password=PASSWORD)
        if role is Role.PRODUCER:
            where = party or party_factory(region_id=region)
            return Scope(user, 1, role, party_ids=frozenset({where}))
        return Scope(user, 1, role, region_ids=frozenset({region or region_factory()}))

    return make


def photo(size: tuple[int, int] = (640, 480), colour: tuple[int, int, int] = (10, 120, 60)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def kept(scope: Scope, content: bytes | None = None, name: str = "进货单.jpg") -> FileRow:
    with session(scope):
        region = min(scope.region_ids) if scope.region_ids else None
        party = min(scope.party_ids) if scope.party_ids else None
        return keep(
            scope, content=content or photo(), name=name, region_id=region, party_id=party, accept=ANY
        )


def test_what_was_kept_comes_back_byte_by_byte_with_its_checksum(
    works: Callable[..., Scope], own_store: Path
) -> None:
    scope, content = works(), photo()
    row = kept(scope, content, "../../etc/进货\u202e单.jpg")
    assert row.name == "进货单.jpg"
    assert (row.media_type, row.width_px, row.height_px, row.by) == ("image/jpeg", 640, 480, scope.user_id)
    assert row.state is State.KEPT
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    with session(scope):
        assert content_of(scope, row.id) == content
        assert list(files_of(scope, [row.id])) == [row.id]
        assert path_of(scope, row.id)[1] == own_store / "files" / row.sha256[:2] / row.sha256[2:]


def test_the_same_content_lies_on_the_disk_once(works: Callable[..., Scope], own_store: Path) -> None:
    scope = works()
    first, second = kept(scope), kept(scope, name="再传一次.jpg")
    assert first.id != second.id
    assert len(list((own_store / "files").glob("??/*"))) == 1


def test_a_file_like_upload_is_read_from_its_beginning_and_refused_by_its_size_unread(
    works: Callable[..., Scope],
) -> None:
    scope = works()
    upload = SimpleUploadedFile("a.jpg", photo())
    upload.seek(100)
    where = min(scope.party_ids)
    with session(scope):
        assert keep(
            scope, content=upload, name="a.jpg", region_id=None, party_id=where, accept=PHOTO
        ).size_bytes == len(photo())
        large = io.BytesIO(photo() + bytes(50_000_000))
        with pytest.raises(InputError) as caught:
            keep(scope, content=large, name="大.jpg", region_id=None, party_id=where, accept=PHOTO)
    assert caught.value.code == "files.too-large"
    assert large.tell() < 100_000
    assert "20 MB" in caught.value.message.zh


def test_nothing_is_noted_of_a_refused_file(works: Callable[..., Scope], own_store: Path) -> None:
    with pytest.raises(InputError):
        kept(works(), b"<html></html>")
    assert not (own_store / "files").exists()


def test_another_party_and_another_region_do_not_find_it_and_their_own_region_does(
    works: Callable[..., Scope], region_factory: Callable[..., int]
) -> None:
    region = region_factory()
    owner, office = works(region=region), works(Role.OFFICE, region=region)
    row = kept(owner)
    assert row.region_id == region
    with session(office):
        assert file_of(office, row.id).id == row.id
    for stranger in (works(), works(Role.OFFICE), Scope(owner.user_id, 1, Role.PUBLIC)):
        with session(stranger), pytest.raises((NotFoundError, AccessError)):
            file_of(stranger, row.id)


def test_nobody_keeps_a_file_for_another_party(works: Callable[..., Scope]) -> None:
    mine, theirs = works(), works()
    with session(mine), pytest.raises(AccessError):
        keep(
            mine,
            content=photo(),
            name="a.jpg",
            region_id=None,
            party_id=min(theirs.party_ids),
            accept=ANY,
        )


def test_the_database_alone_refuses_to_show_change_delete_or_forge_a_file(
    works: Callable[..., Scope],
) -> None:
    owner, stranger = works(), works()
    row = kept(owner)

    def run(scope: Scope, statement: str) -> int:
        with session(scope), connections["default"].cursor() as cursor:
            cursor.execute(statement, [row.id])
            return cursor.rowcount

    assert run(stranger, "SELECT 1 FROM files_file WHERE id = %s") == 0
    assert run(stranger, "UPDATE files_file SET withdrawn_at = now() WHERE id = %s") == 0
    assert run(owner, "SELECT 1 FROM files_file WHERE id = %s") == 1
    # As another person, and for a party that is not theirs.
    forged = (
        "INSERT INTO files_file (id, name, media_type, size_bytes, sha256, state, found, kept_at, party_id, "
        "withdrawn_reason) SELECT gen_random_uuid(), name, media_type, size_bytes, sha256, state, found, "
        "kept_at, party_id, '' FROM files_file WHERE id = %s"
    )
    for statement in (
        "UPDATE files_file SET state = 'kept' WHERE id = %s",
        "DELETE FROM files_file WHERE id = %s",
        forged,
    ):
        with pytest.raises(DatabaseError):
            run(owner, statement)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM files_file")
        assert cursor.fetchone() == (0,)


def test_a_wrong_upload_is_put_out_of_use_and_stays_on_the_disk(
    works: Callable[..., Scope], own_store: Path
) -> None:
    owner, stranger = works(), works()
    row = kept(owner)
    with session(stranger), pytest.raises(NotFoundError):
        withdraw(stranger, file_id=row.id, reason="别人的")
    with session(owner):
        with pytest.raises(InputError):
            withdraw(owner, file_id=row.id, reason=" ")
        assert withdraw(owner, file_id=row.id, reason="传错了").state is State.WITHDRAWN
        with pytest.raises(ConflictError) as caught:
            content_of(owner, row.id)
    assert caught.value.code == "file.withdrawn"
    assert (own_store / "files" / row.sha256[:2] / row.sha256[2:]).is_file()


def test_a_small_copy_that_was_lost_is_made_again(works: Callable[..., Scope], own_store: Path) -> None:
    scope = works()
    row = kept(scope, photo((2000, 1000)))
    (lost,) = (own_store / "files-small").glob("??/*-320.jpg")
    lost.unlink()
    with session(scope), Image.open(io.BytesIO(small_copy(scope, row.id, 320))) as small:
        assert small.size == (320, 160)


def test_heic_is_kept_without_small_copies(works: Callable[..., Scope]) -> None:
    scope = works()
    row = kept(scope, struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(64))
    assert (row.media_type, row.width_px) == ("image/heic", None)
    with session(scope), pytest.raises(NotFoundError):
        small_copy(scope, row.id, 320)


def test_what_the_disk_lost_and_what_no_row_names_is_found_and_told(
    works: Callable[..., Scope], own_store: Path
) -> None:
    scope = works()
    lost, fine = kept(scope), kept(scope, b"words\n")
    (own_store / "files" / lost.sha256[:2] / lost.sha256[2:]).unlink()
    orphan = own_store / "files" / "ab"
    orphan.mkdir(exist_ok=True)
    (orphan / ("0" * 62)).write_bytes(b"?")
    compare(own_store, now=clock.now() + timedelta(seconds=1))
    found = last_comparison(Scope.operator())
    assert found is not None
    assert (found.contents, found.missing, found.orphans) == (2, 1, 1)
    assert found.examples == (f"- {lost.sha256}", f"+ ab{'0' * 62}") or set(found.examples) == {
        f"- {lost.sha256}",
        f"+ ab{'0' * 62}",
    }
    watched = jobs.watch_store()
    assert watched.alarm
    assert "缺失 1" in watched.found.zh
    with session(scope):
        assert content_of(scope, fine.id) == b"words\n"
        with pytest.raises(ExternalError):
            content_of(scope, lost.id)


class Clamd(socketserver.StreamRequestHandler):
    """Speaks clamd's protocol: zPING, and zINSTREAM with chunks behind their lengths."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        assert command == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "tcp":
        server: socketserver.TCPServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd)
        address = f"clamd://127.0.0.1:{server.server_address[1]}"
    else:
        path = f"/tmp/clamd-{uuid.uuid4().hex[:8]}"  # noqa: S108 - a socket's path must be short
        server = socketserver.ThreadingUnixStreamServer(path, Clamd)
        address = f"unix:{path}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield address
    server.shutdown()
    server.server_close()
    thread.join()
    if request.param == "unix":
        Path(path).unlink()


def test_a_file_is_held_until_clean_and_refused_with_what_was_found(
    works: Callable[..., Scope], own_store: Path, clamd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUFEI_VIRUS_SCAN", clamd)
    scope = works()
    clean, sick = kept(scope), kept(scope, EICAR, "eicar.txt")
    assert (clean.state, sick.state) == (State.HELD, State.HELD)
    with session(scope), pytest.raises(ConflictError) as caught:
        content_of(scope, clean.id)
    assert caught.value.code == "file.held"
    assert scan_held(clamd, own_store, now=clock.now()) == 2
    with session(scope):
        assert content_of(scope, clean.id) == photo()
        refused = file_of(scope, sick.id)
        assert (refused.state, refused.found) == (State.REFUSED, "Eicar-Test-Signature")
        with pytest.raises(ConflictError) as caught:
            content_of(scope, sick.id)
    assert caught.value.code == "file.refused"
    assert not jobs.watch_scanner().alarm


def test_a_command_scans_too(
    works: Callable[..., Scope], own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = own_store / "scan.py"
    script.write_text(
        "import sys\ndata = sys.stdin.buffer.read()\n"
        "print('Test FOUND') if b'EICAR' in data else None\nsys.exit(1 if b'EICAR' in data else 0)\n"
    )
    command = f"{sys.executable} {script}"
    monkeypatch.setenv("WUFEI_VIRUS_SCAN", command)
    scope = works()
    clean, sick = kept(scope), kept(scope, EICAR, "eicar.txt")
    scan_held(command, own_store, now=clock.now())
    with session(scope):
        assert file_of(scope, clean.id).state is State.KEPT
        assert file_of(scope, sick.id).found == "Test FOUND"


def test_a_scanner_that_is_down_leaves_files_held_and_alarms(
    works: Callable[..., Scope], own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        scanner = f"clamd://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("WUFEI_VIRUS_SCAN", scanner)
    scope = works()
    row = kept(scope)
    with pytest.raises(ExternalError) as caught:
        scan_held(scanner, own_store, now=clock.now())
    assert caught.value.code == "files.scanner"
    with session(scope):
        assert file_of(scope, row.id).state is State.HELD
    assert jobs.watch_scanner().alarm


@pytest.fixture
def signed_in(party_factory: Callable[..., int], region_factory: Callable[..., int]) -> Callable[[], Client]:
    def enter() -> Client:
        name, region = f"u-{uuid.uuid4().hex[:12]}", region_factory()
        user = create_user(username=name, password=PASSWORD)
        add_membership(
            user_id=user, role="producer", region_id=region, party_id=party_factory(region_id=region)
        )
        client = Client()
        assert client.post("/sign-in", {"username": name, "password": PASSWORD}).status_code == 302
        return client

    return enter


def sent(client: Client, content: bytes, name: str, **fields: str) -> object:
    return client.post("/files", {"file": SimpleUploadedFile(name, content), **fields})


def test_an_upload_is_answered_with_its_row_and_shown_to_its_owner_only(
    signed_in: Callable[[], Client],
) -> None:
    mine, theirs = signed_in(), signed_in()
    made = sent(mine, photo(), "现场照片.jpg", kind="photo")
    assert made.status_code == 201
    address = json.loads(made.content)["address"]
    answer = mine.get(address)
    assert b"".join(answer.streaming_content) == photo()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Content-Disposition"] == (
        "inline; filename*=utf-8''%E7%8E%B0%E5%9C%BA%E7%85%A7%E7%89%87.jpg"
    )
    assert "private" in answer["Cache-Control"]
    assert mine.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    small = mine.get(f"{address}/thumbnail")
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")
    assert mine.get(f"{address}/thumbnail?side=5000").status_code == 422
    for path in (address, f"{address}/thumbnail"):
        assert theirs.get(path).status_code == 404
        assert theirs.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 404
        assert Client().get(path, headers={"Accept": "application/json"}).status_code == 403


def test_text_is_taken_down_and_never_shown(signed_in: Callable[[], Client]) -> None:
    client = signed_in()
    address = json.loads(sent(client, "苹果,3\n".encode(), "x.html").content)["address"]
    answer = client.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="x.html.txt"'
    answer.close()


def test_an_upload_that_cannot_be_used_is_told_why(signed_in: Callable[[], Client]) -> None:
    client = signed_in()
    for answer in (
        sent(client, b"<svg onload=alert(1)>", "a.jpg"),
        sent(client, photo(), "a.jpg", kind="film"),
        sent(client, photo(), "a.jpg", region_id="x"),
        client.post("/files", {}),
    ):
        assert answer.status_code == 422
    foreign = sent(client, photo(), "a.jpg", party_id="1")
    assert foreign.status_code == 403


def test_an_upload_without_a_token_is_refused(signed_in: Callable[[], Client]) -> None:
    client = signed_in()
    client.handler.enforce_csrf_checks = True
    assert sent(client, photo(), "a.jpg").status_code == 403
    assert client.post("/api/files", {"file": SimpleUploadedFile("a.jpg", photo())}).status_code == 403


def test_programs_upload_and_look_up_at_the_interface(signed_in: Callable[[], Client]) -> None:
    client = signed_in()
    refused = client.post("/api/files", {"file": SimpleUploadedFile("a.jpg", photo()), "party_id": "1"})
    assert refused.status_code == 403
    wrong = client.post("/api/files", {"file": SimpleUploadedFile("a.jpg", b"MZ\0\0")})
    assert json.loads(wrong.content)["code"] == "files.unknown-kind"
    made = client.post("/api/files", {"file": SimpleUploadedFile("a.jpg", photo()), "kind": "photo"})
    row = json.loads(made.content)
    assert client.get(f"/api/files/{row['id']}").json() == row


def test_a_transaction_that_fails_leaves_no_row(works: Callable[..., Scope]) -> None:
    scope = works()
    with session(scope), transaction.atomic():
        row = keep(
            scope, content=photo(), name="a", region_id=None, party_id=min(scope.party_ids), accept=ANY
        )
        transaction.set_rollback(True)
    with session(scope), pytest.raises(NotFoundError):
        file_of(scope, row.id)
