"""What was read of an assessment as plain JSON, and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.plans.core.eia.columns import TITLES
from wufei.records.plans.core.eia.values import Amount, Eia, Store, Waste
from wufei.records.plans.core.eia.whole import intensity_text


def eia_json(eia: Eia, findings: Sequence[Finding]) -> dict[str, Any]:
    """Give the document as the command prints it; masses in tonnes a year as text, so no digit is lost."""
    return {
        "title": eia.title,
        "builder": eia.builder,
        "products": [
            {
                "text": each.text,
                "name": each.name,
                "value": str(each.value),
                "unit": each.unit,
                "intensity": intensity_text(eia, each),
                "source": each.place.label,
            }
            for each in eia.products
        ],
        "wastes": [_waste(each) for each in eia.wastes],
        "stores": [_store(each) for each in eia.stores],
        "totals": [
            {
                "kind": each.kind.value if each.kind else "",
                "amount": _amount(each.amount),
                "source": each.place.label,
            }
            for each in eia.totals
        ],
        "findings": [each.as_json() | {"message_en": each.message.en} for each in findings],
    }


def _waste(waste: Waste) -> dict[str, Any]:
    return {
        "name": waste.name,
        "kind": waste.kind.value,
        "category": waste.category,
        "codes": list(waste.codes),
        "amount": _amount(waste.amount),
        "fields": {name: text for name, text in waste.fields.items() if name not in {"name", "amount"}},
        "source": waste.place.label,
    }


def _store(store: Store) -> dict[str, Any]:
    return {
        "name": store.name,
        "waste": store.waste,
        "codes": list(store.codes),
        "capacity": _amount(store.capacity),
        "fields": dict(store.fields),
        "source": store.place.label,
    }


def _amount(amount: Amount | None) -> dict[str, str | None] | None:
    if amount is None:
        return None
    return {"text": amount.text, "unit": amount.unit, "tonnes": _plain(amount.tonnes)}


def _plain(mass: Decimal | None) -> str | None:
    return None if mass is None else format(mass.normalize(), "f")


COLUMNS: tuple[tuple[str, Text], ...] = (
    ("name", TITLES["name"]),
    ("kind", TITLES["kind"]),
    ("category", TITLES["category"]),
    ("code", TITLES["code"]),
    ("amount", TITLES["amount"]),
    ("tonnes", Text("产生量（吨/年）", "Amount (t/a)")),
    *(
        (name, title)
        for name, title in TITLES.items()
        if name not in {"name", "kind", "category", "code", "amount"}
    ),
    ("place", Text("原文位置", "Place")),
)
"""Columns of the downloaded table of wastes."""


def waste_row(waste: Waste, language: str) -> list[str | Decimal | None]:
    """Give a waste as a row under `COLUMNS`."""
    own: dict[str, str | Decimal | None] = {
        "name": waste.name,
        "kind": waste.kind.label.in_language(language),
        "category": waste.category,
        "code": "；".join(waste.codes),
        "amount": waste.amount.text if waste.amount else "",
        "tonnes": waste.amount.tonnes if waste.amount else None,
        "place": waste.place.label,
    }
    return [own[key] if key in own else waste.fields.get(key, "") for key, _ in COLUMNS]
