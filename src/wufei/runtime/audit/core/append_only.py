"""Tables whose rows stay as they are: the log is never changed, and only goes when its time is over."""

APPEND_ONLY = ("audit_event",)
