"""The table of steps: from which kinds of account to which, and at whose place."""

from __future__ import annotations

from itertools import product

from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.transfers import Step

# Each line of this table is a line of the specification; the database repeats it as a CHECK.
_RULES: tuple[tuple[Step, str, str], ...] = (
    (Step.GENERATE, "origin", "stock"),
    (Step.MOVE, "stock", "stock"),
    (Step.DISPATCH, "stock", "transit"),
    (Step.RECEIVE, "transit", "stock"),
    (Step.RETURN, "transit", "stock"),
    # A load by its scales, a run by what nobody can explain of it.
    (Step.SETTLE_DIFFERENCE, "transit process", "difference"),
    (Step.SETTLE_DIFFERENCE, "difference", "transit process"),
    (Step.TREAT_IN, "stock", "process"),
    (Step.TREAT_OUT, "process", "stock used energy discharged landfilled"),
    (Step.NEW_WASTE, "process", "stock"),
    (Step.USE, "stock", "used"),
    (Step.RECLASSIFY, "stock", "process"),
    (Step.RECLASSIFY, "process", "stock"),
    (Step.LOSS, "stock transit", "discharged lost"),
    (Step.EXPORT, "stock transit", "outside"),
    (Step.IMPORT, "outside", "stock transit"),
    (Step.FIND_DUMP, "lost difference unattributed", "dumped"),
    (Step.CLEAR_DUMP, "dumped", "transit"),
    # A find leaves `unattributed` negative; mass from the culprit's origin brings it back to zero.
    (Step.ATTRIBUTE_DUMP, "origin", "unattributed"),
    (Step.STOCKTAKE, "stock", "stocktake"),
    (Step.STOCKTAKE, "stocktake", "stock"),
    (Step.OPEN, "opening", "stock"),
)

ALLOWED: frozenset[tuple[Step, Kind, Kind]] = frozenset(
    (step, Kind(source), Kind(target))
    for step, sources, targets in _RULES
    for source, target in product(sources.split(), targets.split())
)

# Waste made by a plant begins a life of its own, and found waste gets the origin of its culprit.
ORIGIN_CHANGES = frozenset({Step.NEW_WASTE, Step.ATTRIBUTE_DUMP})

# The place of a step is where mass arrives for these, and where it leaves for all others.
PLACE_IS_TARGET = frozenset(
    {
        Step.GENERATE,
        Step.MOVE,
        Step.RECEIVE,
        Step.RETURN,
        Step.IMPORT,
        Step.FIND_DUMP,
        Step.ATTRIBUTE_DUMP,
        Step.OPEN,
    }
)


def allowed_kinds(step: Step) -> tuple[tuple[Kind, Kind], ...]:
    """The pairs of source and target kind that a step may join, sorted."""
    return tuple(sorted((source, target) for name, source, target in ALLOWED if name is step))
