"""Addresses of the next rows: the key of the last one seen, never an offset that shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode


def next_address(path: str, params: Mapping[str, Sequence[str]], after: object) -> str:
    """Return the address of the page that follows, with everything else of the present one kept."""
    kept = {key: list(values) for key, values in params.items() if key != "after"}
    return f"{path}?{urlencode({**kept, 'after': [str(after)]}, doseq=True)}"
