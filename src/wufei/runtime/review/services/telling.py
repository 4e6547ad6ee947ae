"""The one place from which people are told what happened to a case."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from wufei.runtime.review.core.tidings import Tiding

log = structlog.get_logger(__name__)


def tell(tidings: Iterable[Tiding]) -> tuple[Tiding, ...]:
    """Hand tidings on and give them back; called inside the transaction of the move."""
    told = tuple(tidings)
    for tiding in told:
        log.info("review.tiding", topic=tiding.topic, key=tiding.key, link=tiding.link, urgent=tiding.urgent)
    return told
