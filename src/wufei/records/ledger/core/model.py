"""The ledger in memory: decides posting by posting, in order, what is accepted.

The services fill it with what the database knows about the accounts and identifiers at hand, let it decide,
and write what it accepted; so a bulk load gives by construction the result of posting one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from wufei.kernel.findings import Finding, has_error
from wufei.records.ledger.core.accounts import BALANCED, AccountKey, Kind, account_text
from wufei.records.ledger.core.checks import Rules, account_defects, account_findings, check_posting
from wufei.records.ledger.core.closing import Closing, closed_findings
from wufei.records.ledger.core.history import History
from wufei.records.ledger.core.messages import finding
from wufei.records.ledger.core.rows import Receipt
from wufei.records.ledger.core.transfers import Posting, Step, Transfer, hash_of_lines, transfer_text


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
    learned : bool
        What the database knows of the account is here, and its balance is locked.
    stored : bool
        The database knew the account when it was asked.
    history : dict
        Past masses by step, of the steps that were asked for.
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
    learned: bool = False
    stored: bool = False
    history: dict[Step, History] = field(default_factory=dict)


_OWNED = frozenset({Kind.STOCK, Kind.PROCESS, Kind.DUMPED})

Sides = tuple[AccountState, AccountState, Transfer]


@dataclass(slots=True)
class Case:
    """A posting with its accounts looked up, its content hashed, and what is wrong with it by itself."""

    posting: Posting
    sides: tuple[Sides, ...]
    finishes: tuple[AccountState, ...]
    content: bytes
    findings: tuple[Finding, ...]

    def states(self) -> Iterator[AccountState]:
        """Give the accounts that it names, each as often as it does."""
        for source, target, _ in self.sides:
            yield source
            yield target
        yield from self.finishes


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
        Ids of postings and transfers that exist but need not be known further.
    reversed_ids : set of UUID
        Transfers that have been taken back.
    closings : tuple of Closing
        Closed periods that the postings at hand may fall into.
    may_amend : bool
        Whether the writer's role may change closed periods.
    """

    rules: Rules
    accounts: dict[AccountKey, AccountState] = field(default_factory=dict)
    postings: dict[UUID, bytes] = field(default_factory=dict)
    transfers: dict[UUID, Transfer] = field(default_factory=dict)
    taken: set[UUID] = field(default_factory=set)
    reversed_ids: set[UUID] = field(default_factory=set)
    closings: tuple[Closing, ...] = ()
    may_amend: bool = True

    def account(self, key: AccountKey) -> AccountState:
        """Give the state of an account, an empty one if it was never used."""
        state = self.accounts.get(key)
        if state is None:
            defects = account_defects(key, self.rules.vocabulary)
            state = AccountState(key, account_text(key), key.kind in BALANCED, defects)
            self.accounts[key] = state
        return state

    def case(self, posting: Posting) -> Case:
        """Prepare a posting: everything about it that depends on no other posting and no balance."""
        account = self.account
        sides = tuple([(account(one.source), account(one.target), one) for one in posting.transfers])
        finishes = tuple(account(key) for key in posting.finishes) if posting.finishes else ()
        lines = [transfer_text(one, source.text, target.text) for source, target, one in sides]
        content = hash_of_lines(posting, lines, [state.text for state in finishes])
        return Case(posting, sides, finishes, content, tuple(check_posting(posting, self.rules)))

    def post(self, posting: Posting) -> Receipt:
        """Judge one posting and, if it stands, apply it; ``refused`` leaves the model as it was."""
        return self.judge(self.case(posting))

    def judge(self, case: Case) -> Receipt:
        """`post` for a case that has been prepared."""
        posting = case.posting
        known = self.postings.get(posting.id)
        if known is not None:
            if known == case.content:
                return Receipt(posting.id, "repeated")
            return _refused(posting, [finding("id-with-other-content", "id", posting.id)])
        findings = list(case.findings)
        self._check_accounts(case, findings)
        self._check_identity(posting, findings)
        if findings and has_error(findings):
            return _refused(posting, findings)
        if self.closings or any(transfer.amends_period for transfer in posting.transfers):
            findings.extend(closed_findings(posting, self.closings, may_amend=self.may_amend))
            if has_error(findings):
                return _refused(posting, findings)
        findings.extend(self._move(case))
        if findings and has_error(findings):
            return _refused(posting, findings)
        self._remember(case)
        return Receipt(posting.id, "posted", tuple(findings))

    def _check_accounts(self, case: Case, found: list[Finding]) -> None:
        for number, (source, target, _) in enumerate(case.sides, 1):
            self._check_account(source, f"transfer {number}, source", found)
            self._check_account(target, f"transfer {number}, target", found)
            outside = _outside(source, target)
            if outside is not None:
                found.append(finding("outside-scope", f"transfer {number}", outside.key.kind))
        for number, state in enumerate(case.finishes, 1):
            self._check_account(state, f"finish {number}", found)
            # Who feeds or empties a leg may finish it; a run is finished by whoever it belongs to.
            moved = any(state is one for source, target, _ in case.sides for one in (source, target))
            if not state.reachable and (state.key.kind in _OWNED or not moved):
                found.append(finding("outside-scope", f"finish {number}", state.key.kind))

    def _check_account(self, state: AccountState, where: str, found: list[Finding]) -> None:
        if state.defects:
            found.extend(account_findings(state.defects, where, self.rules.vocabulary))
        if state.finished:
            found.append(finding("account-finished", where, state.key.kind))

    def _check_identity(self, posting: Posting, found: list[Finding]) -> None:
        going: set[UUID] = set()
        # A posting of that id would be known: what bears it is a transfer of another.
        if posting.id in self.transfers or posting.id in self.taken:
            found.append(finding("id-with-other-content", "id", posting.id))
        for number, transfer in enumerate(posting.transfers, 1):
            if transfer.id in self.transfers or transfer.id in self.taken or transfer.id in self.postings:
                found.append(finding("id-with-other-content", f"transfer {number}, id", transfer.id))
            if transfer.reverses is not None:
                code = self._reversal_defect(transfer, transfer.reverses, going)
                if code:
                    found.append(finding(code, f"transfer {number}, reverses", transfer.reverses))
                going.add(transfer.reverses)

    def _reversal_defect(self, transfer: Transfer, reverses: UUID, going: set[UUID]) -> str:
        original = self.transfers.get(reverses)
        if original is None:
            return "reversal-unknown"
        if original.reverses is not None:
            return "reversal-of-reversal"
        if reverses in self.reversed_ids or reverses in going:
            return "reversal-twice"
        return "" if transfer == reversal_of(original, transfer) else "reversal-differs"

    def _move(self, case: Case) -> list[Finding]:
        """Move the grams; a posting is judged by its end, so a later line may feed an earlier one."""
        for source, target, transfer in case.sides:
            source.balance_g -= transfer.grams
            target.balance_g += transfer.grams
        found = _check_balances(case)
        if found and has_error(found):
            for source, target, transfer in case.sides:
                source.balance_g += transfer.grams
                target.balance_g -= transfer.grams
            return found
        found.extend(_jumps(case.sides))
        return found

    def _remember(self, case: Case) -> None:
        self.postings[case.posting.id] = case.content
        for source, target, transfer in case.sides:
            self.transfers[transfer.id] = transfer
            if transfer.reverses is not None:
                self.reversed_ids.add(transfer.reverses)
            elif (stock := stock_side(source, target)) is not None:
                history = stock.history.get(transfer.step)
                if history is None:
                    history = stock.history[transfer.step] = History()
                history.add(transfer.grams)
        for state in case.finishes:
            state.finished = True


def _check_balances(case: Case) -> list[Finding]:
    found: list[Finding] = []
    for number, (source, _, _) in enumerate(case.sides, 1):
        if source.balance_g < 0 and source.balanced:
            before_g = source.balance_g - _net_g(source, case.sides)
            code = "stock-below-zero" if source.strict else "tolerant-stock-below-zero"
            where = f"transfer {number}, source"
            found.append(finding(code, where, before_g, missing=-source.balance_g))
    for number, state in enumerate(case.finishes, 1):
        if state.balance_g:
            found.append(finding("finish-not-empty", f"finish {number}", state.balance_g))
    return found


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


def _net_g(account: AccountState, sides: tuple[Sides, ...]) -> int:
    return sum(
        transfer.grams * ((target is account) - (source is account)) for source, target, transfer in sides
    )


def _jumps(sides: tuple[Sides, ...]) -> list[Finding]:
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
