"""What only the room can say of values, its references among them; one question for a whole workbook."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wufei.kernel.findings import Finding
from wufei.runtime.access.core import Scope
from wufei.runtime.access.services import session
from wufei.runtime.forms.core.entries import Answered, Form
from wufei.runtime.forms.core.references import references_of, unknown_findings


def judge(scope: Scope, form: Form, answered: Sequence[Answered]) -> list[tuple[Finding, ...]]:
    """Give what the room says of each of several sets of values, in a number of queries that does not grow.

    Parameters
    ----------
    answered : sequence of Answered
        With values as `wufei.runtime.forms.core.checking.check` gives them.
    """
    with session(scope):
        known = _known(scope, form, answered)
        said = form.check(scope, answered) if form.check and answered else [[] for _ in answered]
    return [
        (*unknown_findings(form.definition, each.values, known), *found)
        for each, found in zip(answered, said, strict=True)
    ]


def _known(scope: Scope, form: Form, answered: Sequence[Answered]) -> dict[str, Collection[str]]:
    named: dict[str, set[str]] = {}
    for each in answered:
        for reference in references_of(form.definition, each.values):
            named.setdefault(reference.field.lookup, set()).add(reference.key)
    lookups = form.lookups or {}
    return {name: lookups[name].known(scope, keys) for name, keys in named.items() if name in lookups}
