"""Mass by stream group against a naive sum over the same rows."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wufei.measures.cube.core.cells import CellRow, cells_of
from wufei.records.catalogue.core.groupings import grouping_of
from wufei.records.catalogue.core.methods import load_methods
from wufei.web.mass import evidence_of, mass_by_group, mass_by_month

DAY = date(2025, 1, 1)
WASTE = [("GI-UNSORTED", "industry"), ("HW-UNSORTED", "industry"), ("SW61", "municipal"), ("HW01", "medical")]
STEPS = ["generate", "new-waste", "treat-in", "treat-out", "use", "dispatch"]
METHODS = ["", "utilise", "energy", "incinerate", "landfill", "store", "unspecified"]


@st.composite
def rows(draw):
    stream, sector = draw(st.sampled_from(WASTE))
    return CellRow(
        book="b",
        month=draw(st.sampled_from(["2025-01", "2025-02"])),
        place_region_id=1,
        origin_region_id=draw(st.sampled_from([1, 2])),
        stream=stream,
        origin_sector=sector,
        step=draw(st.sampled_from(STEPS)),
        method=draw(st.sampled_from(METHODS)),
        evidence=draw(st.sampled_from(["scale", "declared"])),
        grams=draw(st.integers(min_value=-1000, max_value=10**12)),
        transfers=1,
        variance_g2ppm2=0,
    )


def destination(row):
    """What became of a row, told without the code under test."""
    if row.step == "use" and row.method == "":
        return "used"
    if row.step not in ("treat-in", "use") or row.method == "":
        return None
    group = load_methods()[row.method].group.value
    return {"utilise": "used", "energy": "used", "biological": "used"}.get(
        group, "disposed" if group in ("incinerate", "landfill") else "other"
    )


@given(st.lists(rows(), max_size=40))
def test_groups_equal_a_naive_sum_over_the_rows_of_the_region(drawn):
    found = {part.group: part for part in mass_by_group(cells_of(drawn), {1}, DAY)}
    for stream, sector in WASTE:
        group = grouping_of(stream, sector)
        ours = [
            row
            for row in drawn
            if row.origin_region_id == 1 and (row.stream, row.origin_sector) == (stream, sector)
        ]
        made = sum(row.grams for row in ours if row.step in ("generate", "new-waste"))
        went = {
            name: sum(row.grams for row in ours if destination(row) == name)
            for name in ("used", "disposed", "other")
        }
        part = found.get(group)
        if part is None:
            assert (made, *went.values()) == (0, 0, 0, 0)
        else:
            assert (part.generated_g, part.used_g, part.disposed_g, part.other_g) == (made, *went.values())


@given(st.lists(rows(), max_size=40))
def test_months_add_up_to_the_groups(drawn):
    cells = cells_of(drawn)
    groups = mass_by_group(cells, {1}, DAY)
    months = mass_by_month(cells, {1}, ["2025-01", "2025-02"])
    assert sum(made for made, _ in months.values()) == sum(part.generated_g for part in groups)
    assert sum(used for _, used in months.values()) == sum(part.used_g for part in groups)


def test_the_heaviest_group_comes_first_and_other_regions_do_not_count():
    base = CellRow("b", "2025-01", 1, 1, "GI-UNSORTED", "industry", "generate", "", "scale", 5, 1, 0)
    drawn = [
        base,
        base._replace(stream="SW61", origin_sector="municipal", grams=9),
        base._replace(origin_region_id=2),
    ]
    found = mass_by_group(cells_of(drawn), {1}, DAY)
    assert [(part.group, part.generated_g) for part in found] == [
        ("stat.kitchen", 9),
        ("stat.general-industrial", 5),
    ]
    assert evidence_of(cells_of(drawn), {1}) == {"scale": 14}
