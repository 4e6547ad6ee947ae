"""Rows of entries as the doors give them, and the digest by which a repeated sending is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.runtime.forms.core.answers import Json
from wufei.runtime.forms.core.definition import Definition


@dataclass(frozen=True, slots=True)
class Lookup:
    """A list of the room from which references are taken; both doors see what the scope sees, no more.

    Attributes
    ----------
    search : callable
        ``search(scope, typed)``: key and label of what fits.
    known : callable
        ``known(scope, keys)``: those of the keys that are in the list, in one query for all of them.
    """

    search: Callable[[Any, str], list[tuple[str, Text]]]
    known: Callable[[Any, Collection[str]], Collection[str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """Canonical values that are about to be entered, and of whom; no party: an office fills in."""

    values: Mapping[str, Json]
    party_id: int | None = None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A filled-in form; a draft holds what was typed, an entered one canonical values."""

    id: UUID
    form_key: str
    form_version: int
    region_id: int
    party_id: int | None
    author_id: int
    state: str
    values: dict[str, Json]
    digest: str
    saved_at: datetime
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """What an entry held from an instant on."""

    number: int
    values: dict[str, Json]
    digest: str
    author_id: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """What a room exports in the tuple ``FORMS`` of its module ``forms``.

    Attributes
    ----------
    action : str
        Who may fill it, such as ``entry.fill``.
    lookups : mapping of str to Lookup
        Of the definition's references.
    submitted : callable or None
        ``submitted(scope, entry)`` in the transaction in which an entry is sent or mended, before any
        review; an `InputError` undoes it. For what only its room can check: whose it is, whether it fits.
    entered : callable or None
        ``entered(scope, entry)`` in the transaction in which values become final; an `InputError` undoes it.
    reviewed : str
        Key of the steps (``two-steps``, ``three-steps``) after whose last pass values are final; empty: at
        once.
    at_once : str
        An action: what is entered by whoever holds it there needs no such steps; empty: everyone's does.
    department : callable or None
        ``department(entry)`` gives the department that an entry speaks for: only its own reviewers, and the
        office, pass or return it.
    check : callable or None
        ``check(scope, answered)``: what the room finds in each of several sets of values before they are
        entered, in a number of queries that does not grow with them; places are those of the definition.
    """

    definition: Definition
    action: str = "entry.fill"
    lookups: Mapping[str, Lookup] | None = None
    submitted: Callable[[Any, EntryRow], None] | None = None
    entered: Callable[[Any, EntryRow], None] | None = None
    reviewed: str = ""
    at_once: str = ""
    department: Callable[[EntryRow], int | None] | None = None
    check: Callable[[Any, Sequence[Answered]], list[list[Finding]]] | None = None


def digest_of(form_key: str, version: int, values: Mapping[str, Json]) -> str:
    """Give the SHA-256, in hexadecimal, of canonical values with the form that asked for them."""
    plain = json.dumps([form_key, version, values], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
