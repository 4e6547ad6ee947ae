"""Chinese first, English complete: every text of a template is in the catalogue, and none stands bare."""

import re
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

import wufei
from wufei.web.assets import WEB, compile_catalogues

SRC = Path(wufei.__file__).parent
TEMPLATES = sorted(SRC.rglob("templates/**/*.html"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLAIN = re.compile(r'\{%\s*translate\s+"([^"]*)"|_\("([^"]*)"\)')
BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.DOTALL)


def catalogue():
    with (WEB / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as lines:
        return {message.id: message.string for message in read_po(lines) if message.id}


def texts_of(template):
    source = template.read_text("utf8")
    # Django looks a percent sign up doubled, unless the text stands in an argument.
    yield from (inline or plain.replace("%", "%%") for plain, inline in PLAIN.findall(source))
    for block in BLOCK.findall(source):
        yield re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", block)


def headings_of_plans():
    for path in SRC.rglob("data/*.yaml"):
        document = yaml.safe_load(path.read_text("utf8"))
        lines = document.get("lines", []) if isinstance(document, dict) else []
        for line in lines:
            if "level1" in line:
                yield from (line[key] for key in ("level1", "level2", "type", "attribute") if line.get(key))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_has_its_english(template):
    known = catalogue()
    missing = [text for text in texts_of(template) if not known.get(text)]
    assert missing == []


def test_headings_and_types_of_the_plans_have_their_english():
    known = catalogue()
    assert sorted({text for text in headings_of_plans() if not known.get(text)}) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_chinese_stands_outside_a_translated_text(template):
    source = BLOCK.sub("", template.read_text("utf8"))
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)
    assert CHINESE.findall(bare) == []


def test_the_catalogue_holds_nothing_that_no_page_says():
    used = {text for template in TEMPLATES for text in texts_of(template)} | set(headings_of_plans())
    assert sorted(set(catalogue()) - used) == []


def test_placeholders_are_the_same_in_both_languages():
    wrong = [
        text
        for text, english in catalogue().items()
        if sorted(re.findall(r"%\(\w+\)s", text)) != sorted(re.findall(r"%\(\w+\)s", english))
    ]
    assert wrong == []


def test_no_english_text_holds_chinese():
    assert [english for english in catalogue().values() if CHINESE.search(english)] == []


def test_each_text_of_python_code_comes_with_its_english():
    """A `Text` with Chinese alone would show Chinese on an English page."""
    lonely = []
    for path in SRC.rglob("*.py"):
        if path.parts[-2] in {"web", "views", "pages", "templatetags"}:
            lonely += [
                f"{path.name}: {found}"
                for found in re.findall(r'Text\(f?"([^"]*[\u4e00-\u9fff][^"]*)"\s*\)', path.read_text("utf8"))
            ]
    assert lonely == []


def test_the_catalogue_compiles(tmp_path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = WEB / "locale" / "en" / "LC_MESSAGES" / "django.po"
    (folder / "django.po").write_bytes(source.read_bytes())
    (written,) = compile_catalogues(tmp_path)
    assert written.read_bytes()[:4] == b"\xde\x12\x04\x95"
