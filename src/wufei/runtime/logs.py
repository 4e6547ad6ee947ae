"""Structured logs: one line per event on standard error, JSON for machines, colours for terminals."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

from wufei.runtime.environment import Environment

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def set_up_logs(environment: Environment) -> None:
    """Send structlog and the standard library's loggers the same way."""
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if environment.log_format == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    # The console prints tracebacks itself; JSON has to carry them as text.
    ending: list[Processor] = (
        [] if environment.log_format == "console" else [structlog.processors.format_exc_info]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(_SHARED),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(environment.log_level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
