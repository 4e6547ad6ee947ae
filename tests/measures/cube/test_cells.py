"""Cells: words coded once, cells chosen by mark."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wufei.measures.cube.core.cells import CellRow, Column, cells_of


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.sets(st.sampled_from("abcdefg")))
def test_marked_cells_are_those_whose_word_is_wanted(values, wanted):
    column = Column.of(values)
    assert [column.words[code] for code in column.codes] == values
    assert column.among(wanted).tolist() == [value in wanted for value in values]
    assert len(set(column.words)) == len(column.words)


def test_rows_become_columns_and_chosen_cells_keep_their_words():
    rows = [
        CellRow("actual", "2025-01", 1, 2, "SW03", "industry", "generate", "", "scale", 10, 1, 4),
        CellRow(
            "actual", "2025-02", 2, 2, "HW08", "industry", "treat-in", "landfill", "scale", -3, 2, 10**25
        ),
    ]
    cells = cells_of(rows)
    assert len(cells) == 2
    assert cells.waste.words == (("SW03", "industry"), ("HW08", "industry"))
    assert cells.grams.tolist() == [10, -3]
    second = cells.only(np.array([False, True]))
    assert second.month.words[second.month.codes[0]] == "2025-02"
    assert second.variance_g2ppm2 == (10**25,)
    assert second.transfers.tolist() == [2]


def test_no_rows_make_empty_cells():
    cells = cells_of([])
    assert len(cells) == 0
    assert cells.step.among(["generate"]).tolist() == []
