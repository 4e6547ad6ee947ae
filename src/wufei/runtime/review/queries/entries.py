"""Entries of forms as things that are reviewed: one kind for each form with steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Severity
from wufei.runtime import clock
from wufei.runtime.access.core import Scope
from wufei.runtime.forms import services as forms
from wufei.runtime.forms.core.answers import AnswerError, read_answer
from wufei.runtime.forms.core.definition import Definition, Kind
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.core.shown import field_at, shown_values
from wufei.runtime.forms.exports import all_forms
from wufei.runtime.forms.queries import entry
from wufei.runtime.review.core.procedure import THREE_STEPS, TWO_STEPS
from wufei.runtime.review.core.subject import Row, Sheet, SubjectKind, parse_like
from wufei.runtime.signing.core.places import with_values

_STEPS = {each.key: each for each in (TWO_STEPS, THREE_STEPS)}
_TYPED_AS_THEY_STAND = frozenset({Kind.QUANTITY, Kind.REPEAT, Kind.POSITION})


def kind_key(form: Form) -> str:
    """Give the key under which entries of a form are reviewed."""
    return f"entry:{form.definition.key}"


def entry_kinds() -> Iterator[SubjectKind]:
    """Give a kind for every form that has steps."""
    for form in all_forms().values():
        if form.reviewed:
            yield SubjectKind(
                key=kind_key(form),
                title=form.definition.title,
                procedure=_STEPS[form.reviewed],
                read=partial(_read, form),
                write=partial(_write, form),
                passed=_passed,
                parse=partial(_parse, form.definition),
            )


def _read(form: Form, scope: Scope, entry_id: UUID) -> Sheet:
    found = entry(scope, entry_id)
    rows = tuple(
        Row(one.pointer, one.label, one.shown, one.group)
        for one in shown_values(form.definition, found.values)
    )
    title = form.definition.title
    department_id = form.department(found) if form.department is not None else None
    address = f"/entries/{entry_id}"
    return Sheet(title, found.region_id, found.party_id, found.values, rows, address, department_id)


def _write(form: Form, scope: Scope, entry_id: UUID, changes: Mapping[str, Any]) -> None:
    values = with_values(entry(scope, entry_id).values, changes)
    # Who mends what a reviewer remarked on has looked at it: soft bounds do not ask again.
    outcome = forms.amend(scope, form, entry_id=entry_id, answers=values, now=clock.now(), confirmed=True)
    if outcome.outcome == "refused":
        wrong = next(one for one in outcome.findings if one.severity is Severity.ERROR)
        raise InputError(wrong.code, wrong.where, wrong.value, wrong.message)


def _passed(scope: Scope, entry_id: UUID) -> None:
    forms.finish(scope, entry_id=entry_id)


def _parse(definition: Definition, pointer: str, text: str, present: Any) -> Any:
    """Read what was typed for a place as its field does; parts of a quantity as they stand."""
    field = field_at(definition, pointer)
    if field is None or field.kind in _TYPED_AS_THEY_STAND or not text.strip():
        return parse_like(pointer, text, present)
    try:
        return read_answer(field, text)
    except AnswerError as error:
        raise InputError(error.code, pointer, text, error.message) from error
