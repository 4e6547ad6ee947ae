"""Lock files pin versions and hashes, and no file of the project names a registry."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tools.steps import ROOT

ADDRESS = re.compile(
    r"https?://[^\s\"']*(?:pypi|pythonhosted|npmjs|yarnpkg|debian)\b[^\s\"']*", re.IGNORECASE
)


def main() -> None:
    """Print what is wrong with the locks and end with 1 if anything is."""
    wrong = [*_unpinned(), *_npm_unpinned(), *_addresses()]
    print("\n".join(wrong) or "locks are pinned, hashed and free of addresses")
    sys.exit(1 if wrong else 0)


def _unpinned() -> list[str]:
    wrong = []
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        for block in re.split(r"\n(?=[A-Za-z0-9])", path.read_text()):
            name = block.split("==")[0].strip()
            if block.strip() and ("==" not in block or "--hash=sha256:" not in block):
                wrong.append(f"{path.name}: “{name[:60]}” is not pinned with a hash; run `make lock`")
    return wrong


def _npm_unpinned() -> list[str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return [f"package-lock.json: {n} has no hash" for n, p in packages.items() if n and "integrity" not in p]


def _addresses() -> list[str]:
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    wrong = []
    for name in names:
        path = ROOT / name
        if path.suffix in {".png", ".mo", ".xlsx", ".ico"} or not path.is_file():
            continue
        text = path.read_text("utf8", errors="replace")
        wrong += [f"{name}: names a registry: {match[0]}" for match in ADDRESS.finditer(text)]
    return wrong


if __name__ == "__main__":
    main()
