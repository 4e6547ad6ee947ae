"""Definitions and catalogue name the same indicators, and a defective definition is refused."""

import pytest
import yaml

from wufei.kernel.errors import InputError, NotFoundError
from wufei.measures.indicators.core.checks import PUBLISHED_TOTAL
from wufei.measures.indicators.core.definitions import (
    DATA_DIRECTORY,
    FlowQuantity,
    ObservedQuantity,
    definition_of,
    load_definitions,
    parse_definitions,
)
from wufei.measures.indicators.core.formula import formula_text
from wufei.measures.indicators.core.wording import FLOW_WORDS, flow_title
from wufei.records.catalogue.core.groupings import members_of
from wufei.records.catalogue.core.indicators import IndicatorKind, load_indicators
from wufei.records.catalogue.core.methods import load_methods
from wufei.records.catalogue.core.metrics import load_metrics
from wufei.records.ledger.core.transfers import Step

DEFINITIONS = load_definitions()


def test_every_indicator_has_a_definition_and_every_definition_an_indicator():
    assert set(DEFINITIONS) == set(load_indicators())
    assert len(DEFINITIONS) == 86


def test_groups_steps_methods_and_metrics_exist():
    known_steps, known_methods = {step.value for step in Step}, set(load_methods())
    for definition in DEFINITIONS.values():
        for quantity in definition.quantities:
            if isinstance(quantity, FlowQuantity):
                assert members_of(quantity.group)
                assert quantity.steps <= known_steps
                assert quantity.methods - {""} <= known_methods
            if isinstance(quantity, ObservedQuantity):
                assert quantity.metric in load_metrics()


def test_every_metric_is_used_by_a_definition_or_a_check():
    used = set().union(*(definition.metrics for definition in DEFINITIONS.values()))
    assert set(load_metrics()) == used | {PUBLISHED_TOTAL}


def test_indicators_in_words_have_no_formula_and_the_others_do():
    for name in load_indicators().values():
        assert (DEFINITIONS[name.id].formula is None) == (name.kind is IndicatorKind.TEXT)


def test_a_percentage_is_written_as_a_hundred_times_a_ratio():
    for name in load_indicators().values():
        if name.unit == "%":
            assert formula_text(DEFINITIONS[name.id].formula).startswith("100 * ")


def test_official_rates_count_by_origin():
    for rate in ("general-industrial-waste-utilisation-rate", "household-waste-recycling-rate"):
        assert {flow.by for flow in DEFINITIONS[rate].flows} == {"origin"}


def test_every_flow_has_words_in_both_languages():
    for definition in DEFINITIONS.values():
        for flow in definition.flows:
            assert flow_title(flow).zh
            assert flow_title(flow).en
    assert {flow.name for each in DEFINITIONS.values() for flow in each.flows} == set(FLOW_WORDS)


def test_definitions_that_guess_a_denominator_say_so():
    for definition in DEFINITIONS.values():
        if definition.tries:
            assert definition.status == "to-be-confirmed"
            assert definition.note.zh
            assert definition.note.en


GOOD = {
    "id": "general-industrial-waste-intensity",
    "formula": "generated / money",
    "quantities": {
        "generated": {"flow": {"group": "stat.general-industrial", "step": "generate"}, "by": "origin"},
        "money": {"observation": "gdp"},
    },
    "source": "statistics-practice",
    "status": "derived",
}


def read(folder, *entries):
    (folder / "some.yaml").write_text(yaml.safe_dump(list(entries)), encoding="utf-8")
    return parse_definitions(folder)


def test_a_good_entry_is_read(tmp_path):
    assert set(read(tmp_path, GOOD)) == {GOOD["id"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"formula": "generated * money"}, "definitions.dimensions"),
        ({"formula": "generated"}, "definitions.names"),
        ({"formula": "generated / other"}, "definitions.names"),
        ({"formula": "generated /"}, "formula.malformed"),
        ({"text": True}, "definitions.kind"),
        ({"status": "sure"}, "definitions.incomplete"),
        ({"surprise": 1}, "definitions.unknown-key"),
        ({"tries": {"money": ["resident-population"]}}, "definitions.dimensions"),
        ({"quantities": GOOD["quantities"] | {"money": {"guess": 1}}}, "definitions.quantity"),
        ({"quantities": GOOD["quantities"] | {"money": {"observation": "gdp", "if_absent": "one"}}},
         "definitions.if-absent"),
        ({"quantities": GOOD["quantities"] | {"generated": {"flow": {"group": "stat.general-industrial",
                                                                     "step": "generate"}, "by": "whim"}}},
         "definitions.by"),
    ],
)  # fmt: skip
def test_a_defective_entry_is_refused_with_its_place(tmp_path, changes, code):
    with pytest.raises(InputError) as refused:
        read(tmp_path, GOOD | changes)
    assert refused.value.code == code
    assert refused.value.message.zh
    assert refused.value.message.en


@pytest.mark.parametrize(
    ("place", "value", "kind"),
    [
        ("source", "hearsay", "source"),
        ("id", "unheard-of", "indicator"),
    ],
)
def test_a_name_that_nothing_bears_is_refused(tmp_path, place, value, kind):
    with pytest.raises(NotFoundError) as refused:
        read(tmp_path, GOOD | {place: value})
    assert refused.value.kind == kind


@pytest.mark.parametrize(
    ("name", "rule", "kind"),
    [
        ("generated", {"flow": {"group": "stat.none", "step": "generate"}, "by": "origin"}, "grouping"),
        ("generated", {"flow": {"group": "stat.medical", "step": "generate", "method": "wish"},
                       "by": "origin"}, "method"),
        ("money", {"observation": "happiness"}, "metric"),
    ],
)  # fmt: skip
def test_a_quantity_that_names_nothing_is_refused(tmp_path, name, rule, kind):
    with pytest.raises(NotFoundError) as refused:
        read(tmp_path, GOOD | {"quantities": GOOD["quantities"] | {name: rule}})
    assert refused.value.kind == kind


def test_an_indicator_defined_twice_is_refused(tmp_path):
    with pytest.raises(InputError, match="repeated"):
        read(tmp_path, GOOD, GOOD)


def test_an_unknown_indicator_is_not_found():
    with pytest.raises(NotFoundError):
        definition_of("unheard-of")


def test_the_data_files_stand_where_the_readme_says():
    assert {file.name for file in DATA_DIRECTORY.glob("*.yaml")} == {
        "1-source-reduction.yaml",
        "2-utilisation.yaml",
        "3-disposal.yaml",
        "4-capacity.yaml",
    }
