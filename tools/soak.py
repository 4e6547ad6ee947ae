"""What is too long for every test run: properties with many examples, repeated kills, people for minutes."""

from __future__ import annotations

import sys

from tools.steps import python, run_aloud

EXAMPLES = ("--hypothesis-profile=soak",)
PROPERTIES = ("tests/kernel", "tests/records", "tests/measures", "tests/simulator")
KILLS = ("tests/runtime/database",)
ROUNDS = 5


def main() -> None:
    """Run the long checks one after another and end with 1 if any failed."""
    steps = [
        python(
            "properties, twenty times the examples", "-m", "pytest", "-q", "-n", "2", *EXAMPLES, *PROPERTIES
        ),
        *(
            python(f"killed and restarted servers, round {number + 1}", "-m", "pytest", "-q", *KILLS)
            for number in range(ROUNDS)
        ),
        python("fifty people for five minutes", "-m", "benchmarks", "--soak"),
    ]
    failed = [step.name for step in steps if not run_aloud(step)]
    print("failed: " + "; ".join(failed) if failed else "soak passed", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
