"""Puts the browser's files in place: `python -m wufei.web.assets`, run by `make setup` and `make run`."""

import gzip
import shutil
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

WEB = Path(__file__).parent
PACKAGES = WEB.parents[2] / "node_modules"
VENDOR = WEB / "static" / "vendor"

# Only the files that a page loads; the browser gets nothing else of a package.
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    # Loaded only on pages with charts; the smaller build lacks tooltips.
    "echarts.common.min.js": "echarts/dist/echarts.common.min.js",
    # Loaded only on pages with a map; the worker stands beside its module, which asks for it there.
    "maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
}


def copy_vendor_files(packages: Path = PACKAGES, vendor: Path = VENDOR) -> list[Path]:
    """Copy what the pages load from ``node_modules`` and return the files written.

    Raises
    ------
    FileNotFoundError
        If `npm ci` has not run; the message names the missing file.
    """
    vendor.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in FILES.items():
        target = vendor / name
        shutil.copyfile(packages / source, target)
        # The server sends the packed copy to browsers that take it, which is all of them.
        target.with_name(f"{name}.gz").write_bytes(gzip.compress(target.read_bytes(), mtime=0))
        written.append(target)
    return written


def compile_catalogues(locale: Path = WEB / "locale") -> list[Path]:
    """Compile each hand-kept ``.po`` beside itself and return the files written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as lines:
            catalogue = read_po(lines)
        target = source.with_suffix(".mo")
        with target.open("wb") as out:
            write_mo(out, catalogue)
        written.append(target)
    return written


def main() -> int:
    """Copy and compile; say plainly what to do when the packages are missing."""
    try:
        files = copy_vendor_files() + compile_catalogues()
    except FileNotFoundError as missing:
        sys.stderr.write(f"web assets: {missing.filename} is missing; run `npm ci` first\n")
        return 1
    sys.stdout.write("".join(f"web assets: {path.relative_to(WEB)}\n" for path in files))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
