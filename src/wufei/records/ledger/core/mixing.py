"""Mixing by share: a mixed heap gives up its origins in proportion to what it holds of each."""

from __future__ import annotations

from collections.abc import Mapping

from wufei.kernel.errors import InvariantError
from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import AccountKey, account_text
from wufei.records.ledger.core.messages import finding


def shares(balances_g: Mapping[AccountKey, int], wanted_g: int) -> dict[AccountKey, int]:
    """Grams that each account of a mixed store gives, by largest remainder.

    Parameters
    ----------
    balances_g : mapping
        Grams by account; what is not above zero gives nothing.
    wanted_g : int
        Grams to be drawn, >= 0.

    Returns
    -------
    dict
        Grams > 0 by account, in the order of their names; their sum is exactly `wanted_g`.

    Raises
    ------
    InvariantError
        The store is short; ask `shortage` first.

    Notes
    -----
    No share is above its balance: where less than all is drawn, an exact share that is not whole lies
    below its balance, and so does the next whole number at most reach it.
    """
    if shortage(balances_g, wanted_g, "") is not None:
        raise InvariantError("ledger.store-short", Text("存量不足，未经检查", "Drawn without asking"))
    return split({key: grams for key, grams in balances_g.items() if grams > 0}, wanted_g)


def overdraft(balances_g: Mapping[AccountKey, int], wanted_g: int) -> dict[AccountKey, int]:
    """Grams that each account of a short store gives, where the site reports late and may go below zero.

    Returns
    -------
    dict
        In proportion to what is booked, or all from the only account; empty where nothing says in which
        proportion the missing mass is owed.
    """
    booked = {key: grams for key, grams in balances_g.items() if grams > 0}
    if not booked and len(balances_g) == 1:
        booked = dict.fromkeys(balances_g, 1)
    return split(booked, wanted_g) if booked else {}


def shortage(balances_g: Mapping[AccountKey, int], wanted_g: int, where: str) -> Finding | None:
    """Say what is missing if the accounts together hold less than is wanted."""
    held = sum(grams for grams in balances_g.values() if grams > 0)
    if wanted_g <= held:
        return None
    return finding("store-short", where, wanted_g, held=held, missing=wanted_g - held)


def split(weights: Mapping[AccountKey, int], total: int) -> dict[AccountKey, int]:
    """Split a total over accounts in proportion to their weights, by largest remainder.

    Parameters
    ----------
    weights : mapping
        Above zero.
    total : int
        At least zero, and zero if there are no weights.

    Notes
    -----
    Every account gets the floor of its exact share; what is left, less than one unit for each, goes to the
    largest remainders. Ties go by the name of the account, so the result is the same whatever the order.
    """
    whole = sum(weights.values())
    exact = {key: divmod(weights[key] * total, whole) for key in sorted(weights, key=account_text)}
    left = total - sum(floor for floor, _ in exact.values())
    # Sorting is stable: equal remainders stay in the order of their names.
    favoured = set(sorted(exact, key=lambda key: -exact[key][1])[:left])
    given = {key: floor + (key in favoured) for key, (floor, _) in exact.items()}
    return {key: units for key, units in given.items() if units}
