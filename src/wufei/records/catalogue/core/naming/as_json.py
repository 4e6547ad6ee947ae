"""An answer about a name as plain JSON, with every sentence in both languages."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.catalogue.core.naming.answers import Answer, Candidate
from wufei.records.catalogue.core.naming.rules import Question

Json = dict[str, object]


def answer_json(answer: Answer) -> Json:
    """Give an answer as JSON."""
    return {
        "text": answer.text,
        "status": answer.status.value,
        "message": _said(answer.message),
        "understood": _said(answer.understood),
        "candidates": [_candidate(one) for one in answer.candidates],
        "not_it": [
            {"code": one.code, "name": _said(one.name), "why": _said(one.why)} for one in answer.not_it
        ],
        "question": _question(answer.question) if answer.question else None,
    }


def _candidate(one: Candidate) -> Json:
    return {
        "code": one.code,
        "name": _said(one.name),
        "score": one.score,
        "reason": _said(one.reason),
        "class": one.legal_class.value,
        "hazardous": one.hazardous,
        "conditional": one.conditional,
        "basis": _said(one.basis),
    }


def _question(question: Question) -> Json:
    answers = [{"text": _said(one.text), "codes": list(one.codes)} for one in question.answers]
    return {"id": question.id, "text": _said(question.text), "answers": answers}


def _said(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}
