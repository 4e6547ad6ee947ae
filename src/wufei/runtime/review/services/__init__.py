"""What people do to a case: each function is one transaction and one move."""

from wufei.runtime.review.services.acts import comment, lock, pass_, resubmit, return_, submit, withdraw
from wufei.runtime.review.services.moving import Moved
from wufei.runtime.review.services.telling import tell

__all__ = ["Moved", "comment", "lock", "pass_", "resubmit", "return_", "submit", "tell", "withdraw"]
