"""The ledger in memory: decides posting by posting, in order, what is accepted.

The services fill it with what the database knows about the accounts and identifiers at hand, let it decide,
and write what it accepted; so a bulk load gives by construction the result of posting one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from wufei.kernel.findings import Finding, has_error
from wufei.records.ledger.core.accounts import BALANCED, AccountKey, Kind, account_text
from wufei.records.ledger.core.checks import Rules, account_defects, account_findings, check_posting
from wufei.records.ledger.core.history import History
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, content_hash


@dataclass(slots=True)
class AccountState:
    """What is known of one account while postings are judged.

    Attributes
    ----------
    balance_g : int
        Current mass; for boundary accounts only the change since the model began.
    strict : bool
        Whether the balance may never go below zero; False for sites that report late.
    reachable : bool
        Whether the writer's scope covers the account.
    id : int, optional
        Number in the database; None while the account is not stored.
    """

    key: AccountKey
    text: str
    balanced: bool
    defects: list[tuple[str, str, object]]
    balance_g: int = 0
    finished: bool = False
    strict: bool = True
    reachable: bool = True
    id: int | None = None
    history: dict[Step, History] = field(default_factory=dict)


_OWNED = frozenset({Kind.STOCK, Kind.PROCESS, Kind.DUMPED})

Sides = tuple[AccountState, AccountState, Transfer]


@dataclass(slots=True)
class Ledger:
    """Accounts, identifiers and reversals that are known so far.

    Attributes
    ----------
    rules : Rules
        Catalogue and clock.
    accounts : dict
        State by key, made on first use.
    postings : dict
        Content hash by posting id.
    transfers : dict
        Accepted transfers by id.
    taken : set of UUID
        Ids of transfers that exist but need not be known further.
    reversed_ids : set of UUID
        Transfers that have been taken back.
    """

    rules: Rules
    accounts: dict[AccountKey, AccountState] = field(default_factory=dict)
    postings: dict[UUID, bytes] = field(default_factory=dict)
    transfers: dict[UUID, Transfer] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)
    reversed_ids: set[UUID] = field(default_factory=set)

    def account(self, key: AccountKey) -> AccountState:
        """Give the state of an account, an empty one if it was never used."""
        state = self.accounts.get(key)
        if state is None:
            defects = account_defects(key, self.rules.vocabulary)
            state = AccountState(key, account_text(key), key.kind in BALANCED, defects)
            self.accounts[key] = state
        return state

    def sides(self, posting: Posting) -> list[Sides]:
        """Look up the two accounts of each transfer once."""
        account = self.account
        return [(account(one.source), account(one.target), one) for one in posting.transfers]

    def content_hash(self, posting: Posting) -> bytes:
        """`content_hash` with the accounts' texts remembered."""
        return content_hash(posting, lambda key: self.account(key).text)

    def post(self, posting: Posting, content: bytes | None = None) -> Receipt:
        """Judge one posting and, if it stands, apply it.

        Parameters
        ----------
        posting : Posting
            Any content.
        content : bytes, optional
            Its `content_hash`, if already known.

        Returns
        -------
        Receipt
            ``refused`` leaves the model as it was.
        """
        content = content or self.content_hash(posting)
        known = self.postings.get(posting.id)
        if known is not None:
            if known == content:
                return Receipt(posting.id, "repeated")
            return _refused(posting, [finding("id-with-other-content", "id", posting.id)])
        sides = self.sides(posting)
        findings = check_posting(posting, self.rules)
        findings.extend(self._check_accounts(sides))
        findings.extend(self._check_identity(posting))
        if has_error(findings):
            return _refused(posting, findings)
        findings.extend(self._move(posting, sides))
        if has_error(findings):
            return _refused(posting, findings)
        self._remember(posting, sides, content)
        return Receipt(posting.id, "posted", tuple(findings))

    def _check_accounts(self, sides: list[Sides]) -> list[Finding]:
        found: list[Finding] = []
        for number, (source, target, _) in enumerate(sides, 1):
            for state, name in ((source, "source"), (target, "target")):
                where = f"transfer {number}, {name}"
                if state.defects:
                    found.extend(account_findings(state.defects, where, self.rules.vocabulary))
                if state.finished:
                    found.append(finding("account-finished", where, state.key.kind))
            outside = _outside(source, target)
            if outside is not None:
                found.append(finding("outside-scope", f"transfer {number}", outside.key.kind))
        return found

    def _check_identity(self, posting: Posting) -> list[Finding]:
        found: list[Finding] = []
        going: set[UUID] = set()
        for number, transfer in enumerate(posting.transfers, 1):
            if transfer.id in self.transfers or transfer.id in self.taken:
                found.append(finding("id-with-other-content", f"transfer {number}, id", transfer.id))
            if transfer.reverses is not None:
                code = self._reversal_defect(transfer, transfer.reverses, going)
                if code:
                    found.append(finding(code, f"transfer {number}, reverses", transfer.reverses))
                going.add(transfer.reverses)
        for number, key in enumerate(posting.finishes, 1):
            if self.account(key).finished:
                found.append(finding("account-finished", f"finish {number}", key.kind))
        return found

    def _reversal_defect(self, transfer: Transfer, reverses: UUID, going: set[UUID]) -> str:
        original = self.transfers.get(reverses)
        if original is None:
            return "reversal-unknown"
        if original.reverses is not None:
            return "reversal-of-reversal"
        if reverses in self.reversed_ids or reverses in going:
            return "reversal-twice"
        return "" if transfer == reversal_of(original, transfer) else "reversal-differs"

    def _move(self, posting: Posting, sides: list[Sides]) -> list[Finding]:
        """Move the grams; a posting is judged by its end, so a later line may feed an earlier one."""
        for source, target, transfer in sides:
            source.balance_g -= transfer.grams
            target.balance_g += transfer.grams
        found = self._check_balances(posting, sides)
        if has_error(found):
            for source, target, transfer in sides:
                source.balance_g += transfer.grams
                target.balance_g -= transfer.grams
            return found
        found.extend(_jumps(sides))
        return found

    def _check_balances(self, posting: Posting, sides: list[Sides]) -> list[Finding]:
        found: list[Finding] = []
        for number, (source, _, _) in enumerate(sides, 1):
            if source.balanced and source.balance_g < 0:
                before_g = source.balance_g - _net_g(source, sides)
                where = f"transfer {number}, source"
                code = "stock-below-zero" if source.strict else "tolerant-stock-below-zero"
                found.append(finding(code, where, before_g, missing=-source.balance_g))
        for number, key in enumerate(posting.finishes, 1):
            rest_g = self.account(key).balance_g
            if rest_g:
                found.append(finding("finish-not-empty", f"finish {number}", rest_g))
        return found

    def _remember(self, posting: Posting, sides: list[Sides], content: bytes) -> None:
        self.postings[posting.id] = content
        for source, target, transfer in sides:
            self.transfers[transfer.id] = transfer
            if transfer.reverses is not None:
                self.reversed_ids.add(transfer.reverses)
            elif (stock := stock_side(source, target)) is not None:
                history = stock.history.get(transfer.step)
                if history is None:
                    history = stock.history[transfer.step] = History()
                history.add(transfer.grams)
        for key in posting.finishes:
            self.account(key).finished = True


