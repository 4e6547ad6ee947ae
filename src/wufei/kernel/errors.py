"""The tree of errors that Wufei raises.

::

    WufeiError
    ├── InputError       what was entered cannot be used: field, value, rule and fix are in the message
    ├── NotFoundError    the thing named does not exist, or not for this person
    ├── ConflictError    what was asked contradicts what is already recorded
    ├── AccessError      this person may not do this here
    ├── ExternalError    something outside did not answer; trying again may help
    └── InvariantError   a bug of ours; caught only at the process edge

Defects in rows of a document are not raised: they are `wufei.kernel.findings.Finding` values.
"""

from __future__ import annotations

from wufei.kernel.text import Text


class WufeiError(Exception):
    """Root of all errors with a message for people in two languages."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(f"{code}: {message.zh}" + (f" / {message.en}" if message.en else ""))
        self.code = code
        self.message = message


class InputError(WufeiError):
    """What was entered cannot be used.

    Parameters
    ----------
    code : str
        Stable key of the rule, such as ``units.unknown``.
    field : str
        The place: a field, a column, or a path in a data file.
    value : object
        What was found there.
    message : Text
        Value, rule and fix, for people.
    """

    def __init__(self, code: str, field: str, value: object, message: Text) -> None:
        super().__init__(code, message)
        self.field = field
        self.value = value


class NotFoundError(WufeiError):
    """A thing that was named does not exist, or is not visible to this person."""

    def __init__(self, kind: str, key: object, hint: Text | None = None) -> None:
        tail = hint or Text("")
        super().__init__(
            f"{kind}.not-found",
            Text(f"找不到 {kind}“{key}”。{tail.zh}", f"No {kind} “{key}” was found. {tail.en}".strip()),
        )
        self.kind = kind
        self.key = key
        self.hint = tail


class ConflictError(WufeiError):
    """What was asked contradicts a record that already stands."""


class AccessError(WufeiError):
    """What was asked is not allowed to this person, or not here."""

    def __init__(self, action: str, message: Text | None = None) -> None:
        super().__init__(
            "access.refused",
            message
            or Text(
                f"当前身份不能执行“{action}”。请切换身份，或联系本区无废办开通。",
                f"Your present role may not “{action}”. Switch roles, or ask the district office for access.",
            ),
        )
        self.action = action


class ExternalError(WufeiError):
    """Something outside this program did not answer as it should; trying again may help."""


class InvariantError(WufeiError):
    """A state that must not exist was met: a bug, not a mistake of the user."""
