"""Logs are one line per event."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from wufei.runtime.environment import environment
from wufei.runtime.logs import set_up_logs


@pytest.fixture
def restored_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("restored_logs")
def test_both_kinds_of_loggers_write_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(environment({"WUFEI_LOG_FORMAT": "json"}))
    structlog.get_logger("ours").warning("坏账", book="actual")
    logging.getLogger("theirs").warning("slow")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (first["event"], first["book"], first["level"], first["logger"]) == (
        "坏账",
        "actual",
        "warning",
        "ours",
    )
    assert (second["event"], second["level"], second["logger"]) == ("slow", "warning", "theirs")


@pytest.mark.usefixtures("restored_logs")
def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(environment({"WUFEI_LOG_FORMAT": "json"}))
    structlog.get_logger("ours").error("failed", exc_info=ValueError("inside"))
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: inside" in json.loads(line)["exception"]


@pytest.mark.usefixtures("restored_logs")
def test_quiet_levels_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(environment({"WUFEI_LOG_LEVEL": "ERROR"}))
    structlog.get_logger("ours").warning("not so bad")
    assert capsys.readouterr().err == ""
