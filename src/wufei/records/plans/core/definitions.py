"""Which definition an indicator of a plan is: why it was matched, or which ones its name is like."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from wufei.kernel.text import Text
from wufei.records.catalogue.core.indicators import load_indicators, match_indicator, plain_wording

LIKELY_MIN = 55.0
LIKELY_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A definition that a name may mean, and why; likeness from 0 to 100."""

    id: str
    name: Text
    why: Text
    likeness: float


def why_matched(name: str, indicator_id: str) -> Text:
    """Say why a name has its definition: its words, another wording, or a choice of now or earlier."""
    known = load_indicators()[indicator_id]
    if match_indicator(name) != indicator_id:
        return Text("人工选定（这次或以前的方案）", "Chosen by a person, now or in an earlier plan")
    if plain_wording(name) == plain_wording(known.name.zh):
        return Text("与指标同名", "The indicator's own name")
    return Text(f"“{known.name.zh}”的另一写法", "Another wording of its name")


def likely_definitions(name: str, units: frozenset[str] = frozenset()) -> tuple[Proposal, ...]:
    """Give the definitions whose wordings are likest to a name, the likeliest first.

    Parameters
    ----------
    units : frozenset of str
        The units of the line's values; of two that are alike the one of the same unit comes first.
    """
    plain = plain_wording(name)
    found = []
    for known in load_indicators().values():
        score = max(ratio(plain, plain_wording(each)) for each in (known.name.zh, *known.aliases))
        if score >= LIKELY_MIN:
            same = bool(known.unit) and known.unit in units
            tail = Text("，单位相同", ", the same unit") if same else Text("")
            why = Text(f"名称相近 {score:.0f}%{tail.zh}", f"Name {score:.0f}% alike{tail.en}")
            found.append((score + (5 if same else 0), Proposal(known.id, known.name, why, score)))
    ordered = sorted(found, key=lambda item: (-item[0], item[1].id))
    return tuple(each for _, each in ordered[:LIKELY_SHOWN])
