"""What happens to an entry of a form that is reviewed: it is submitted as it is entered."""

from __future__ import annotations

from wufei.runtime.review.services.entries import submit_entry

AFTER_ENTRY = (submit_entry,)
