"""Make sure that Chromium and a Chinese font are there for the browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def main() -> None:
    """Install Debian's packages where they are missing and may be installed; else say what to do."""
    missing = [] if shutil.which("chromium") else ["chromium"]
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
        if shutil.which("fc-list")
        else b""
    )
    missing += [] if fonts.strip() else ["fontconfig", "fonts-noto-cjk"]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(
            f"Browser tests need {' and '.join(missing)}; on Debian: sudo apt-get install {' '.join(missing)}"
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", *missing], env=environment, check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
