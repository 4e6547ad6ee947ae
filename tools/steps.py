"""Run named commands, at most two at a time, and tell how long each took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a check.

    Attributes
    ----------
    name : str
        What it proves.
    command : tuple of str
        Program and arguments, run from the project's root.
    """

    name: str
    command: tuple[str, ...]


def python(name: str, *arguments: str) -> Step:
    """Make a step that runs a module or script with this interpreter."""
    return Step(name, (sys.executable, *arguments))


def run_all(steps: Sequence[Step], *, at_once: int) -> int:
    """Run every step, print the output of those that fail, and return the number of failures."""
    with ThreadPoolExecutor(at_once) as pool:
        failures = sum(not passed for passed in pool.map(_run_quietly, steps))
    print(f"{len(steps) - failures} of {len(steps)} checks passed", flush=True)
    return failures


def run_aloud(step: Step) -> bool:
    """Run one step with its output shown as it comes; say whether it passed."""
    print(f"── {step.name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(step.command, cwd=ROOT, env=_environment(), check=False).returncode
    print(
        f"── {step.name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return code == 0


def _run_quietly(step: Step) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mark = "ok " if done.returncode == 0 else "BAD"
    output = "" if done.returncode == 0 else "\n" + done.stdout.strip()
    print(f"{mark} {time.monotonic() - started:5.1f} s  {step.name}{output}", flush=True)
    return done.returncode == 0


def _environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": scripts + os.pathsep + os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
