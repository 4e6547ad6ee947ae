"""Papers that bear a degree of secrecy are neither drafted nor attached."""

from __future__ import annotations

from collections.abc import Iterable

from wufei.actions.reports.core.document import Document
from wufei.kernel.secrecy import classified, degree_of, degree_of_name

_CODE = "report.classified"


def refuse_classified(texts: Iterable[str], place: str) -> None:
    """Refuse what is marked 秘密, 机密 or 绝密.

    Raises
    ------
    InputError
        ``report.classified``, with the mark, the rule and what to do instead.
    """
    for text in texts:
        degree = degree_of(text)
        if degree:
            raise classified(_CODE, degree, place)


def refuse_document(document: Document) -> None:
    """Refuse a document that is marked in its head or anywhere in its text; errors as `refuse_classified`."""
    refuse_classified((document.head.classification,), "classification")
    refuse_classified(document.texts(), "text")


def refuse_file_name(name: str) -> None:
    """Refuse a file whose name shows a mark; errors as `refuse_classified`."""
    degree = degree_of_name(name)
    if degree:
        raise classified(_CODE, degree, "name")
