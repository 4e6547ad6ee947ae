"""A writer that is a process of its own: `python writing_process.py JSON`.

Before each transaction it notes what it means to post, after the acknowledgement which postings those were:
whoever kills it knows what was in flight and what must be there.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from wufei.kernel.ids import new_id
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now
from wufei.runtime.environment import environment
from wufei.runtime.process import running


def main() -> None:
    """Write until there is a file `stop` or somebody kills us; the two files of notes bear our seed."""
    said = json.loads(sys.argv[1])
    folder, seed = Path(said["folder"]), said["seed"]
    chance = random.Random(seed)  # noqa: S311 - chance, not a secret
    with (
        running(environment()),
        # Without a buffer a note is one write, which is there whole or not at all.
        (folder / f"{seed}.meant").open("ab", 0) as meant,
        (folder / f"{seed}.done").open("a") as acknowledged,
    ):
        for postings in drawn(said, chance):
            if (folder / "stop").exists():
                break
            meant.write(pickle.dumps(postings))
            write(postings, chance, said["hold_s"])
            acknowledged.write("".join(f"{one.id}\n" for one in postings))
            acknowledged.flush()
            os.fsync(acknowledged.fileno())


def drawn(said: dict[str, Any], chance: random.Random) -> Iterator[list[Posting]]:
    """Draw single postings, postings that empty and finish a leg, and small bulks of both."""
    origin = AccountKey(said["book"], Kind.ORIGIN, said["region_id"], "SW03", said["region_id"], "industry")
    stock = replace(origin, kind=Kind.STOCK, holder_id=said["holder_id"])
    while True:
        many = chance.choice((1, 1, 1, chance.randint(2, 40)))
        yield [_made(origin, stock, chance) for _ in range(many)]


def _made(origin: AccountKey, stock: AccountKey, chance: random.Random) -> Posting:
    grams = chance.randint(1, 1000)
    made = _transfer(origin, stock, grams, Step.GENERATE)
    if chance.random() < 0.8:
        return single(made)
    leg = replace(stock, kind=Kind.TRANSIT, ref=f"leg {made.id}")
    sent = _transfer(stock, leg, grams, Step.DISPATCH)
    return Posting(new_id(now()), (made, sent, _transfer(leg, stock, grams, Step.RETURN)), (leg,))


def _transfer(source: AccountKey, target: AccountKey, grams: int, step: Step) -> Transfer:
    at = now()
    known = (Precision.INSTANT, Decimal(grams), "g", Evidence.SCALE)
    return Transfer(new_id(at), source, target, grams, step, at, *known)


def write(postings: list[Posting], chance: random.Random, hold_s: float) -> None:
    """Post in one transaction, which may stay open for a while."""
    # The services need Django, which is ready only now.
    from wufei.records.ledger.services import post, post_many  # noqa: PLC0415
    from wufei.runtime.access.services import session  # noqa: PLC0415

    scope = Scope.operator()
    if hold_s:
        with session(scope):
            for one in postings[:4]:
                post(scope, one, now=now())
                time.sleep(chance.uniform(0, hold_s))
            post_many(scope, postings[4:], now=now())
        time.sleep(chance.uniform(0, hold_s))
    elif len(postings) == 1:
        outcome = post(scope, postings[0], now=now()).outcome
        if outcome != "posted":
            raise RuntimeError(outcome)
    elif post_many(scope, postings, now=now()).posted != len(postings):
        raise RuntimeError("a bulk was not posted whole")


if __name__ == "__main__":
    main()
