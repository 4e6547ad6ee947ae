"""What firms report of themselves and offices of firms: it stands in the register once it is passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import resources

from wufei.kernel.errors import AccessError, InputError, NotFoundError
from wufei.kernel.text import Text
from wufei.records.registry.core.drafts import PaperDraft, VehicleDraft
from wufei.records.registry.services import save_one
from wufei.runtime.access.core import Scope
from wufei.runtime.forms.core.definition import Definition
from wufei.runtime.forms.core.entries import EntryRow, Form
from wufei.runtime.forms.core.loading import load_definition
from wufei.runtime.identity.queries import find_party, regions_under


def _definition(name: str) -> Definition:
    text = (resources.files("wufei.records.registry") / "data" / "forms" / name).read_text("utf8")
    definition, findings = load_definition(text, name)
    if definition is None:
        first = findings[0]
        raise InputError(first.code, first.where, first.value, first.message)
    return definition


def _keep_paper(scope: Scope, entry: EntryRow) -> None:
    values = entry.values
    ends, amount = values.get("valid_to"), values.get("amount_yuan")
    draft = PaperDraft(
        party_id=_party(entry),
        kind=str(values["kind"]),
        number=str(values["number"]),
        valid_from=date.fromisoformat(str(values["valid_from"])),
        valid_to=date.fromisoformat(str(ends)) if ends else None,
        issuer=str(values.get("issuer", "")),
        amount_yuan=Decimal(str(amount)) if amount else None,
    )
    save_one(_writer(scope), draft)


def _keep_vehicle(scope: Scope, entry: EntryRow) -> None:
    values = entry.values
    draft = VehicleDraft(
        party_id=_party(entry),
        plate=str(values["plate"]),
        kind=str(values.get("kind", "")),
        new_energy=bool(values["new_energy"]) if "new_energy" in values else None,
    )
    save_one(_writer(scope), draft)


def _writer(scope: Scope) -> Scope:
    """Give who writes: whoever passed the entry; the pass is what allows it, also to a reviewer."""
    return replace(Scope.operator(), user_id=scope.user_id, membership_id=scope.membership_id)


def _party(entry: EntryRow) -> int:
    """Give whose it is: the firm that filled it in, or the one that an office named within its region."""
    if entry.party_id is not None:
        return entry.party_id
    named = str(entry.values.get("firm", ""))
    try:
        party = find_party(named)
    except NotFoundError as error:
        message = Text(
            f"没有信用代码为“{named}”的单位。请核对代码，或先登记该单位。",
            f"No firm has the code “{named}”. Check it, or register the firm first.",
        )
        raise InputError("registry.firm", "/firm", named, message) from error
    if party.region_id not in regions_under(entry.region_id):
        raise AccessError("registry.write")
    return party.id


FORMS = (
    Form(_definition("paper.yaml"), entered=_keep_paper, reviewed="two-steps"),
    Form(_definition("vehicle.yaml"), entered=_keep_vehicle, reviewed="two-steps"),
)
