"""Plans laid out in ten ways, in fourteen more and by chance are read field by field."""

import pytest

from benchmarks.plans.content import content_of
from benchmarks.plans.drawn import drawn
from benchmarks.plans.expected import expected
from benchmarks.plans.files import FORMATS, as_pdf, as_word
from benchmarks.plans.layouts import elements
from benchmarks.plans.more import documents
from benchmarks.plans.others import OTHERS
from benchmarks.plans.scores import Score, score
from benchmarks.plans.third import third_documents
from benchmarks.plans.ways import WAYS
from wufei.records.plans.core.reading.as_json import plan_json
from wufei.records.plans.core.reading.files import read_plan_file

pytestmark = pytest.mark.sweep

# The issue asks for 98 % over all layouts; of layouts that nobody built for, 95 %.
SHARE_MIN, UNSEEN_SHARE_MIN = 0.98, 0.95
SEEDS = (11,)


def judged(content, want, name="plan"):
    return score(want, plan_json(read_plan_file(content, name)))


def written(layout, plan, ending):
    if ending == "docx":
        return as_word(elements(layout, plan), automatic=layout.automatic)
    return FORMATS[ending](elements(layout, plan))


@pytest.mark.parametrize("ending", ["txt", "docx", "html", "xlsx"])
@pytest.mark.parametrize("at", range(len(WAYS)), ids=lambda at: WAYS[at].name)
def test_a_layout_is_read_right_whatever_the_plan_says(at, ending):
    layout, whole = WAYS[at], Score()
    for seed in SEEDS:
        plan = content_of(seed + at, target_years=layout.target_years)
        whole.add(judged(written(layout, plan, ending), expected(layout, plan)))
    assert whole.right > 500
    assert whole.share >= SHARE_MIN, whole.misses[:20]


@pytest.mark.parametrize("at", range(len(WAYS)), ids=lambda at: WAYS[at].name)
def test_a_layout_is_read_right_from_the_pages_of_a_pdf(at):
    layout, torn = WAYS[at], at % 3 == 0
    plan = content_of(SEEDS[0] + at, target_years=layout.target_years)
    result = judged(as_pdf(elements(layout, plan), torn=torn), expected(layout, plan))
    assert result.share >= SHARE_MIN, result.misses[:20]


@pytest.mark.parametrize("name", OTHERS)
def test_layouts_of_the_first_hold_out_stay_read(name):
    laid, want = OTHERS[name](content_of(len(name)))
    for ending in ("txt", "docx", "pdf"):
        result = judged(FORMATS[ending](laid), want)
        assert result.share >= UNSEEN_SHARE_MIN, (ending, result.misses[:20])


def test_layouts_of_the_second_hold_out_stay_read():
    for document in documents(77):
        result = judged(document.content, document.expected, document.name)
        assert result.share >= UNSEEN_SHARE_MIN, (document.name, result.misses[:20])


@pytest.mark.parametrize("ending", FORMATS)
def test_layouts_of_the_third_hold_out_stay_read(ending):
    whole = Score()
    for name, laid, want in third_documents():
        result = judged(FORMATS[ending](laid), want)
        assert result.share >= UNSEEN_SHARE_MIN, (name, result.misses[:20])
        whole.add(result)
    assert whole.share >= SHARE_MIN, whole.misses[:20]


@pytest.mark.parametrize("seed", range(1000, 1008))
def test_layouts_drawn_by_chance_are_read(seed):
    layout = drawn(seed)
    plan = content_of(seed, target_years=layout.target_years)
    endings = ("txt", "docx", "pdf") if seed % 4 == 0 else ("txt", "html")
    for ending in endings:
        result = judged(FORMATS[ending](elements(layout, plan)), expected(layout, plan))
        assert result.share >= SHARE_MIN, (ending, layout, result.misses[:20])


def test_the_score_counts_a_wrong_field_a_lost_row_and_a_row_too_many():
    layout, plan = WAYS[0], content_of(3)
    want = expected(layout, plan)
    read = plan_json(read_plan_file(written(layout, plan, "txt"), "plan"))
    assert score(want, read).wrong == 0
    read["tasks"][0]["due"] = "1999年"
    assert score(want, read).wrong == 1
    lost = read["projects"].pop()
    assert score(want, read).wrong == 1 + len(lost) - 1  # all fields but its place
    read["projects"] += [lost, {**lost, "name": "别的", "content": "别的项目", "no": "99"}]
    assert score(want, read).wrong == 1 + len(lost) - 1
