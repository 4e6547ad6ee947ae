"""What firms report of themselves and offices of firms: a firm's stands once passed, an office's at once."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.records.registry.core.reports import CONTRACT, PAPER, PERSON, PLACE, TAG, VEHICLE, Report
from wufei.records.registry.queries.naming import (
    known_firms,
    known_others,
    known_sites,
    search_firms,
    search_others,
    search_sites,
)
from wufei.records.registry.services.reporting import (
    findings_of,
    keep_report,
    keep_reported_site,
    site_findings,
)
from wufei.runtime.access.core import Scope
from wufei.runtime.forms.core.definition import Definition
from wufei.runtime.forms.core.entries import Answered, EntryRow, Form, Lookup
from wufei.runtime.forms.core.loading import load_definition

_LOOKUPS = {
    "firms": Lookup(search_firms, known_firms),
    "others": Lookup(search_others, known_others),
    "sites": Lookup(search_sites, known_sites),
}


def _definition(name: str) -> Definition:
    text = (resources.files("wufei.records.registry") / "data" / "forms" / name).read_text("utf8")
    definition, findings = load_definition(text, name)
    if definition is None:
        first = findings[0]
        raise InputError(first.code, first.where, first.value, first.message)
    return definition


def _form(name: str, report: Report) -> Form:
    def entered(scope: Scope, entry: EntryRow) -> None:
        keep_report(scope, report, entry)

    def check(scope: Scope, answered: Sequence[Answered]) -> list[list[Finding]]:
        return findings_of(scope, report, answered)

    return Form(
        _definition(name),
        lookups=_LOOKUPS,
        entered=entered,
        check=check,
        reviewed="two-steps",
        at_once="registry.write",
    )


FORMS = (
    _form("paper.yaml", PAPER),
    _form("contract.yaml", CONTRACT),
    Form(
        _definition("site.yaml"),
        lookups=_LOOKUPS,
        entered=keep_reported_site,
        check=site_findings,
        reviewed="two-steps",
        at_once="registry.write",
    ),
    _form("place.yaml", PLACE),
    _form("vehicle.yaml", VEHICLE),
    _form("person.yaml", PERSON),
    _form("tag.yaml", TAG),
)
