"""Addresses of tasks."""

from django.urls import path

from wufei.actions.tasks.views import boards, duties, projects, running, single, steps, taking

app_name = "tasks"
urlpatterns = [
    path("", boards.board_page, name="board"),
    path("/mine", boards.mine_page, name="mine"),
    path("/take", taking.take_page, name="take"),
    path("/steps", steps.steps_page, name="steps"),
    path("/steps/<int:step_id>", steps.step_page, name="step"),
    path("/projects", projects.projects_page, name="projects"),
    path("/projects/<int:project_id>", projects.project_page, name="project"),
    path("/meetings", running.meetings_page, name="meetings"),
    path("/meetings/<int:meeting_id>", running.meeting_page, name="meeting"),
    path("/group", running.group_page, name="group"),
    path("/duties", duties.duties_page, name="duties"),
    path("/duties.xlsx", duties.duties_file, name="duties-file"),
    path("/<int:task_id>", single.task_page, name="task"),
    path("/<int:task_id>/goals", single.goals_page, name="goals"),
]

_ACTS = ("task.report", "task.lead", "task.supervise", "task.comment", "task.run")

ACCESS: dict[str, str | tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "board",
            "mine",
            "task",
            "goals",
            "steps",
            "step",
            "projects",
            "project",
            "meetings",
            "meeting",
            "group",
        ),
        "task.read",
    ),
    **dict.fromkeys(("duties", "duties-file"), "task.read"),
    "take": "task.run",
    "POST task": _ACTS,
    **dict.fromkeys(("POST mine", "POST goals"), "task.lead"),
    "POST project": ("task.report", "task.run"),
    "POST step": ("task.report", "task.supervise"),
    **dict.fromkeys(("POST meetings", "POST meeting", "POST group", "POST duties"), "task.run"),
}
