"""A plugin of pytest that gathers what tests say of themselves, into the file that SOAK_FIGURES names.

Counts tests and examples of hypothesis, and keeps what `record_property` recorded.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator
from pathlib import Path

import pytest

_EXAMPLES = re.compile(r"(\d+) passing\b")
_NAME = "examples of hypothesis"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the number of examples on the last report of a test: workers of xdist send it as it is."""
    report = yield
    if report.when == "teardown":
        found = _EXAMPLES.findall(getattr(item, "hypothesis_statistics", ""))
        report.user_properties.append((_NAME, sum(map(int, found))))
    return report


class Figures:
    """What the reports of all workers add up to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.counted = {"tests passed": 0, "tests failed": 0, _NAME: 0}
        self.recorded: dict[str, object] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one report."""
        if report.failed:
            self.counted["tests failed"] += 1
        elif report.when == "call":
            self.counted["tests passed"] += 1
        for name, value in report.user_properties:
            if report.when == "teardown" and name == _NAME:
                self.counted[_NAME] += int(str(value))
            elif name != _NAME:
                self.recorded[str(name)] = value

    def pytest_sessionfinish(self) -> None:
        """Write the figures."""
        self.file.write_text(json.dumps(self.counted | self.recorded, ensure_ascii=False), "utf8")


def pytest_configure(config: pytest.Config) -> None:
    """Add up in the process that sees all reports, not in the workers of xdist."""
    if "SOAK_FIGURES" in os.environ and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Figures(Path(os.environ["SOAK_FIGURES"])))
