"""Checks that need only the posting itself, the catalogue and the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding
from wufei.kernel.ids import id_instant
from wufei.kernel.period import Period, Precision
from wufei.records.catalogue.core.conversions import Conversion
from wufei.records.ledger.core.accounts import BOUNDARY, FINISHABLE, AccountKey, Kind
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.steps import ALLOWED, ORIGIN_CHANGES, allowed_kinds
from wufei.records.ledger.core.transfers import Posting, Reason, Step, Transfer
from wufei.records.ledger.core.vocabulary import Vocabulary, is_unit, unit_grams

PPM = 1_000_000
AHEAD_MAX = timedelta(days=7)
TEXT_MAX = 200
# A million million tonnes: more than a country makes in a century, and sums stay within 64 bits.
GRAMS_MAX = 10**18
LOCAL = ZoneInfo("Asia/Shanghai")

_BOOK = re.compile(r"actual|declared|synthetic|(?:published|scenario):[A-Za-z0-9._-]{1,80}")
_KEPT = frozenset({Precision.INSTANT, Precision.DAY, Precision.MONTH, Precision.YEAR})
# The table has no partition for identifiers older than this.
_EARLIEST_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
# Nothing on the platform is older, and the driver cannot read back instants before the year 1.
_EARLIEST_AT = datetime(1900, 1, 1, tzinfo=UTC)
_QUANTITY_MIN = Decimal("1e-12")
_HALF_GRAM = Decimal("0.5")
_REF_KINDS = frozenset({Kind.TRANSIT, Kind.PROCESS})
_MAY_HAVE_REF = _REF_KINDS | {Kind.DUMPED}


@dataclass(frozen=True, slots=True)
class Rules:
    """What one posting is judged by besides the balances.

    Attributes
    ----------
    vocabulary : Vocabulary
        Codes in force.
    now : datetime
        The clock of the server.
    """

    vocabulary: Vocabulary
    now: datetime
    latest_id_s: float = field(init=False)
    """The latest clock that an identifier may carry, in seconds since 1970."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "latest_id_s", self.now.timestamp() + AHEAD_MAX.total_seconds())


def check_posting(posting: Posting, rules: Rules) -> list[Finding]:
    """List what is wrong with a posting, its transfers and its finished accounts.

    Parameters
    ----------
    posting : Posting
        As the writer made it.
    rules : Rules
        Catalogue and clock.
    """
    found: list[Finding] = []
    if not posting.transfers:
        found.append(finding("posting-empty", "transfers", ""))
    _check_id(posting.id, "id", rules, found)
    if posting.reason and posting.reason not in set(Reason):
        found.append(finding("unknown-reason", "reason", posting.reason, choices=", ".join(Reason)))
    for number, transfer in enumerate(posting.transfers, 1):
        found.extend(check_transfer(transfer, rules, f"transfer {number}"))
    if len(posting.transfers) > 1 or posting.finishes:
        found.extend(_check_together(posting))
    return found


def check_transfer(transfer: Transfer, rules: Rules, where: str = "transfer 1") -> list[Finding]:
    """List what is wrong with one transfer in itself."""
    found: list[Finding] = []
    # Each check adds to one list: this runs for every row of a bulk file.
    _check_id(transfer.id, f"{where}, id", rules, found)
    _check_mass(transfer, where, found)
    _check_amount(transfer, where, rules, found)
    _check_time(transfer, where, rules.now, found)
    _check_words(transfer, where, rules.vocabulary, found)
    _check_sides(transfer, where, found)
    return found


def account_defects(key: AccountKey, vocabulary: Vocabulary) -> list[tuple[str, str, object]]:
    """List what is wrong with an account's name, as (code, field, value)."""
    defects: list[tuple[str, str, object]] = []
    if not is_book(key.book):
        defects.append(("unknown-book", "book", key.book))
    if key.origin_sector not in vocabulary.sectors:
        defects.append(("unknown-sector", "origin_sector", key.origin_sector))
    if key.kind is Kind.PROCESS:
        if key.stream:
            defects.append(("process-with-stream", "stream", key.stream))
    elif key.stream not in vocabulary.streams:
        defects.append(("unknown-stream", "stream", key.stream))
    defects.extend(_ref_defects(key))
    if key.kind in BOUNDARY and (key.holder_id is not None or key.site_id is not None):
        defects.append(("boundary-with-holder", "holder_id", key.kind))
    return defects


def account_findings(
    defects: list[tuple[str, str, object]], where: str, vocabulary: Vocabulary
) -> list[Finding]:
    """Turn the defects of an account's name into Findings at a place."""
    choices = ", ".join(sorted(vocabulary.sectors))
    return [
        finding(code, f"{where}.{field}", value, choices=choices, limit=TEXT_MAX)
        for code, field, value in defects
    ]


def local_date(at: datetime) -> date:
    """The day in Asia/Shanghai."""
    return at.astimezone(LOCAL).date()