def stock_side(source: AccountState, target: AccountState) -> AccountState | None:
    """The stock whose usual masses a transfer is compared with: where it leaves, else where it arrives."""
    if source.key.kind is Kind.STOCK:
        return source
    return target if target.key.kind is Kind.STOCK else None


def _outside(source: AccountState, target: AccountState) -> AccountState | None:
    """The account that keeps a writer out: anyone's own mass, or both sides if neither is the writer's.

    A leg is fed by its sender and emptied by its receiver, and boundaries belong to nobody.
    """
    if source.reachable and target.reachable:
        return None
    for state in (source, target):
        if not state.reachable and state.key.kind in _OWNED:
            return state
    return None if source.reachable or target.reachable else source


def reversal_of(original: Transfer, like: Transfer) -> Transfer:
    """The one transfer that takes `original` back, under the identifier of `like`."""
    return replace(
        original,
        id=like.id,
        source=original.target,
        target=original.source,
        reverses=original.id,
        amends_period=like.amends_period,
    )


def _refused(posting: Posting, findings: list[Finding]) -> Receipt:
    return Receipt(posting.id, "refused", tuple(findings))


def _net_g(account: AccountState, sides: list[Sides]) -> int:
    return sum(
        transfer.grams * ((target is account) - (source is account)) for source, target, transfer in sides
    )


def _jumps(sides: list[Sides]) -> list[Finding]:
    found: list[Finding] = []
    for number, (source, target, transfer) in enumerate(sides, 1):
        stock = stock_side(source, target) if transfer.reverses is None else None
        history = stock.history.get(transfer.step) if stock else None
        usual_g = history.jump_from(transfer.grams) if history else None
        if history and usual_g is not None:
            found.append(
                finding(
                    "mass-jump",
                    f"transfer {number}, grams",
                    transfer.grams,
                    median=f"{usual_g:.0f}",
                    count=len(history.masses_g),
                )
            )
    return found
