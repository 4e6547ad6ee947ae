"""Format, lint, types, import contracts, licences, addresses in locks; with --core the fast tests too."""

from __future__ import annotations

import sys

from tools.steps import Step, python, run_all

FLOORS = ("tests/architecture", "tests/kernel", "tests/runtime", "tests/records", "tests/measures")
FAST = "not database and not browser and not sweep"
CORE = python("core tests", "-m", "pytest", "-q", "-m", FAST, *FLOORS)

# The slowest come first, so that two processors finish at about the same time.
STEPS = (
    Step("types (mypy strict)", ("mypy",)),
    Step("import contracts", ("lint-imports", "--no-cache")),
    Step("lint", ("ruff", "check", ".")),
    Step("format", ("ruff", "format", "--check", ".")),
    python("licences permit free use", "-m", "tools.licences"),
    python("locks pin hashes and name no address", "-m", "tools.locks_are_clean"),
)


def main() -> None:
    """Run the checks and end with their verdict."""
    steps = (STEPS[0], CORE, *STEPS[1:]) if "--core" in sys.argv[1:] else STEPS
    sys.exit(1 if run_all(steps, at_once=2) else 0)


if __name__ == "__main__":
    main()
