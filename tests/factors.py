"""A second factor for people of the tests, set up as they do it themselves."""

from __future__ import annotations

from datetime import datetime

from wufei.runtime import clock
from wufei.runtime.identity.core.totp import hotp, step_at
from wufei.runtime.identity.models import User
from wufei.runtime.identity.services import begin_second_factor, confirm_second_factor


def code_of_new_factor(user_id: int, at: datetime) -> str:
    """Set up a second factor and give a code that is good at an instant, once."""
    secret = begin_second_factor(user_id=user_id)
    confirm_second_factor(user_id=user_id, code=hotp(secret, step_at(at) - 1), at=at)
    return hotp(secret, step_at(at))


def code_of(name: str) -> str:
    """Set up a second factor for whoever has a name, and give a code that is good now, once."""
    return code_of_new_factor(User.objects.get(username=name).id, clock.now())
