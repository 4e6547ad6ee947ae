"""The writing door of cases."""

from wufei.actions.cases.services.publishing import publish_case, retire_case
from wufei.actions.cases.services.writing import keep_case, pass_case

__all__ = ["keep_case", "pass_case", "publish_case", "retire_case"]
