"""Layouts are data with schema, source and status; a district replaces parts and is told what is wrong."""

from __future__ import annotations

import pytest

from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.layouts import STYLES, load_layout, replaced_layout
from wufei.kernel.errors import InputError
from wufei.records.catalogue.core.sources import Status


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_layout_with_source_and_status(kind):
    layout = load_layout(kind)
    assert set(STYLES) <= set(layout.styles)
    assert layout.source.zh
    assert layout.source.en
    assert layout.status is Status.TO_BE_CONFIRMED
    assert layout.title.en
    assert layout.rules["tail"].width_pt > 0
    assert all(style.font in layout.fallbacks for style in layout.styles.values())


def test_a_district_replaces_what_differs_and_keeps_the_rest():
    layout = replaced_layout(
        Kind.BRIEFING, "words: {name: 某区无废简报}\nstyles: {body: {size_pt: 15}}\n", "own.yaml"
    )
    assert layout.words["name"] == "某区无废简报"
    assert layout.styles["body"].size_pt == 15
    assert layout.styles["body"].font == "仿宋_GB2312"
    assert layout.words["issue"] == load_layout(Kind.BRIEFING).words["issue"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("page: {top_mm: wide}", "own.yaml:page/top_mm"),
        ("page: {top_mm: 900}", "own.yaml:page/top_mm"),
        ("styles: {body: {color: red}}", "own.yaml:styles/body/color"),
        ("styles: {body: {align: middle}}", "own.yaml:styles/body/align"),
        ("styles: {body: {font: ''}}", "own.yaml:styles/body/font"),
        ("wrods: {}", "own.yaml:wrods"),
        ("like: poster", "like: poster"),
        ("[1", "own.yaml"),
        ("words: 1", "own.yaml:words"),
        ("styles: {body: 16}", "own.yaml:styles/body"),
        ("- 1", "own.yaml"),
    ],
)
def test_what_is_wrong_in_a_layout_is_told_with_its_place(text, place):
    with pytest.raises(InputError) as caught:
        replaced_layout(Kind.BRIEFING, text, "own.yaml")
    assert caught.value.code == "report.layout"
    assert caught.value.field == place
