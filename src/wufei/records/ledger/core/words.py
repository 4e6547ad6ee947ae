"""Words for steps, kinds of account, evidence and books, as the users of the ledger say them."""

from __future__ import annotations

from wufei.kernel.text import Text
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.transfers import Evidence, Step

STEPS = {
    Step.GENERATE: Text("产生", "Generated"),
    Step.MOVE: Text("移库", "Moved in store"),
    Step.DISPATCH: Text("起运", "Dispatched"),
    Step.RECEIVE: Text("签收", "Received"),
    Step.RETURN: Text("退回", "Returned"),
    Step.SETTLE_DIFFERENCE: Text("磅差", "Weighing difference"),
    Step.TREAT_IN: Text("投入处理", "Into treatment"),
    Step.TREAT_OUT: Text("处理产出", "Out of treatment"),
    Step.NEW_WASTE: Text("次生废物", "Secondary waste"),
    Step.USE: Text("直接利用", "Used directly"),
    Step.RECLASSIFY: Text("鉴别改类", "Reclassified"),
    Step.LOSS: Text("损失", "Loss"),
    Step.EXPORT: Text("移出", "Left the platform"),
    Step.IMPORT: Text("移入", "Came from outside"),
    Step.FIND_DUMP: Text("发现倾倒", "Dump found"),
    Step.CLEAR_DUMP: Text("清运倾倒物", "Dump cleared"),
    Step.ATTRIBUTE_DUMP: Text("倾倒溯源", "Dump attributed"),
    Step.STOCKTAKE: Text("盘点", "Stocktake"),
    Step.OPEN: Text("期初", "Opening"),
}
KINDS = {
    Kind.STOCK: Text("库存", "Stock"),
    Kind.TRANSIT: Text("在途", "In transit"),
    Kind.PROCESS: Text("处理中", "In treatment"),
    Kind.DUMPED: Text("倾倒待清", "Dumped"),
    Kind.ORIGIN: Text("产生源", "Origin"),
    Kind.OUTSIDE: Text("平台以外", "Outside the platform"),
    Kind.USED: Text("已利用", "Used"),
    Kind.ENERGY: Text("能源利用", "Energy"),
    Kind.DISCHARGED: Text("排放与水分", "Discharged"),
    Kind.LANDFILLED: Text("已填埋", "Landfilled"),
    Kind.LOST: Text("灭失", "Lost"),
    Kind.DIFFERENCE: Text("磅差", "Weighing difference"),
    Kind.UNATTRIBUTED: Text("来源不明", "Unattributed"),
    Kind.STOCKTAKE: Text("盘点", "Stocktake"),
    Kind.OPENING: Text("期初", "Opening"),
}
EVIDENCE = {
    Evidence.SCALE: Text("称重", "Scale"),
    Evidence.WEIGHBRIDGE: Text("过磅", "Weighbridge"),
    Evidence.DECLARED: Text("填报", "Declared"),
    Evidence.ESTIMATED: Text("估算", "Estimated"),
    Evidence.STATISTICAL: Text("统计", "Statistical"),
    Evidence.DERIVED_BY_DIFFERENCE: Text("差额推算", "Derived by difference"),
}

_BOOKS = {
    "actual": Text("实际账", "Actual records"),
    "declared": Text("申报账", "Declared"),
    "synthetic": Text("合成数据账", "Synthetic records"),
}
_BOOK_PREFIXES = {
    "published": Text("公布数据", "Published"),
    "scenario": Text("情景", "Scenario"),
}


AGES = (
    Text("30天以内", "Up to 30 days"),
    Text("31–90天", "31–90 days"),
    Text("91–365天", "91–365 days"),
    Text("超过365天", "More than 365 days"),
)
"""The classes of age, in the order of `lots.grams_by_age`."""


def book_name(book: str) -> Text:
    """Give the words for a book: 公布数据 bda-2020 for ``published:bda-2020``; an unknown one as it is."""
    prefix, _, rest = book.partition(":")
    if not rest:
        return _BOOKS.get(book, Text(book, book))
    words = _BOOK_PREFIXES.get(prefix, Text(prefix, prefix))
    return Text(f"{words.zh} {rest}", f"{words.en} {rest}")


def is_published(book: str) -> bool:
    """Say whether a book holds what a government has published."""
    return book.startswith("published:")
