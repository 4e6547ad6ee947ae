"""What every map of the pages draws, and which tiles it may load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from wufei.kernel.coordinates import wgs_to_gcj
from wufei.runtime.environment import environment


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a map: what it is, its name, whose, where it leads; position in WGS-84 degrees."""

    kind: str
    name: str
    holder: str
    address: str
    longitude: float
    latitude: float


def map_data(marks: Iterable[Mark]) -> dict[str, Any]:
    """Give what the map draws, in the grid of its tiles: GCJ-02 only if the tiles are drawn so."""
    read = environment()
    points = []
    for mark in marks:
        at = (mark.longitude, mark.latitude)
        east, north = wgs_to_gcj(*at) if read.tiles and read.tiles_grid == "gcj02" else at
        points.append(
            {
                "at": [round(east, 6), round(north, 6)],
                "kind": mark.kind,
                "name": mark.name,
                "holder": mark.holder,
                "address": mark.address,
            }
        )
    return {"points": points, "tiles": read.tiles}


def allow_tiles(response: HttpResponse) -> HttpResponse:
    """Let the browser load tiles from the one host that the site's operator named."""
    tiles = environment().tiles
    if tiles:
        host = "/".join(tiles.split("/")[:3])
        policy = settings.CONTENT_SECURITY_POLICY
        for part in ("img-src 'self'", "connect-src 'self'"):
            policy = policy.replace(part, f"{part} {host}")
        response["Content-Security-Policy"] = policy
    return response
