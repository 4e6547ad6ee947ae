"""Refuse a run-time dependency whose licence is not permissive."""

from __future__ import annotations

import re
import sys
from importlib import metadata

from tools.steps import ROOT

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|ISCL|PSF|Python Software Foundation|Zlib|CC0|Unlicense|HPND|MPL)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A?GPL|LGPL)|General Public", re.IGNORECASE)

# docs/adr/0004: Django has no other driver for PostgreSQL; the LGPL leaves programs that import it free.
EXCEPTIONS = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only"}


def main() -> None:
    """Read the licence of every pinned run-time package and end with 1 if any is not permissive."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    refused = [line for name in names if (line := _refusal(name))]
    print(
        "\n".join(refused)
        or f"{len(names)} run-time packages, all permissive (exceptions: {', '.join(EXCEPTIONS)})"
    )
    sys.exit(1 if refused or not names else 0)


def _refusal(name: str) -> str:
    try:
        licence = _licence(metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return f"{name}: pinned but not installed; run `make setup`"
    if EXCEPTIONS.get(name) == licence:
        return ""
    # A choice such as "MIT OR GPL" is permissive; "MIT AND GPL" is not.
    choices = licence.split(" OR ")
    if any(PERMISSIVE.search(choice) and not COPYLEFT.search(choice) for choice in choices):
        return ""
    return f"{name}: licence “{licence}” is not permissive; choose another package or record why in docs/adr/"


def _licence(package: metadata.PackageMetadata) -> str:
    stated = package.json
    classifiers = [str(c) for c in stated.get("classifier", []) if str(c).startswith("License ::")]
    words = (
        stated.get("license_expression") or "; ".join(classifiers) or stated.get("license") or "none stated"
    )
    return str(words).splitlines()[0]


if __name__ == "__main__":
    main()
