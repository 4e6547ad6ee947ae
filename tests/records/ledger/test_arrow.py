"""Transfers that come as Arrow columns become the same postings, and bad columns are named by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

from wufei.kernel.errors import InputError
from wufei.kernel.ids import id_of
from wufei.kernel.period import Precision
from wufei.records.ledger.core.accounts import AccountKey, Kind
from wufei.records.ledger.core.arrow import ROWS, SCHEMA, postings_of
from wufei.records.ledger.core.transfers import Evidence, Posting, Step, Transfer, single

NOW = datetime(2026, 3, 1, 8, 0, 0, 125, tzinfo=UTC)
ORIGIN = AccountKey("actual", Kind.ORIGIN, 3, "SW03", 3, "industry")
STOCK = replace(ORIGIN, kind=Kind.STOCK, holder_id=7, site_id=9)
GOOD = Transfer(
    id=id_of(NOW, 1),
    source=ORIGIN,
    target=STOCK,
    grams=1_500_000,
    step=Step.GENERATE,
    occurred_at=NOW,
    precision=Precision.DAY,
    quantity=Decimal("1.5"),
    unit="t",
    evidence=Evidence.SCALE,
    dry_share_ppm=200_000,
    uncertainty_ppm=10_000,
    document="磅单-1",
    container=id_of(NOW, 5),
)


def row(one: Transfer, posting: Posting | None = None) -> dict[str, Any]:
    parts = {name: getattr(one, name) for name in SCHEMA.names if hasattr(one, name)}
    for side, key in (("source", one.source), ("target", one.target)):
        parts |= {f"{side}_{name}": getattr(key, name) for name in AccountKey.__slots__}
    for name in ("id", "container", "reverses"):
        parts[name] = parts[name].bytes if parts[name] else None
    linked = {"posting_id": posting.id.bytes, "reason": posting.reason} if posting else {}
    return {**parts, "book": one.source.book, **linked}


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), SCHEMA)


def test_a_row_without_posting_is_a_posting_by_itself() -> None:
    assert list(postings_of(table(row(GOOD)))) == [single(GOOD)]


def test_rows_of_one_posting_are_linked_with_their_reason() -> None:
    back = replace(GOOD, id=id_of(NOW, 2), source=STOCK, target=ORIGIN, reverses=GOOD.id)
    linked = Posting(id_of(NOW, 3), (back, replace(GOOD, id=id_of(NOW, 4))), reason="typed-wrong")
    after = single(replace(GOOD, id=id_of(NOW, 6)))
    given = table(*(row(one, linked) for one in linked.transfers), row(after.transfers[0]))
    assert list(postings_of(given)) == [linked, after]


def test_batches_of_any_size_give_the_same_postings() -> None:
    rows = [row(replace(GOOD, id=id_of(NOW, number), grams=number + 1)) for number in range(50)]
    whole = table(*rows)
    pieces = pa.Table.from_batches(
        [batch for start in range(50) for batch in whole.slice(start, 1).to_batches()]
    )
    assert list(postings_of(pieces)) == list(postings_of(whole))
    assert [one.transfers[0].grams for one in postings_of(whole)] == list(range(1, 51))


def test_a_batch_longer_than_one_round_keeps_its_order() -> None:
    ids = [id_of(NOW, number) for number in range(ROWS + 3)]
    columns = table(row(GOOD)).take(pa.array([0] * len(ids)))
    whole = columns.set_column(0, "id", pa.array([one.bytes for one in ids], pa.binary(16))).combine_chunks()
    assert [one.id for one in postings_of(whole)] == ids


def test_columns_that_may_be_missing_are_empty() -> None:
    lacking = table(row(replace(GOOD, dry_share_ppm=None, container=None))).drop_columns(
        ["posting_id", "reason", "container", "reverses", "dry_share_ppm", "amends_period", "conversion"]
    )
    assert list(postings_of(lacking)) == [single(replace(GOOD, dry_share_ppm=None, container=None))]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("step", "conjure", "generate, move"),
        ("evidence", "", "scale, weighbridge"),
        ("target_kind", "heap", "stock, transit"),
        ("precision", "century", "instant, day"),
    ],
)
def test_an_unknown_word_is_named_with_its_row_and_the_choices(name: str, value: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        list(postings_of(table(row(GOOD), row(GOOD) | {name: value})))
    assert (caught.value.code, caught.value.field, caught.value.value) == ("ledger.arrow-misfit", name, value)
    assert "row 2" in caught.value.message.en
    assert words in caught.value.message.en


def test_a_missing_column_a_wrong_type_and_a_hole_are_named() -> None:
    good = table(row(GOOD), row(GOOD))
    place = SCHEMA.names.index("grams")
    for data, name, found in (
        (good.drop_columns(["grams"]), "grams", ""),
        (good.set_column(place, "grams", pa.array(["one", "two"])), "grams", "string"),
        (good.set_column(place, "grams", pa.array([1, None], pa.int64())), "grams", "null"),
    ):
        with pytest.raises(InputError) as caught:
            list(postings_of(data))
        assert (caught.value.field, caught.value.value) == (name, found)
    assert "row 2" in caught.value.message.en


def test_equal_accounts_of_a_batch_are_one_object() -> None:
    first, second = postings_of(table(row(GOOD), row(replace(GOOD, id=UUID(int=GOOD.id.int + 1)))))
    assert first.transfers[0].target is second.transfers[0].target


def test_a_long_file_is_read_no_further_than_it_is_asked_for() -> None:
    drawn: list[int] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(50):
            drawn.append(number)
            yield table(row(replace(GOOD, id=id_of(NOW, number)))).to_batches()[0]

    given = postings_of(pa.RecordBatchReader.from_batches(SCHEMA, batches()))
    assert next(given).id == id_of(NOW, 0)
    assert len(drawn) <= 2
