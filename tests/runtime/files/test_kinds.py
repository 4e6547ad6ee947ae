"""A file is what its bytes say, one thing only, and nothing that does harm."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from wufei.kernel.errors import InputError
from wufei.runtime.files.core.media import (
    ANY,
    DOCUMENT,
    JPEG,
    NAME_CHARACTERS_MAX,
    PDF,
    PHOTO,
    PNG,
    SHEET,
    TXT,
    WEBP,
    clean_name,
    served_name,
)
from wufei.runtime.files.core.pictures import look, small_copies
from wufei.runtime.files.core.sniffing import media_of

ZONE = ZoneInfo("Asia/Shanghai")
HEIC = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + b"\0" * 64
PDF_BYTES = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(out, kind, **options)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return out.getvalue()


def office(part: str = "word/document.xml", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<document/>")
        for name, content in more.items():
            archive.writestr(name.replace("_", "/") + ".bin", content)
    return out.getvalue()


def code_of(content: bytes, name: str = "文件", accept: object = ANY) -> str:
    with pytest.raises(InputError) as caught:
        media_of(content, name, accept)  # type: ignore[arg-type]
    assert caught.value.message.zh
    assert caught.value.message.en
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        (picture(), "image/jpeg"),
        (picture("JPEG", progressive=True), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (HEIC, "image/heic"),
        (PDF_BYTES, "application/pdf"),
        (office(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (
            office("ppt/presentation.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
        ("日期,数量\n".encode("gb18030"), "text/plain"),
        ("苹果\n".encode(), "text/plain"),
    ],
)
def test_a_file_is_known_by_its_bytes_whatever_it_is_called(content: bytes, type_: str) -> None:
    assert media_of(content, "x.exe", ANY).type == type_


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "files.empty"),
        (b" \n\n", "files.empty"),
        (picture() + packed(a=b"1"), "files.two-kinds"),
        (picture() + b"<script>alert(1)</script>", "files.two-kinds"),
        (picture("PNG") + b"<html><body>", "files.two-kinds"),
        (picture("WEBP") + b"<!doctype html>", "files.two-kinds"),
        (picture() + PDF_BYTES, "files.two-kinds"),
        (picture(comment=b"<script>alert(1)</script>"), "files.two-kinds"),
        (PDF_BYTES + packed(a=b"1"), "files.two-kinds"),
        (b"GIF89a" + b"\0" * 30 + packed(a=b"1"), "files.unknown-kind"),
        (b"some words first\n" + PDF_BYTES, "files.two-kinds"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "files.markup"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "files.markup"),
        (b"<?xml version='1.0'?><a/>", "files.markup"),
        (b"words\n<script>alert(1)</script>", "files.markup"),
        (packed(a=b"1"), "files.archive"),
        (office(word_vbaProject=b"1"), "files.macros"),
        (b"MZ\x90\0" + b"\0" * 80, "files.unknown-kind"),
        (b"\x7fELF" + bytes(range(64)), "files.unknown-kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "files.old-format"),
        (picture()[:-40], "files.damaged"),
    ],
)
def test_what_is_two_things_at_once_or_does_harm_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_what_a_phone_appends_to_its_pictures_is_taken() -> None:
    assert media_of(picture() + picture(size=(8, 8)), "motion.jpg", PHOTO) is JPEG


def test_a_packed_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    assert code_of(out.getvalue()) == "files.bomb"


def test_a_place_takes_only_what_it_asks_for() -> None:
    assert code_of(PDF_BYTES, accept=PHOTO) == "files.wrong-kind"
    assert code_of(picture(), accept=DOCUMENT) == "files.wrong-kind"
    assert media_of(b"a,b\n1,2\n", "a.csv", SHEET).label == "CSV"


def test_a_photo_of_50_mb_is_told_value_bound_and_fix() -> None:
    large = picture() + b"\0" * 50_000_000
    with pytest.raises(InputError) as caught:
        media_of(large, "大图.jpg", PHOTO)
    assert caught.value.code == "files.too-large"
    assert "50.0 MB" in caught.value.message.zh
    assert "上限为 20 MB" in caught.value.message.zh
    assert "shrink" in caught.value.message.en


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    media = media_of(bomb, "bomb.png", PHOTO)
    with pytest.raises(InputError) as caught:
        small_copies(bomb, media, "bomb.png")
    assert caught.value.code == "files.pixels"
    assert "50000×50000" in caught.value.message.en


def test_a_picture_that_does_not_decode_is_refused() -> None:
    broken = bytearray(picture("PNG", (300, 300)))
    place = broken.index(b"IDAT")
    broken[place + 6 : place + 30] = bytes(24)
    with pytest.raises(InputError) as caught:
        small_copies(bytes(broken), PNG, "broken.png")
    assert caught.value.code == "files.damaged"


def with_notes() -> bytes:
    notes = Image.Exif()
    notes[0x0112] = 6
    notes.get_ifd(0x8769).update({0x9003: "2025:03:09 14:05:06", 0x9011: "+08:00"})
    notes.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 36.0), 3: "E", 4: (116.0, 24.0, 0.0)})
    return picture("JPEG", (400, 200), exif=notes)


def test_time_and_place_are_read_and_the_picture_is_measured_upright() -> None:
    seen = look(with_notes(), JPEG, "a.jpg", ZONE)
    assert (seen.width_px, seen.height_px) == (200, 400)
    assert seen.taken_at == datetime(2025, 3, 9, 6, 5, 6, tzinfo=UTC)
    assert seen.taken_where is not None
    assert (seen.taken_where.longitude, seen.taken_where.latitude) == (116.4, 39.91)


def test_small_copies_are_upright_and_say_nothing_of_where_they_were_taken() -> None:
    copies = small_copies(with_notes(), JPEG, "a.jpg")
    with Image.open(io.BytesIO(copies[320])) as small:
        assert small.size == (160, 320)
        assert dict(small.getexif()) == {}
    assert b"Exif" not in copies[1280]


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(small_copies(out.getvalue(), PNG, "a.png")[320])) as small:
        assert small.getpixel((5, 5)) == (255, 255, 255)


def test_webp_has_small_copies_too() -> None:
    assert set(small_copies(picture("WEBP"), WEBP, "a.webp")) == {320, 1280}


@given(st.text(max_size=400))
def test_a_name_has_no_folder_and_no_sign_that_cannot_be_seen(text: str) -> None:
    name = clean_name(text)
    assert 0 < len(name) <= NAME_CHARACTERS_MAX
    assert not set(name) & set("/\\\n\r\0\u202e")
    assert clean_name(name) == name


def test_a_name_that_belies_the_bytes_gets_their_ending() -> None:
    assert served_name("报告.html", TXT) == "报告.html.txt"
    assert served_name("报告.PDF", PDF) == "报告.PDF"


@given(st.binary(max_size=300))
def test_any_bytes_are_known_or_refused_with_a_reason(content: bytes) -> None:
    with suppress(InputError):
        assert media_of(content, "x", ANY).type


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_no_damage_to_a_picture_makes_the_reader_fail_otherwise_than_by_a_refusal(
    kind: str, data: st.DataObject
) -> None:
    content = bytearray(picture(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(12, len(content) - 1))] = data.draw(st.integers(0, 255))
    # A reader that fails otherwise fails the test.
    with suppress(InputError):
        media = media_of(bytes(content), "x", ANY)
        look(bytes(content), media, "x", ZONE)
        small_copies(bytes(content), media, "x")
