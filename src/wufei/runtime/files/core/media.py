"""The kinds of files that are taken, by what their bytes say, and how large each may be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from wufei.kernel.text import Text

NAME_CHARACTERS_MAX = 120
PHOTO_BYTES_MAX = 20_000_000
DOCUMENT_BYTES_MAX = 50_000_000
UNNAMED = "文件"


class Kind(StrEnum):
    """What a place asks for."""

    PHOTO = "photo"
    DOCUMENT = "document"
    SHEET = "sheet"

    @property
    def label(self) -> Text:
        """The words used on screen, with what belongs to it."""
        return _LABELS[self]


_LABELS = {
    Kind.PHOTO: Text("照片（JPEG、PNG、WebP、HEIC）", "a photo (JPEG, PNG, WebP, HEIC)"),
    Kind.DOCUMENT: Text("文档（PDF、DOCX、PPTX、TXT）", "a document (PDF, DOCX, PPTX, TXT)"),
    Kind.SHEET: Text("表格（XLSX、CSV）", "a sheet (XLSX, CSV)"),
}


@dataclass(frozen=True, slots=True)
class Accept:
    """What a place takes.

    Attributes
    ----------
    kinds : tuple of Kind
        Any of these.
    bytes_max : int
        A bound of the place's own, in bytes; the bound of the kind holds as well.
    """

    kinds: tuple[Kind, ...]
    bytes_max: int = DOCUMENT_BYTES_MAX


PHOTO = Accept((Kind.PHOTO,), PHOTO_BYTES_MAX)
DOCUMENT = Accept((Kind.DOCUMENT,))
SHEET = Accept((Kind.SHEET,))
ANY = Accept((Kind.PHOTO, Kind.DOCUMENT, Kind.SHEET))
ACCEPTS = {"photo": PHOTO, "document": DOCUMENT, "sheet": SHEET, "any": ANY}


@dataclass(frozen=True, slots=True)
class Media:
    """A format.

    Attributes
    ----------
    type : str
        Its media type, as the browser is told.
    endings : tuple of str
        Endings that a name may have; the first is added to a name with another one.
    inline : bool
        A browser may show it within a page: pictures only.
    decoder : str
        The name of Pillow's decoder; empty where it is no picture.
    bytes_max : int
        How large it may be.
    """

    type: str
    label: str
    kinds: frozenset[Kind]
    endings: tuple[str, ...]
    inline: bool = False
    decoder: str = ""
    bytes_max: int = DOCUMENT_BYTES_MAX


def _photo(subtype: str, label: str, *endings: str, inline: bool = True, decoder: str = "") -> Media:
    return Media(
        f"image/{subtype}",
        label,
        frozenset({Kind.PHOTO}),
        endings,
        inline=inline,
        decoder=decoder or label.upper(),
        bytes_max=PHOTO_BYTES_MAX,
    )


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = _photo("jpeg", "JPEG", ".jpg", ".jpeg")
PNG = _photo("png", "PNG", ".png")
WEBP = _photo("webp", "WebP", ".webp")
# Few browsers show it; whoever wants to see it takes it down.
HEIC = _photo("heic", "HEIC", ".heic", ".heif", inline=False, decoder="HEIF")
PDF = Media("application/pdf", "PDF", frozenset({Kind.DOCUMENT}), (".pdf",))
DOCX = Media(f"{_OFFICE}.wordprocessingml.document", "DOCX", frozenset({Kind.DOCUMENT}), (".docx",))
PPTX = Media(f"{_OFFICE}.presentationml.presentation", "PPTX", frozenset({Kind.DOCUMENT}), (".pptx",))
XLSX = Media(f"{_OFFICE}.spreadsheetml.sheet", "XLSX", frozenset({Kind.SHEET}), (".xlsx",))
# Bytes do not tell a table from a letter: text is both, and the name's ending only chooses the word for it.
CSV = Media("text/csv", "CSV", frozenset({Kind.SHEET, Kind.DOCUMENT}), (".csv",))
TXT = Media("text/plain", "TXT", frozenset({Kind.SHEET, Kind.DOCUMENT}), (".txt",))
MEDIA = {media.type: media for media in (JPEG, PNG, WEBP, HEIC, PDF, DOCX, PPTX, XLSX, CSV, TXT)}


def clean_name(name: str) -> str:
    """Give a name without folders, signs that cannot be seen or turn the direction of reading, and excess."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    if len(seen) <= NAME_CHARACTERS_MAX:
        return seen or UNNAMED
    stem, dot, ending = seen.rpartition(".")
    if dot and len(ending) <= 8:
        return stem[: NAME_CHARACTERS_MAX - len(ending) - 1] + dot + ending
    return seen[:NAME_CHARACTERS_MAX]


def served_name(name: str, media: Media) -> str:
    """Give the name under which a file is taken down: its ending tells what the bytes are."""
    return name if name.lower().endswith(media.endings) else name + media.endings[0]
