"""What only the room can say of values: which references it knows; one question for a whole workbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from wufei.kernel.findings import Finding
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms.core.answers import Json
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.core.references import references_of, unknown_findings


def judge(scope: Scope, form: Form, values: Sequence[Mapping[str, Json]]) -> list[tuple[Finding, ...]]:
    """Give what the room says of each of several sets of values, in a number of queries that does not grow.

    Parameters
    ----------
    values : sequence of mapping
        Canonical, as `wufei.runtime.forms.core.checking.check` gives them.
    """
    with session(scope):
        known = _known(scope, form, values)
    return [tuple(unknown_findings(form.definition, each, known)) for each in values]


def _known(scope: Scope, form: Form, values: Sequence[Mapping[str, Json]]) -> dict[str, Collection[str]]:
    named: dict[str, set[str]] = {}
    for each in values:
        for reference in references_of(form.definition, each):
            named.setdefault(reference.field.lookup, set()).add(reference.key)
    lookups = form.lookups or {}
    return {name: lookups[name].known(scope, keys) for name, keys in named.items() if name in lookups}
