"""Tables whose rows are only added: what happened to cases, and what was said of questions."""

APPEND_ONLY = ("cases_event", "cases_turn")
