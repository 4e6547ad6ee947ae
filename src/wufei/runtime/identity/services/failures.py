"""Failed attempts to prove who one is: counted, so that guessing ends soon."""

from __future__ import annotations

from datetime import datetime

from django.db import connections

from wufei.runtime.identity.core.sessions import LOCK_WINDOW, failure_name
from wufei.runtime.identity.models import SignInFailure

NO_ADDRESS = "::"
"""Stands for a failure that no address is to blame for; nobody can have it."""


def note_failure(*, username: str, address: str, at: datetime) -> None:
    """Count a failed sign-in; those that lock nobody any more are forgotten."""
    SignInFailure.objects.filter(failed_at__lte=at - LOCK_WINDOW).delete()
    SignInFailure.objects.create(username=failure_name(username), address=address, failed_at=at)


def note_failure_aside(*, username: str, at: datetime) -> None:
    """Count a failure beside the present transaction.

    Whoever asked for the check may raise afterwards, and what the request wrote is rolled back: the count
    must stay, or guessing would never end. It goes over a connection of its own, opened for this.
    """
    aside = connections["default"].copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_signinfailure (username, address, failed_at) VALUES (%s, %s, %s)",
                [failure_name(username), NO_ADDRESS, at],
            )
    finally:
        aside.close()


def forget_failures(*, username: str) -> None:
    """Start the count of an account anew, after its person has signed in; that of the address goes on."""
    SignInFailure.objects.filter(username=failure_name(username)).delete()
