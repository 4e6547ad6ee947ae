"""The tables of signing to whose rows nothing ever happens."""

from __future__ import annotations

APPEND_ONLY = ("signing_signature",)
"""Rows are added and stay as they are, also for whoever owns the tables; migrations add nullable columns."""
