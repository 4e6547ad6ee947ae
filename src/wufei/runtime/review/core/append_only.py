"""The tables of review to whose rows nothing ever happens."""

from __future__ import annotations

APPEND_ONLY = ("review_move",)
"""Rows are added and stay as they are; migrations add nullable columns."""
