"""What a picture shows of itself: its size, when and where it was taken; and small copies of it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from PIL import ExifTags, Image, ImageOps

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.runtime.files.core.media import Media
from wufei.runtime.files.core.sheets import refuse

PIXELS_MAX = 100_000_000
"""More than any phone's usual pictures; at 3 bytes each they still fit in memory."""

SIDES_PX = (320, 1280)
"""The longer side of small copies, for lists and for screens."""

# The bound is looked at below, before decoding; Pillow's own would only warn at first.
Image.MAX_IMAGE_PIXELS = None

_QUALITY = 82
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was, by WGS 84, in degrees: longitude -180..180, latitude -90..90."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture says of itself, as it is looked at (turned upright)."""

    width_px: int
    height_px: int
    taken_at: datetime | None = None
    taken_where: Place | None = None


def decodes(media: Media) -> bool:
    """Say whether this installation can decode a format; HEIC only where a decoder was added to Pillow."""
    Image.init()
    return media.decoder in Image.OPEN


def look(content: bytes, media: Media, name: str, zone: tzinfo) -> Picture:
    """Read size, time and place of a picture without decoding it.

    Parameters
    ----------
    zone : tzinfo
        Of clocks of cameras that do not say their own.

    Raises
    ------
    InputError
        ``files.pixels``: more pixels than may be decoded; ``files.damaged``.
    """
    with _opened(content, media, name) as image:
        try:
            exif = image.getexif()
            turned = exif.get(ExifTags.Base.Orientation) in {5, 6, 7, 8}
            inner, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        except (OSError, ValueError, SyntaxError, TypeError, KeyError):
            # A camera's notes that cannot be read make no picture worthless.
            return Picture(*image.size)
        width_px, height_px = reversed(image.size) if turned else image.size
        return Picture(width_px, height_px, _instant(inner, zone), _place(gps))


def small_copies(content: bytes, media: Media, name: str) -> dict[int, bytes]:
    """Make small copies as JPEG: upright, without anything that was written about the picture.

    Returns
    -------
    dict of int to bytes
        By the longer side in px, as in `SIDES_PX`.

    Raises
    ------
    InputError
        ``files.pixels``, ``files.damaged``: decoding fails.
    """
    with _opened(content, media, name) as image:
        try:
            # A JPEG is decoded at a fraction of its size.
            image.draft("RGB", (max(SIDES_PX), max(SIDES_PX)))
            upright = _flat(ImageOps.exif_transpose(image))
        except (OSError, ValueError, SyntaxError, TypeError, EOFError, KeyError, MemoryError) as error:
            raise _damaged(name, error) from error
        made = {}
        for side in sorted(SIDES_PX, reverse=True):
            upright.thumbnail((side, side), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            Image.frombytes("RGB", upright.size, upright.tobytes()).save(out, "JPEG", quality=_QUALITY)
            made[side] = out.getvalue()
        return made


def _opened(content: bytes, media: Media, name: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=[media.decoder])
    except (OSError, ValueError, SyntaxError, TypeError, EOFError) as error:
        raise _damaged(name, error) from error
    width, height = image.size
    if width * height > PIXELS_MAX:
        message = Text(
            f"“{name}”有 {width}×{height} 像素，上限为 {PIXELS_MAX // 1_000_000} 百万像素。请缩小后再传。",
            f"“{name}” has {width}×{height} pixels; the bound is "
            f"{PIXELS_MAX // 1_000_000} million. Shrink it first.",
        )
        raise refuse("pixels", name, f"{width}×{height}", message)
    return image


def _flat(image: Image.Image) -> Image.Image:
    """Give a picture on white, in the colours of a screen."""
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        ground = Image.new("RGB", seen.size, _WHITE)
        ground.paste(seen, mask=seen.getchannel("A"))
        return ground
    return image.convert("RGB")


def _damaged(name: str, error: Exception) -> InputError:
    message = Text(
        f"图片“{name}”不完整或已损坏，打不开。请重新拍摄或重新导出后再传。",
        f"The picture “{name}” breaks off or is damaged. Take or export it again.",
    )
    return refuse("damaged", name, str(error)[:80], message)


def _instant(notes: dict[int, Any], zone: tzinfo) -> datetime | None:
    """Read DateTimeOriginal and OffsetTimeOriginal (Exif 2.32, 4.6.5)."""
    written = str(notes.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    offset = str(notes.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    try:
        if offset:
            return datetime.strptime(f"{written}{offset}", "%Y:%m:%d %H:%M:%S%z")
        return datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None


def _place(notes: dict[int, Any]) -> Place | None:
    """Read latitude and longitude in degrees, minutes, seconds (Exif 2.32, 4.6.6)."""
    try:
        latitude = _degrees(notes[2]) * (-1 if str(notes.get(1, "N")).startswith("S") else 1)
        longitude = _degrees(notes[4]) * (-1 if str(notes.get(3, "E")).startswith("W") else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    # Cameras without a fix write zeros; no place of anybody lies there.
    known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return Place(round(longitude, 7), round(latitude, 7)) if known else None


def _degrees(parts: Any) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
