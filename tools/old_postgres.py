"""Make sure that PostgreSQL 15 is there, whose data a test upgrades."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = "postgresql-15"
PROGRAM = Path("/usr/lib/postgresql/15/bin/postgres")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
"""Debian's package makes and starts a server of the system's own unless this file says otherwise."""


def main() -> None:
    """Install Debian's package where it is missing and may be installed; else say what to do."""
    if PROGRAM.exists():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"The tests of upgrades need {PACKAGE}; on Debian: sudo apt-get install {PACKAGE}")
    if not NO_CLUSTER.exists():
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n", "ascii")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
    # The file above is ours: the package is not to ask about it.
    options = ["-y", "-qq", "-o", "Dpkg::Options::=--force-confold"]
    subprocess.run(
        ["apt-get", "install", *options, PACKAGE], env=environment, check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
