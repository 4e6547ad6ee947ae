"""An answer about a name as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from wufei.records.catalogue.core.naming.answers import Answer, Candidate
from wufei.records.catalogue.core.naming.rules import Question


def answer_lines(answer: Answer) -> Iterator[str]:
    """Give an answer line by line, Chinese with English."""
    yield f"{answer.message.zh} / {answer.message.en}"
    if answer.understood:
        yield f"读作 {answer.understood.zh}"
        yield f"read as {answer.understood.en}"
    for place, one in enumerate(answer.candidates, start=1):
        yield from _candidate(place, one)
    if answer.question:
        yield from _question(answer.question)
    for alike in answer.not_it:
        yield f"✕ 不是 not {alike.code} {alike.name.zh}：{alike.why.zh} / {alike.why.en}"


def _candidate(place: int, one: Candidate) -> Iterator[str]:
    sign = "危险废物 hazardous" if one.hazardous else "非危险废物 not hazardous"
    condition = " · 视回答而定 conditional" if one.conditional else ""
    yield f"{place}. {one.code} {one.name.zh} · {sign} · {one.score:.2f}{condition}"
    yield f"   {one.reason.zh} / {one.reason.en}"
    yield f"   {one.basis.zh}"


def _question(question: Question) -> Iterator[str]:
    yield f"？ {question.text.zh} / {question.text.en}"
    for reply in question.answers:
        yield f"   · {reply.text.zh} / {reply.text.en} → {' '.join(reply.codes) or '—'}"
