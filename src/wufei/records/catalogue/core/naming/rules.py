"""Rules of composition: which code a thing has when it comes from here or held that, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from wufei.kernel.findings import Finding
from wufei.kernel.text import Text
from wufei.records.catalogue.core.items import load_items
from wufei.records.catalogue.core.naming.words import NAMING_DIRECTORY, Lexicon, load_lexicon
from wufei.records.catalogue.core.rows import Row, gathered, once_each, read_rows, refuse_broken

EVERYTHING = "*"
"""As the thing of a rule: whatever it is."""

OWN_CODES = "+"
"""In the codes of a rule: and the codes that the thing has by itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; of those that fit, the first in the file leads.

    Attributes
    ----------
    id : str
        Key.
    heads : frozenset of str
        The thing is one of these.
    needs : tuple of frozenset of str
        Of each set the name mentions one besides the thing.
    without : frozenset of str
        None of these is mentioned.
    codes : tuple of str
        The likeliest first.
    ask : str
        The question to ask; empty if these words are enough.
    why : Text
        The reason, for people.
    """

    id: str
    heads: frozenset[str]
    needs: tuple[frozenset[str], ...]
    without: frozenset[str]
    codes: tuple[str, ...]
    ask: str
    why: Text

    def fits(self, head: frozenset[str], marks: frozenset[str]) -> bool:
        """Say whether the rule speaks of a thing (with all it is a kind of) among these other words."""
        return (
            (EVERYTHING in self.heads or bool(self.heads & head))
            and all(need & marks for need in self.needs)
            and not self.without & (marks | head)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply to a question, with the codes it leads to (none: it is no solid waste, or not listed)."""

    text: Text
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask when a name alone does not tell the code."""

    id: str
    text: Text
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A code that looks alike and is not meant, with the reason."""

    code: str
    name: Text
    why: Text


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules in order, questions by key, look-alikes by code."""

    rules: tuple[Rule, ...]
    questions: Mapping[str, Question]
    lookalikes: Mapping[str, tuple[tuple[str, Text], ...]]


@lru_cache(maxsize=1)
def load_rulebook() -> Rulebook:
    """Give the rules that come with Wufei.

    Raises
    ------
    InputError
        A file is defective; the message lists every defect.
    """
    rulebook, findings = parse_rulebook(NAMING_DIRECTORY, load_lexicon())
    refuse_broken(findings)
    return rulebook


def parse_rulebook(directory: Path, lexicon: Lexicon) -> tuple[Rulebook, list[Finding]]:
    """Read rules, questions, answers and look-alikes; every code, word and question must exist."""
    rules, found_rules = read_rows(directory, "rules.csv", "id")
    questions, found_questions = read_rows(directory, "questions.csv", "id")
    answers, found_answers = read_rows(directory, "answers.csv", "question")
    alike, found_alike = read_rows(directory, "lookalikes.csv", "code")
    asked = {row.text("id"): _bilingual(row, "zh", "en") for row in once_each(questions, "id")}
    given: dict[str, list[Answer]] = {key: [] for key in asked}
    for row in answers:
        _refuse_unknown(row, "question", [row.text("question")], asked)
        given.setdefault(row.text("question"), []).append(
            Answer(_bilingual(row, "zh", "en"), _codes(row, "codes"))
        )
    lookalikes: dict[str, list[tuple[str, Text]]] = {}
    for row in alike:
        (code, unlike), why = _codes(row, "code") + _codes(row, "unlike"), _bilingual(row, "why_zh", "why_en")
        lookalikes.setdefault(code, []).append((unlike, why))
    read = tuple(_rule(row, lexicon) for row in once_each(rules, "id"))
    for row in rules:
        _refuse_unknown(row, "ask", row.text("ask").split(), asked)
    book = Rulebook(
        read,
        MappingProxyType({key: Question(key, text, tuple(given[key])) for key, text in asked.items()}),
        MappingProxyType({code: tuple(pairs) for code, pairs in lookalikes.items()}),
    )
    findings = [*found_rules, *found_questions, *found_answers, *found_alike]
    return book, findings + gathered([*rules, *questions, *answers, *alike]) + _of_words(lexicon, asked)


def _rule(row: Row, lexicon: Lexicon) -> Rule:
    heads = row.required("head").split("/")
    needs = [need.split("/") for need in row.text("with").split()]
    without = row.text("without").split()
    for keys in (heads, *needs, without):
        _refuse_unknown(
            row, "head/with/without", [key for key in keys if key != EVERYTHING], lexicon.concepts
        )
    return Rule(
        row.text("id"),
        frozenset(heads),
        tuple(frozenset(need) for need in needs),
        frozenset(without),
        _codes(row, "codes"),
        row.text("ask"),
        _bilingual(row, "why_zh", "why_en"),
    )


def _codes(row: Row, field: str) -> tuple[str, ...]:
    codes = tuple(row.text(field).split())
    _refuse_unknown(row, field, [code for code in codes if code != OWN_CODES], load_items())
    return codes


def _bilingual(row: Row, chinese: str, english: str) -> Text:
    return Text(row.required(chinese), row.required(english))


def _refuse_unknown(row: Row, field: str, keys: list[str], known: Mapping[str, object]) -> None:
    for key in keys:
        if key not in known:
            row.refuse(
                "unknown-key",
                key,
                Text(f"“{field}”中的“{key}”不存在。", f"“{key}” in “{field}” is not known."),
                Text("规则只用已有的词、问题和代码。", "Rules use words, questions and codes that exist."),
                Text("请改正，或先补上该条。", "Mend it, or add the item first."),
            )


def _of_words(lexicon: Lexicon, asked: Mapping[str, Text]) -> list[Finding]:
    """Find words whose codes or question do not exist."""
    rows = [
        Row(f"words {concept.id}", {"code": " ".join(concept.codes), "ask": concept.ask})
        for concept in lexicon.concepts.values()
    ]
    for row in rows:
        _codes(row, "code")
        _refuse_unknown(row, "ask", row.text("ask").split(), asked)
    return gathered(rows)
