"""Reads and writes of the ledger's interface."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from ninja import Path, Query, Router

from wufei.kernel.errors import InputError
from wufei.kernel.period import Period
from wufei.kernel.text import Text
from wufei.records.ledger import queries, services
from wufei.records.ledger.api.schemas import (
    AccountOut,
    AccountsOut,
    ClosingFiguresOut,
    ClosingIn,
    ClosingOut,
    ClosingsOut,
    HeadsOut,
    Number,
    PostingIn,
    PostingOut,
    ProofOut,
    ReceiptOut,
    RefusedOut,
    ReversalIn,
    TransferOut,
    TransfersOut,
)
from wufei.records.ledger.core.accounts import Kind
from wufei.records.ledger.core.as_json import (
    Json,
    account_json,
    closing_json,
    posting_json,
    receipt_json,
    transfer_json,
)
from wufei.records.ledger.core.heads import heads_text
from wufei.records.ledger.core.proofs import proof_text
from wufei.records.ledger.core.rows import Receipt
from wufei.runtime.access.services import ScopedRequest
from wufei.runtime.api.core import PROBLEM_MEDIA_TYPE, problem_of
from wufei.runtime.clock import now
from wufei.runtime.identity.queries import find_region

router = Router(tags=["ledger"])

RECEIPTS = {200: ReceiptOut, 422: RefusedOut}
Limit = Annotated[int, Query(ge=1, le=1000, description="rows of a page")]
After = Annotated[str | None, Query(description="what the page before ended with")]
Below = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="the number the page before ended with")]
_REFUSED = Text(
    "没有写入任何内容。请按所列各条修改后重新提交。",
    "Nothing was written. Mend what is listed and send it again.",
)


@router.get(
    "/accounts",
    response=AccountsOut,
    summary="Accounts of a book in a region",
    openapi_extra={"x-access": "ledger.read"},
)
def list_accounts(
    request: ScopedRequest,
    book: str,
    region: str,
    kind: Kind | None = None,
    after: After = None,
    limit: Limit = 100,
) -> Json:
    """List the accounts in a region and below it, in the order they were opened.

    ``region`` is a key, a code or a name.
    """
    found = queries.accounts(
        request.scope, book=book, region_id=find_region(region).id, kind=kind, limit=limit, after=after
    )
    return {"accounts": [account_json(row) for row in found.rows], "after": found.after}


@router.get(
    "/accounts/{account_id}",
    response=AccountOut,
    summary="One account",
    openapi_extra={"x-access": "ledger.read"},
)
def get_account(request: ScopedRequest, account_id: Annotated[Number, Path()]) -> Json:
    """Give one account with its current balance."""
    return account_json(queries.get_account(request.scope, account_id))


@router.get(
    "/accounts/{account_id}/transfers",
    response=TransfersOut,
    summary="Transfers of an account",
    openapi_extra={"x-access": "ledger.read"},
)
def list_account_transfers(
    request: ScopedRequest, account_id: Annotated[Number, Path()], after: After = None, limit: Limit = 100
) -> Json:
    """List the transfers into and out of an account, the latest identifier first."""
    queries.get_account(request.scope, account_id)
    found = queries.account_transfers(request.scope, account_id, limit=limit, after=after)
    return {"transfers": [transfer_json(row) for row in found.rows], "after": found.after}


@router.get(
    "/transfers/{transfer_id}",
    response=TransferOut,
    summary="One transfer",
    openapi_extra={"x-access": "ledger.read"},
)
def get_transfer(request: ScopedRequest, transfer_id: UUID) -> Json:
    """Give one transfer with all that it carries."""
    return transfer_json(queries.get_transfer(request.scope, transfer_id))


@router.get(
    "/transfers/{transfer_id}/proof",
    response=ProofOut,
    summary="The proof that a transfer is sealed",
    openapi_extra={"x-access": "ledger.read"},
)
def get_proof(request: ScopedRequest, transfer_id: UUID) -> HttpResponse:
    """Give the file that anybody checks without the database; 404 while the transfer waits to be sealed."""
    return HttpResponse(
        proof_text(queries.prove(request.scope, transfer_id)), content_type="application/json"
    )


@router.post(
    "/transfers/{transfer_id}/reversal",
    response=RECEIPTS,
    summary="Take a transfer back",
    openapi_extra={"x-access": "ledger.post"},
)
def reverse_transfer(request: ScopedRequest, transfer_id: UUID, wanted: ReversalIn) -> HttpResponse:
    """Post the reversal of a transfer, whose record stays.

    409 if it was taken back before or is a reversal itself.
    """
    receipt = services.reverse(
        request.scope, transfer_id, reason=wanted.reason, amends_period=wanted.amends_period, now=now()
    )
    return _answer(request, receipt)


@router.get(
    "/postings/{posting_id}",
    response=PostingOut,
    summary="One posting",
    openapi_extra={"x-access": "ledger.read"},
)
def get_posting(request: ScopedRequest, posting_id: UUID) -> Json:
    """Give what was written together."""
    return posting_json(queries.get_posting(request.scope, posting_id))


@router.post(
    "/postings", response=RECEIPTS, summary="Post transfers", openapi_extra={"x-access": "ledger.post"}
)
def create_posting(request: ScopedRequest, wanted: PostingIn) -> HttpResponse:
    """Write a posting: all of it, or nothing.

    200 ``posted``, or ``repeated`` if the same was posted before; 409 if the identifier stands for other
    content; 422 with the Findings that refuse it; 403 on accounts that are not yours.
    """
    return _answer(request, services.post(request.scope, wanted.posting(), now=now()))


@router.get(
    "/closings",
    response=ClosingsOut,
    summary="Closed periods",
    openapi_extra={"x-access": "ledger.close|audit.read"},
)
def list_closings(request: ScopedRequest, below: Below = None, limit: Limit = 100) -> Json:
    """List the closings of one's own region or firm, the last one first; ``after`` goes into ``below``."""
    found = queries.closings_within(request.scope, limit=limit, below=below)
    return {"closings": [closing_json(row) for row in found.rows], "after": found.after}


