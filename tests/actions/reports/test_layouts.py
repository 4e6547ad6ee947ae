"""Layouts are data with schema, source and status; a district replaces parts and is told what is wrong."""

from __future__ import annotations

import pytest

from wufei.actions.reports import queries, services
from wufei.actions.reports.core.document import Kind
from wufei.actions.reports.core.layouts import (
    STYLES,
    layout_findings,
    layout_text,
    load_layout,
    replaced_layout,
)
from wufei.kernel.errors import AccessError, InputError
from wufei.records.catalogue.core.sources import Status
from wufei.runtime.clock import now


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


@pytest.mark.parametrize("kind", list(Kind))
def test_the_file_that_is_downloaded_is_the_layout_in_force(kind):
    assert layout_findings(kind, layout_text(kind), "own.yaml") == ()
    assert replaced_layout(kind, layout_text(kind), "own.yaml") == load_layout(kind)


def test_everything_wrong_in_a_file_is_told_with_its_line():
    text = """title: {zh: 简报, en: Briefing}
styles:
  body:
    size_pt: huge
    font: 仿宋
  title: {color: red}
wrods: {}
columns: 3
status: sure
page: {top_mm: 900}
"""
    found = layout_findings(Kind.BRIEFING, text, "own.yaml")
    assert {each.where for each in found} == {f"own.yaml:{n}" for n in (4, 6, 7, 8, 9, 10)}
    assert all(each.message.en and each.value for each in found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("words:\n  name: [1", 2),
        ("words: &a {x: 1}\nrules: *a", 1),
        ("- 1", 1),
        ("", 1),
        ("words: {}\nlike: poster", 2),
        ("a: 1\n\tb: 2", 2),
    ],
)
def test_what_is_no_layout_at_all_is_told_too(text, line):
    (found,) = layout_findings(Kind.NOTICE, text, "own.yaml")
    assert found.where == f"own.yaml:{line}"


def test_a_district_keeps_its_own_layout_and_goes_back(office, district, clerk, person):
    told = {"kind": Kind.NOTICE, "region_id": district.a, "now": now()}
    wrong = services.keep_layout(office, content=b"styles: {body: {size_pt: 1000}}", **told)
    assert [each.where for each in wrong] == ["notice.yaml:1"]
    assert services.keep_layout(office, content=b"\xff\xfe", **told)[0].code == "report.layout-text"
    big = b"#" * (services.LAYOUT_MAX_BYTES + 1)
    assert services.keep_layout(office, content=big, **told)[0].code == "report.layout-size"
    assert row_of(office, district).file == ""
    own = "words: {closing: 专此通知。}\n"
    assert services.keep_layout(office, content=own.encode(), **told) == ()
    assert row_of(office, district).own
    assert queries.layout_of(Kind.NOTICE, district.a).words["closing"] == "专此通知。"
    assert queries.layout_words(office, Kind.NOTICE, district.a) == own
    assert queries.layout_of(Kind.NOTICE, district.b) == load_layout(Kind.NOTICE)
    for stranger in (clerk, person("office", district.b)):
        with pytest.raises(AccessError):
            services.keep_layout(stranger, content=own.encode(), **told)
        with pytest.raises(AccessError):
            services.drop_layout(stranger, **told)
        with pytest.raises(AccessError):
            queries.layouts_of(stranger, district.a)
    services.drop_layout(office, **told)
    assert queries.layout_of(Kind.NOTICE, district.a) == load_layout(Kind.NOTICE)
    with pytest.raises(InputError):
        services.drop_layout(office, **told)


def row_of(office, district):
    return next(row for row in queries.layouts_of(office, district.a) if row.kind is Kind.NOTICE)
