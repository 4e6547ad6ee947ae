"""Finding items by words of their code, name or everyday source, as written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wufei.records.catalogue.core.codes import plain_code
from wufei.records.catalogue.core.items import Item
from wufei.records.catalogue.core.streams import load_streams


def find_items(items: Iterable[Item], wanted: str, named: Sequence[str] = ()) -> list[Item]:
    """Give the items that hold every word asked for, those that hold them in code or name first.

    Parameters
    ----------
    items : iterable of Item
        What is searched.
    wanted : str
        Words as typed.
    named : sequence of str
        Codes that the words mean as an everyday name, the likeliest first; they follow what holds the words.
    """
    items = list(items)
    words = wanted.lower().split()
    ranked = [(rank, item) for item in items if (rank := _rank(item, words)) is not None]
    held = [item for _, item in sorted(ranked, key=lambda pair: pair[0])]
    by_code = {item.code: item for item in items}
    meant = [by_code[code] for code in named if code in by_code]
    return list(dict.fromkeys([*held, *meant]))


def _rank(item: Item, words: list[str]) -> int | None:
    bare = item.code.replace("-", "")
    near = f"{item.code} {bare} {item.category} {item.name.zh} {item.name.en}".lower()
    category = load_streams()[item.category].name
    texts = (item.everyday, item.industry, category)
    far = " ".join([near, *(text.zh for text in texts), *(text.en for text in texts)]).lower()
    plain = [plain_code(word).lower() for word in words]
    if all(word in near or code in near for word, code in zip(words, plain, strict=True)):
        return 0
    return 1 if all(word in far for word in words) else None
