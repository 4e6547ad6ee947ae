"""Pin versions and hashes of everything Wufei installs; addresses of registries stay out of the files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    sys.executable,
    "-m",
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-header",
    "--upgrade",
]


def main() -> None:
    """Write requirements/run.txt, requirements/dev.txt and package-lock.json anew."""
    subprocess.run([*COMPILE, "pyproject.toml", "-o", "requirements/run.txt"], cwd=ROOT, check=True)
    subprocess.run(
        [
            *COMPILE,
            "pyproject.toml",
            "--extra",
            "dev",
            "-c",
            "requirements/run.txt",
            "-o",
            "requirements/dev.txt",
        ],
        cwd=ROOT,
        check=True,
    )
    subprocess.run(
        [
            "npm",
            "install",
            "--package-lock-only",
            "--omit-lockfile-registry-resolved",
            "--no-audit",
            "--no-fund",
        ],
        cwd=ROOT,
        check=True,
    )


if __name__ == "__main__":
    main()
