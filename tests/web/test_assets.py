"""What the browser loads: in place, small, from here, and without inline scripts."""

import re
from pathlib import Path

import pytest

import wufei
from wufei.web.assets import FILES, WEB, copy_vendor_files, main

SRC = Path(wufei.__file__).parent
TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
SCRIPT_BYTES_MAX = 350_000


def test_vendor_files_are_copied_from_the_packages_with_a_packed_copy(tmp_path):
    packages = tmp_path / "node_modules"
    for source in FILES.values():
        (packages / source).parent.mkdir(parents=True, exist_ok=True)
        (packages / source).write_text(f"/* {source} */")
    written = copy_vendor_files(packages, tmp_path / "vendor")
    assert sorted(path.name for path in written) == sorted(FILES)
    assert all(path.with_name(f"{path.name}.gz").exists() for path in written)


def test_a_missing_package_is_told_with_its_remedy(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("wufei.web.assets.copy_vendor_files", (tmp_path / "gone.js").read_bytes)
    assert main() == 1
    assert "npm ci" in capsys.readouterr().err


def test_every_static_file_that_a_template_names_exists():
    names = {
        name
        for path in TEMPLATES
        for name in re.findall(r"""\{%\s*static\s+['"]([^'"]+)""", path.read_text("utf8"))
    }
    kept = [WEB / "static", *SRC.glob("*/*/static")]
    assert sorted(name for name in names if not any((each / name).exists() for each in kept)) == []


def test_every_icon_that_is_drawn_is_in_the_sprite_and_no_other():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static" / "icons.svg").read_text("utf8")))
    used = {
        name for path in TEMPLATES for name in re.findall(r'\{%\s*icon\s+"([^"]+)"', path.read_text("utf8"))
    }
    used |= set(re.findall(r'"/[^"]*",\s+"([a-z0-9-]+)"', (WEB / "navigation.py").read_text("utf8")))
    assert used <= sprite
    assert sorted(sprite - used) == []


def test_a_daily_page_loads_less_script_than_the_budget():
    document = (WEB / "templates" / "web" / "document.html").read_text("utf8")
    scripts = re.findall(r"""<script src="\{% static '([^']+)'""", document)
    assert scripts == ["vendor/htmx.min.js", "app.js"]
    assert sum((WEB / "static" / name).stat().st_size for name in scripts) < SCRIPT_BYTES_MAX


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_no_inline_script_style_or_foreign_address(template):
    source = template.read_text("utf8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"\s(on[a-z]+|style)=", source)
    assert not re.search(r"""(src|href)=["']https?:""", source)