def is_book(text: str) -> bool:
    """Say whether a text names a book."""
    return _BOOK.fullmatch(text) is not None


def is_plain(text: str) -> bool:
    """Say whether a reference is short and printable, so that it can be shown and copied safely."""
    return not text or (len(text) <= TEXT_MAX and text.isprintable())


def _ref_defects(key: AccountKey) -> Iterator[tuple[str, str, object]]:
    if key.kind in _REF_KINDS and not key.ref:
        yield "ref-missing", "ref", key.kind
    if key.ref and key.kind not in _MAY_HAVE_REF:
        yield "ref-unexpected", "ref", key.kind
    if not is_plain(key.ref):
        yield "text-form", "ref", key.ref


def _check_id(identifier: UUID, where: str, rules: Rules, found: list[Finding]) -> None:
    # Version and clock are read from the integer, without making objects for every row of a bulk file.
    number = identifier.int
    instant_s = (number >> 80) / 1000
    if (number >> 76) & 0xF != 7:
        found.append(finding("id-not-v7", where, identifier))
    elif instant_s < _EARLIEST_S:
        found.append(finding("id-too-old", where, identifier))
    elif instant_s > rules.latest_id_s:
        found.append(finding("id-too-far-ahead", where, identifier, instant=_instant_text(identifier)))


def _instant_text(identifier: UUID) -> str:
    try:
        return id_instant(identifier).isoformat()
    except OverflowError:
        # The 48-bit clock of an identifier reaches further than the calendar does.
        return "> 9999-12-31"


def _check_mass(transfer: Transfer, where: str, found: list[Finding]) -> None:
    if transfer.grams <= 0:
        found.append(finding("grams-not-positive", f"{where}, grams", transfer.grams))
    elif transfer.grams > GRAMS_MAX:
        found.append(finding("grams-beyond-reason", f"{where}, grams", transfer.grams, limit=GRAMS_MAX))
    quantity = transfer.quantity
    if not (quantity.is_finite() and quantity > 0):
        found.append(finding("quantity-not-positive", f"{where}, quantity", quantity))
    elif not (_QUANTITY_MIN <= quantity <= GRAMS_MAX and +quantity == quantity):
        # Unary plus rounds to 28 digits: a longer number could not be told from its neighbour.
        found.append(finding("quantity-beyond-reason", f"{where}, quantity", f"{quantity:.3e}"))
    if not 0 <= transfer.uncertainty_ppm <= PPM:
        found.append(finding("uncertainty-bounds", f"{where}, uncertainty_ppm", transfer.uncertainty_ppm))
    dry = transfer.dry_share_ppm
    if dry is not None and not 0 <= dry <= PPM:
        found.append(finding("dry-share-bounds", f"{where}, dry_share_ppm", dry))


def _check_amount(transfer: Transfer, where: str, rules: Rules, found: list[Finding]) -> None:
    if transfer.conversion:
        factor = _converted(transfer, where, rules, found)
    elif not is_unit(transfer.unit):
        found.append(finding("unknown-unit", f"{where}, unit", transfer.unit))
        return
    else:
        factor = unit_grams(transfer.unit)
        if factor is None:
            found.append(finding("conversion-missing", f"{where}, conversion", transfer.unit))
    # Beyond the bounds nothing is multiplied: `_check_mass` has refused the quantity, which may be endless.
    if factor is None or not (transfer.quantity.is_finite() and -GRAMS_MAX <= transfer.quantity <= GRAMS_MAX):
        return
    # Half a gram: the declared quantity is converted to whole grams by rounding once.
    expected = transfer.quantity * factor
    if expected != transfer.grams and abs(expected - transfer.grams) > _HALF_GRAM:
        found.append(
            finding(
                "grams-differ-from-quantity",
                f"{where}, grams",
                transfer.grams,
                quantity=transfer.quantity,
                unit=transfer.unit,
                expected=f"{expected.normalize():f}",
            )
        )


def _converted(transfer: Transfer, where: str, rules: Rules, found: list[Finding]) -> Decimal | None:
    """Grams in one unit by the conversion that the transfer names."""
    conversion = rules.vocabulary.conversions.get(transfer.conversion)
    if conversion is None:
        found.append(finding("unknown-conversion", f"{where}, conversion", transfer.conversion))
        return None
    if not (conversion.unit == transfer.unit or is_unit(transfer.unit)):
        found.append(finding("unknown-unit", f"{where}, unit", transfer.unit))
    elif not _fits(conversion, transfer, rules.now):
        terms = {"stream": conversion.stream, "unit": conversion.unit, "on": conversion.effective_on}
        found.append(finding("conversion-does-not-fit", f"{where}, conversion", conversion.id, **terms))
    return conversion.grams_per_unit if conversion.unit == transfer.unit else None


