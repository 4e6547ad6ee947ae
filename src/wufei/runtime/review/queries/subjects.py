"""The kinds of things that rooms let be reviewed: the tuples ``SUBJECTS`` of their modules ``reviews``."""

from __future__ import annotations

from wufei.kernel.errors import InvariantError, NotFoundError
from wufei.kernel.text import Text
from wufei.runtime.access.core import Role, Scope
from wufei.runtime.jobs.exports import exported
from wufei.runtime.review.core.subject import SubjectKind
from wufei.runtime.review.queries.entries import entry_kinds

REVIEWING = "entry.review"
"""The step that is a department's own."""


def subject_kinds() -> dict[str, SubjectKind]:
    """Give all kinds by key.

    Raises
    ------
    InvariantError
        Two rooms use the same key.
    """
    found: dict[str, SubjectKind] = {}
    for kind in (*exported("SUBJECTS", by="reviews"), *entry_kinds()):
        if kind.key in found:
            message = Text(f"审核对象 {kind.key} 重复登记", f"Two rooms export the subject kind {kind.key}")
            raise InvariantError("review.kind-twice", message)
        found[kind.key] = kind
    return found


def subject_kind(key: str) -> SubjectKind:
    """Give one kind.

    Raises
    ------
    NotFoundError
        No room exports it.
    """
    known = subject_kinds()
    if key not in known:
        raise NotFoundError("subject-kind", key, Text("请确认相应模块已安装。", "Is the room installed?"))
    return known[key]


def reviews(scope: Scope, department_id: int | None, action: str) -> bool:
    """Say whether a thing's department lets somebody do a step: its own reviewers do, and the office."""
    if action != REVIEWING or department_id is None:
        return True
    return reviews_all(scope) or scope.department_id == department_id


def reviews_all(scope: Scope) -> bool:
    """Say whether somebody reviews for every department of the region."""
    return scope.everything or scope.role is Role.OFFICE
