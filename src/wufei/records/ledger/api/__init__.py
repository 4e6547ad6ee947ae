"""The ledger over HTTP: accounts, transfers, postings, closings, signed heads and proofs.

Errors become problem+json in `wufei.runtime.api`.
"""

from wufei.records.ledger.api.router import router

__all__ = ["router"]
