"""Tables of the room; other rooms use its services and queries."""

from wufei.runtime.identity.models.credentials import (
    ApiKey,
    Contact,
    Invitation,
    OidcLink,
    RecoveryCode,
    SecondFactor,
    Session,
)
from wufei.runtime.identity.models.membership import (
    Department,
    Mandate,
    Membership,
    Party,
    Region,
    SignInFailure,
    User,
)

__all__ = [
    "ApiKey",
    "Contact",
    "Department",
    "Invitation",
    "Mandate",
    "Membership",
    "OidcLink",
    "Party",
    "RecoveryCode",
    "Region",
    "SecondFactor",
    "Session",
    "SignInFailure",
    "User",
]
