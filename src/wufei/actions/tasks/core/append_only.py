"""Tables whose rows are only added: what happened to tasks, and how far projects were on a day."""

APPEND_ONLY = ("tasks_event", "tasks_projectstate")
