"""Names to codes over HTTP; open to everybody, as the lists are public."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Query, Router, Schema

from wufei.records.catalogue.core.naming.as_json import Json, answer_json
from wufei.records.catalogue.core.naming.find import LIMIT
from wufei.records.catalogue.queries import find_name
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.clock import today_on

router = Router(tags=["catalogue"])


class Said(Schema):
    """Words in Chinese and English."""

    zh: str
    en: str


class CandidateOut(Schema):
    """A code that the name may have."""

    code: str
    name: Said
    score: float
    reason: Said
    legal_class: str = Field(alias="class")
    hazardous: bool
    conditional: bool
    basis: Said


class LookAlikeOut(Schema):
    """A code that looks alike and is not meant; ``code`` is empty where only words are known."""

    code: str
    name: Said
    why: Said


class ReplyOut(Schema):
    """One reply to the question, and the codes it leads to."""

    text: Said
    codes: list[str]


class QuestionOut(Schema):
    """What to ask where the name alone does not tell."""

    id: str
    text: Said
    answers: list[ReplyOut]


class AnswerOut(Schema):
    """What Wufei makes of a name."""

    text: str
    status: str
    message: Said
    understood: Said
    candidates: list[CandidateOut]
    not_it: list[LookAlikeOut]
    question: QuestionOut | None


@router.get(
    "/find",
    response=AnswerOut,
    by_alias=True,
    summary="名称查代码 / codes of a name",
    openapi_extra={"x-access": "published.read"},
)
def find_codes(
    request: ScopedRequest,
    q: Annotated[str, Query(max_length=10_000, description="the name, in any words")] = "",
    limit: Annotated[int, Query(ge=1, le=20, description="most candidates")] = LIMIT,
) -> Json:
    """Find the codes that an everyday name may have, with reasons, look-alikes and the question to ask."""
    return answer_json(find_name(request.scope, q, on=today_on(), limit=limit))
