"""A document as JSON: what a report keeps, and what its hash is taken over.

Only texts, whole numbers, lists and objects occur, so that the canonical bytes (`runtime.signing`) take it as
it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wufei.actions.reports.core.counts import CountField
from wufei.actions.reports.core.document import (
    Block,
    Document,
    Field,
    Head,
    Kind,
    Listing,
    Paragraph,
    Part,
    Piece,
    Section,
    Sentence,
    Shown,
    Table,
    Tail,
    Tally,
)
from wufei.actions.reports.core.fields import Earlier, FigureField, exact_text
from wufei.records.plans.core.values import Op, PlanValue

Json = dict[str, Any]


def as_json(document: Document) -> Json:
    """Give a document as JSON."""
    head, tail = document.head, document.tail
    return {
        "head": {
            "kind": head.kind.value,
            "title": head.title,
            "office": head.office,
            "issued_on": _day(head.issued_on),
            "issue": head.issue,
            "total_issue": head.total_issue,
            "number": head.number,
            "addressee": head.addressee,
            "classification": head.classification,
        },
        "sections": [
            {"title": each.title, "blocks": [_block(b) for b in each.blocks]} for each in document.sections
        ],
        "tail": {
            "report_to": tail.report_to,
            "send_to": tail.send_to,
            "issue_to": tail.issue_to,
            "copies": tail.copies,
        },
        "figures": [_figure(field) for field in document.figures],
        "synthetic": document.synthetic,
    }


def from_json(raw: Mapping[str, Any]) -> Document:
    """Give the document that `as_json` wrote."""
    head, tail = raw["head"], raw["tail"]
    return Document(
        head=Head(
            kind=Kind(head["kind"]),
            title=head["title"],
            office=head["office"],
            issued_on=_read_day(head["issued_on"]),
            issue=head["issue"],
            total_issue=head["total_issue"],
            number=head["number"],
            addressee=head["addressee"],
            classification=head["classification"],
        ),
        sections=tuple(
            Section(each["title"], tuple(_read_block(block) for block in each["blocks"]))
            for each in raw["sections"]
        ),
        tail=Tail(tail["report_to"], tail["send_to"], tail["issue_to"], tail["copies"]),
        figures=tuple(_read_figure(each) for each in raw["figures"]),
        synthetic=raw["synthetic"],
    )


def _block(block: Block) -> Json:
    if isinstance(block, Paragraph):
        return {"paragraph": [_piece(piece) for piece in block.pieces], "level": block.level}
    if isinstance(block, Listing):
        return {"listing": list(block.statuses), "form": block.form}
    rows = [[[_piece(piece) for piece in cell] for cell in row] for row in block.rows]
    return {"table": rows, "widths": list(block.widths), "head": block.head}


def _read_block(raw: Mapping[str, Any]) -> Block:
    if "paragraph" in raw:
        return Paragraph(tuple(_read_piece(piece) for piece in raw["paragraph"]), raw["level"])
    if "listing" in raw:
        return Listing(tuple(raw["listing"]), raw["form"])
    rows = tuple(tuple(tuple(_read_piece(piece) for piece in cell) for cell in row) for row in raw["table"])
    return Table(rows, tuple(raw["widths"]), raw["head"])


def _piece(piece: Piece) -> str | Json:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Shown):
        return {"figure": piece.figure, "part": piece.part.value}
    if isinstance(piece, Sentence):
        return {"sentence": piece.figure}
    return {"tally": list(piece.statuses)}


def _read_piece(raw: str | Mapping[str, Any]) -> Piece:
    if isinstance(raw, str):
        return raw
    if "sentence" in raw:
        return Sentence(raw["sentence"])
    if "tally" in raw:
        return Tally(tuple(raw["tally"]))
    return Shown(raw["figure"], Part(raw["part"]))


def _figure(field: Field) -> Json:
    if isinstance(field, CountField):
        return _count(field)
    earlier = field.previous
    return {
        "key": field.key,
        "figure": field.figure,
        "name": field.name,
        "unit": field.unit,
        "value": exact_text(field.value),
        "text": field.text,
        "basis": field.basis,
        "as_of": field.as_of,
        "at": field.at.isoformat(),
        "sequence": field.sequence,
        "formula": field.formula,
        "transfers": field.transfers,
        "previous": None
        if earlier is None
        else {"figure": earlier.figure, "value": exact_text(earlier.value)},
        "base": _planned(field.base),
        "base_year": field.base_year,
        "target": _planned(field.target),
        "target_year": field.target_year,
        "plan": field.plan,
        "original": field.original,
    }


def _count(field: CountField) -> Json:
    return {
        "count": field.key,
        "name": field.name,
        "value": exact_text(field.value),
        "unit": field.unit,
        "on": field.on.isoformat(),
        "period": field.period,
        "address": field.address,
        "rule": field.rule,
    }


def _read_count(raw: Mapping[str, Any]) -> CountField:
    return CountField(
        key=raw["count"],
        name=raw["name"],
        value=Decimal(raw["value"]),
        unit=raw["unit"],
        on=date.fromisoformat(raw["on"]),
        period=raw["period"],
        address=raw["address"],
        rule=raw["rule"],
    )


def _read_figure(raw: Mapping[str, Any]) -> Field:
    if "count" in raw:
        return _read_count(raw)
    earlier = raw["previous"]
    return FigureField(
        key=raw["key"],
        figure=raw["figure"],
        name=raw["name"],
        unit=raw["unit"],
        value=_number(raw["value"]),
        text=raw["text"],
        basis=raw["basis"],
        as_of=raw["as_of"],
        at=datetime.fromisoformat(raw["at"]),
        sequence=raw["sequence"],
        formula=raw["formula"],
        transfers=raw["transfers"],
        previous=None if earlier is None else Earlier(earlier["figure"], Decimal(earlier["value"])),
        base=_read_planned(raw["base"]),
        base_year=raw["base_year"],
        target=_read_planned(raw["target"]),
        target_year=raw["target_year"],
        plan=raw["plan"],
        original=raw["original"],
    )


def _planned(value: PlanValue | None) -> Json | None:
    if value is None:
        return None
    low, high = exact_text(value.value), exact_text(value.high)
    return {"text": value.text, "op": value.op.value, "value": low, "high": high, "unit": value.unit}


def _read_planned(raw: Mapping[str, Any] | None) -> PlanValue | None:
    if raw is None:
        return None
    return PlanValue(raw["text"], Op(raw["op"]), _number(raw["value"]), _number(raw["high"]), raw["unit"])


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
