"""The reading door of tasks."""

from wufei.actions.tasks.queries.board import (
    Board,
    BoardFilter,
    board,
    count_undrafted,
    departments_at_work,
    find_task_row,
    unmatched_units,
)
from wufei.actions.tasks.queries.history import EventRow, TaskFile, task_file, tasks_moving
from wufei.actions.tasks.queries.own import AHEAD_DAYS, NOTHING, DueReport, OwnTasks, own_tasks, roll_up_of
from wufei.actions.tasks.queries.rows import GoalRow, ReportRow, TaskRow, UnitRow, progress_of
from wufei.actions.tasks.queries.running import (
    DecisionRow,
    MeetingRow,
    MemberRow,
    ProjectRow,
    find_meeting,
    group_on,
    meetings,
    pack_of,
    projects,
)
from wufei.actions.tasks.queries.steps import (
    CommentRow,
    Proposed,
    StepRow,
    find_step,
    proposals,
    steps_of_region,
)

__all__ = [
    "AHEAD_DAYS",
    "NOTHING",
    "Board",
    "BoardFilter",
    "CommentRow",
    "DecisionRow",
    "DueReport",
    "EventRow",
    "GoalRow",
    "MeetingRow",
    "MemberRow",
    "OwnTasks",
    "ProjectRow",
    "Proposed",
    "ReportRow",
    "StepRow",
    "TaskFile",
    "TaskRow",
    "UnitRow",
    "board",
    "count_undrafted",
    "departments_at_work",
    "find_meeting",
    "find_step",
    "find_task_row",
    "group_on",
    "meetings",
    "own_tasks",
    "pack_of",
    "progress_of",
    "projects",
    "proposals",
    "roll_up_of",
    "steps_of_region",
    "task_file",
    "tasks_moving",
    "unmatched_units",
]
