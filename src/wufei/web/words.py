"""Words for books, which name where figures come from."""

from __future__ import annotations

from wufei.kernel.text import Text

_BOOKS = {
    "actual": Text("实际账", "Actual records"),
    "declared": Text("申报账", "Declared"),
    "synthetic": Text("合成数据账", "Synthetic records"),
}
_PREFIXES = {
    "published": Text("公布数据", "Published"),
    "scenario": Text("情景", "Scenario"),
}


def book_name(book: str) -> Text:
    """Give the words for a book: 公布数据 bda-2020 for ``published:bda-2020``; an unknown one as it is."""
    prefix, _, rest = book.partition(":")
    if not rest:
        return _BOOKS.get(book, Text(book, book))
    words = _PREFIXES.get(prefix, Text(prefix, prefix))
    return Text(f"{words.zh} {rest}", f"{words.en} {rest}")
