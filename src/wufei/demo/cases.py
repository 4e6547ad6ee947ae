"""The list of duties, two cases and a question of the synthetic district, by the doors that people use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from wufei.actions.cases import queries, services
from wufei.actions.cases.queries import CaseFilter
from wufei.actions.cases.services import Assignment, Expert, QuestionDraft
from wufei.actions.tasks.queries import board, duty_board
from wufei.demo.people import acting
from wufei.kernel.ids import new_id
from wufei.records.catalogue.core.indicators import load_indicators
from wufei.runtime.access.core import Scope
from wufei.runtime.clock import now, today_on
from wufei.runtime.forms import services as forms
from wufei.runtime.forms.core.entries import Form
from wufei.runtime.forms.exports import form_named
from wufei.runtime.identity.queries import departments_in, find_region

_ALL = CaseFilter()


def run_cases(region_key: str) -> tuple[int, int, int]:
    """Enter duties, cases and the question, and give their numbers; what is there already is left alone."""
    office, region_id = acting("demo-office"), find_region(region_key).id
    if not duty_board(office, region_id, on=today_on()).lines:
        _enter_duties(office, region_id)
        for item in _data()["cases"]:
            _write_case(office, region_id, item)
        _ask(office, _data()["question"])
    return (
        len(duty_board(office, region_id, on=today_on()).lines),
        len(queries.cases(office, _ALL)) + len(queries.cases(office, _ALL, published=False)),
        len(queries.questions(office, _ALL, published=True)),
    )


def _enter_duties(office: Scope, region_id: int) -> None:
    names = {each.key: each.name.zh for each in departments_in([region_id])}
    for key, duty, stream, stages, article, content in _data()["duties"]:
        answers = {
            "stream": stream,
            "stages": stages,
            "department": names[key],
            "duty": duty,
            "content": content,
            "document": _data()["document"],
            "article": article,
            "from_on": _data()["from_on"],
        }
        _enter(office, form_named("task-duty"), answers, forms.Place(region_id))


def _write_case(office: Scope, region_id: int, item: dict[str, Any]) -> None:
    """Write a case; the first is passed and published at once, the second waits for the office's review."""
    scope, form = acting(item["who"]), form_named("case")
    kept = ("title", "streams", "problem", "practice", "result", "claims", "conditions", "pitfalls")
    money = ("cost_wan", "saving_wan", "money_source")
    answers = {key: item[key] for key in (*kept, *money)}
    names = load_indicators()
    answers["figures"] = [{"indicator": names[key].name.zh, "year": year} for key, year in item["figures"]]
    if item["task"]:
        rows = board(office, region_id, on=today_on()).rows
        answers["task"] = next(row.reference for row in rows if row.code == item["task"])
    place = forms.place_of(scope, region_id=region_id)
    _enter(scope, replace(form, reviewed="") if item["published"] else form, answers, place)
    if item["published"]:
        (row,) = queries.cases(office, _ALL, published=False)
        services.publish_case(office, case_id=row.id)


def _ask(office: Scope, item: dict[str, Any]) -> None:
    scope = acting(item["who"])
    draft = QuestionDraft(item["title"], item["text"], item["stream"])
    place = forms.place_of(scope)
    question_id = services.ask(scope, place=place, draft=draft)
    services.assign(office, question_id=question_id, to=Assignment(today_on() + timedelta(days=7)))
    expert = Expert(item["expert"]["name"], item["expert"]["institution"], today_on())
    services.answer(office, question_id=question_id, text=item["answer"], expert=expert)
    services.close(scope, question_id=question_id)
    services.publish_answer(office, question_id=question_id)


def _enter(scope: Scope, form: Form, answers: dict[str, Any], place: forms.Place) -> None:
    """Enter a form as its person does.

    Raises
    ------
    ValueError
        The data file and the form do not fit.
    """
    outcome = forms.enter(scope, form, entry_id=new_id(now()), answers=answers, place=place, now=now())
    if outcome.entry is None:
        raise ValueError([(each.where, each.message.zh) for each in outcome.findings])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = (resources.files("wufei.demo") / "data" / "demo-cases.yaml").read_text("utf8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
