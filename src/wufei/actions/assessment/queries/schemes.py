"""Schemes that a region may use: those of this project, and its own editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources

from wufei.actions.assessment.core.reading import read_scheme
from wufei.actions.assessment.core.scheme import Scheme
from wufei.actions.assessment.models import Scheme as SchemeRecord
from wufei.kernel.errors import InvariantError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Scope, require
from wufei.runtime.access.services import session
from wufei.runtime.identity.queries import names_of_users


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A scheme with its text; ``edition`` 0 for one that comes with Wufei."""

    scheme: Scheme
    text: str
    edition: int
    saved_at: datetime | None = None
    saved_by: str = ""

    @property
    def key(self) -> str:
        """Its id within the region."""
        return self.scheme.id


def schemes(scope: Scope, region_id: int) -> list[SchemeRow]:
    """Give the schemes of a region, the latest edition of each; its own stand before packaged ones."""
    require(scope, "assess.read", region_id=region_id)
    with session(scope):
        own = list(SchemeRecord.objects.filter(region_id=region_id).order_by("key", "edition"))
        names = names_of_users(row.saved_by_id for row in own if row.saved_by_id is not None)
    found = {row.key: row for row in packaged_schemes()}
    for row in own:
        found[row.key] = SchemeRow(
            scheme_of(row.text), row.text, row.edition, row.saved_at, names.get(row.saved_by_id or 0, "")
        )
    return [found[key] for key in sorted(found)]


def find_scheme(scope: Scope, region_id: int, key: str) -> SchemeRow:
    """Give one scheme of a region.

    Raises
    ------
    NotFoundError
        The region has none of this id.
    """
    found = next((row for row in schemes(scope, region_id) if row.key == key), None)
    if found is None:
        raise NotFoundError("scheme", key)
    return found


@lru_cache(maxsize=1)
def packaged_schemes() -> tuple[SchemeRow, ...]:
    """Give the schemes that come with Wufei."""
    folder = resources.files("wufei.actions.assessment") / "data" / "schemes"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    texts = [one.read_text("utf8") for one in files]
    return tuple(SchemeRow(scheme_of(text), text, 0) for text in texts)


def scheme_of(text: str) -> Scheme:
    """Read a scheme that was found to be without defects before.

    Raises
    ------
    InvariantError
        It has defects after all.
    """
    scheme, findings = read_scheme(text)
    if scheme is None:
        message = Text(f"办法有误：{findings[0].message.zh}", f"A defective scheme: {findings[0].message.en}")
        raise InvariantError("assess.scheme", message)
    return scheme