def _fits(conversion: Conversion, transfer: Transfer, now: datetime) -> bool:
    stream, at = transfer.source.stream or transfer.target.stream, transfer.occurred_at
    # An instant that is refused in itself may lie where the calendar ends.
    dated = at.tzinfo is not None and _EARLIEST_AT <= at <= now + AHEAD_MAX
    return (conversion.stream, conversion.unit) == (stream, transfer.unit) and (
        not dated or conversion.effective_on <= local_date(at)
    )


def _check_time(transfer: Transfer, where: str, now: datetime, found: list[Finding]) -> None:
    at = transfer.occurred_at
    if transfer.precision not in _KEPT:
        found.append(finding("precision-not-kept", f"{where}, precision", transfer.precision))
    if at.tzinfo is None:
        found.append(finding("time-zone-missing", f"{where}, occurred_at", at.isoformat()))
    elif at < _EARLIEST_AT:
        limit = _EARLIEST_AT.date()
        found.append(finding("date-too-early", f"{where}, occurred_at", at.isoformat(), limit=limit))
    elif at > now and (transfer.precision is Precision.INSTANT or at >= _tomorrow(now)):
        found.append(
            finding(
                "future-date", f"{where}, occurred_at", at.isoformat(), now=now.isoformat(timespec="minutes")
            )
        )


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(local_date(now) + timedelta(days=1), time(0), LOCAL)


def _check_words(transfer: Transfer, where: str, vocabulary: Vocabulary, found: list[Finding]) -> None:
    method = transfer.method
    if method:
        if method not in vocabulary.methods:
            found.append(finding("unknown-method", f"{where}, method", method))
    elif transfer.step is Step.TREAT_IN:
        found.append(finding("method-missing", f"{where}, method", ""))
    if not is_plain(transfer.document):
        found.append(finding("text-form", f"{where}, document", transfer.document, limit=TEXT_MAX))
    if transfer.amends_period and not _is_period(transfer.amends_period):
        found.append(finding("period-form", f"{where}, amends_period", transfer.amends_period))


def _is_period(text: str) -> bool:
    """Say whether it is a period as it is written; nothing is closed, and so amended, by half years."""
    try:
        period = Period.parse(text)
    except InputError:
        return False
    return str(period) == text and period.precision is not Precision.HALF


def _check_sides(transfer: Transfer, where: str, found: list[Finding]) -> None:
    # A reversal is judged in the direction of the transfer that it takes back.
    source, target = original_sides(transfer)
    if (transfer.step, source.kind, target.kind) not in ALLOWED:
        found.append(
            finding(
                "kinds-not-allowed",
                f"{where}, step",
                transfer.step,
                source=source.kind,
                target=target.kind,
                choices=", ".join(f"{a} → {b}" for a, b in allowed_kinds(transfer.step)),
            )
        )
    if source.stream != target.stream and Kind.PROCESS is not source.kind and Kind.PROCESS is not target.kind:
        found.append(finding("stream-changes", f"{where}, stream", source.stream, other=target.stream))
    elif source == target:
        found.append(finding("same-account", f"{where}, target", target.kind))
    if source.book != target.book:
        found.append(finding("books-mixed", f"{where}, book", f"{source.book}, {target.book}"))
    same = source.origin_region_id == target.origin_region_id and source.origin_sector == target.origin_sector
    if not same and transfer.step not in ORIGIN_CHANGES:
        found.append(finding("origin-changes", f"{where}, origin", _origin(source), other=_origin(target)))
    maker = _maker(transfer.step, source, target)
    if maker is not None and maker.region_id != maker.origin_region_id:
        found.append(
            finding("origin-elsewhere", f"{where}, origin", maker.origin_region_id, other=maker.region_id)
        )


def _maker(step: Step, source: AccountKey, target: AccountKey) -> AccountKey | None:
    """The account where a step makes waste: its region is the origin, so nobody makes another's waste."""
    if step is Step.GENERATE:
        return target if source.region_id == source.origin_region_id else source
    if step is Step.NEW_WASTE:
        return target
    return source if step is Step.ATTRIBUTE_DUMP else None


def original_sides(transfer: Transfer) -> tuple[AccountKey, AccountKey]:
    """Source and target as they stood before any reversal exchanged them."""
    if transfer.reverses is None:
        return transfer.source, transfer.target
    return transfer.target, transfer.source


def _origin(key: AccountKey) -> tuple[int, str]:
    return key.origin_region_id, key.origin_sector


def _check_together(posting: Posting) -> Iterator[Finding]:
    books = {transfer.source.book for transfer in posting.transfers} | {a.book for a in posting.finishes}
    if len(books) > 1:
        yield finding("books-mixed", "book", ", ".join(sorted(books)))
    seen: set[UUID] = set()
    for number, transfer in enumerate(posting.transfers, 1):
        if transfer.id in seen:
            yield finding("id-twice", f"transfer {number}, id", transfer.id)
        seen.add(transfer.id)
    for number, key in enumerate(posting.finishes, 1):
        if key.kind not in FINISHABLE:
            yield finding("finish-kind", f"finish {number}", key.kind)
