"""The writing door of assessments."""

from wufei.actions.assessment.services.appealing import appeal, bounds_of, decide, may_appeal, takes_value
from wufei.actions.assessment.services.entering import enter
from wufei.actions.assessment.services.running import close, compute, open_year, publish
from wufei.actions.assessment.services.schemes import save_scheme

__all__ = [
    "appeal",
    "bounds_of",
    "close",
    "compute",
    "decide",
    "enter",
    "may_appeal",
    "open_year",
    "publish",
    "save_scheme",
    "takes_value",
]