@router.post(
    "/closings", response=ClosingOut, summary="Close a period", openapi_extra={"x-access": "ledger.close"}
)
def create_closing(request: ScopedRequest, wanted: ClosingIn) -> Json:
    """Close a period that is over, for a region or for one's own firm; it cannot be undone.

    409 if it is closed already, or while something that was recorded waits to be sealed.
    """
    closing = services.close_period(
        request.scope,
        book=wanted.book,
        period=Period.parse(wanted.period),
        region_id=wanted.region_id,
        party_id=wanted.party_id,
        grouping=wanted.grouping,
        now=now(),
    )
    return closing_json(closing)


@router.get(
    "/closings/{closing_id}",
    response=ClosingFiguresOut,
    summary="A closing, published and revised",
    openapi_extra={"x-access": "ledger.close|audit.read"},
)
def get_closing(request: ScopedRequest, closing_id: Annotated[Number, Path()], limit: Limit = 100) -> Json:
    """Give the figures of a closed period as published and as revised, and what came in later."""
    closing = queries.own_closing(request.scope, closing_id)
    amending = queries.amending_transfers(request.scope, closing_id, limit=limit)
    flows = queries.closed_flows(request.scope, closing_id)
    return {
        **closing_json(closing),
        "flows": [{name: getattr(flow, name) for name in type(flow).__slots__} for flow in flows],
        "amending": [transfer_json(row) for row in amending.rows],
        "amending_after": amending.after,
    }


@router.get(
    "/heads", response=HeadsOut, summary="Signed heads of the log", openapi_extra={"x-access": "ledger.read"}
)
def list_heads(request: ScopedRequest, below: Below = None, limit: Limit = 100) -> HttpResponse:
    """Give the latest signed heads; ``below`` is the size that the page before ended with."""
    found = queries.heads(request.scope, limit=limit, below=below)
    return HttpResponse(heads_text(found), content_type="application/json")


def _answer(request: ScopedRequest, receipt: Receipt) -> HttpResponse:
    """Answer with the receipt; a refusal is a problem that carries its Findings."""
    said = receipt_json(receipt, request.scope.language)
    if receipt.outcome != "refused":
        return JsonResponse(said, json_dumps_params={"ensure_ascii": False})
    problem = problem_of(InputError("ledger.refused", "", "", _REFUSED))
    return JsonResponse(
        problem.as_json(request.scope.language, request.path) | said,
        status=problem.status,
        content_type=PROBLEM_MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
