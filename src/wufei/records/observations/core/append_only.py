"""The tables of the room, by what may ever happen to their rows."""

from __future__ import annotations

APPEND_ONLY = ("observations_observation",)
"""Rows are added and stay as they are; migrations add nullable columns and nothing else."""
