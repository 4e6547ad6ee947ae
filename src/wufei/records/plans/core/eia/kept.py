"""What was read of an assessment as JSON, as it is kept: read again it is equal to what was written."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from wufei.records.plans.core.eia.values import Amount, Eia, Kind, Product, Store, Total, Waste
from wufei.records.plans.core.reading.blocks import Place

Json = dict[str, Any]


def kept_eia(eia: Eia) -> Json:
    """Give all that was read as JSON, numbers as texts; without findings and the words of the document."""
    said = asdict(replace(eia, text="", findings=()))
    plain: Json = _plain(said)
    return plain


def eia_of(said: Json) -> Eia:
    """Give what `kept_eia` wrote."""
    return Eia(
        said["title"],
        said["builder"],
        tuple(_waste(each) for each in said["wastes"]),
        tuple(_store(each) for each in said["stores"]),
        tuple(
            Product(**{**each, "value": Decimal(each["value"]), "place": Place(**each["place"])})
            for each in said["products"]
        ),
        tuple(_total(each) for each in said["totals"]),
        "",
    )


def _waste(said: Json) -> Waste:
    own = {
        "kind": Kind(said["kind"]),
        "codes": tuple(said["codes"]),
        "amount": _amount(said["amount"]),
        "place": Place(**said["place"]),
    }
    return Waste(**{**said, **own})


def _store(said: Json) -> Store:
    own = {
        "codes": tuple(said["codes"]),
        "capacity": _amount(said["capacity"]),
        "place": Place(**said["place"]),
    }
    return Store(**{**said, **own})


def _total(said: Json) -> Total:
    amount = _amount(said["amount"]) or Amount("")
    kind = Kind(said["kind"]) if said["kind"] else None
    return Total(kind, amount, Place(**said["place"]), said["of_table"])


def _amount(said: Json | None) -> Amount | None:
    if said is None:
        return None
    numbers = {name: None if said[name] is None else Decimal(said[name]) for name in ("value", "tonnes")}
    return Amount(**{**said, **numbers})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, (Decimal, Kind)) else value
