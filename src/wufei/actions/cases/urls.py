"""Addresses of cases and questions."""

from django.urls import path

from wufei.actions.cases.views import cases, questions

app_name = "cases"
urlpatterns = [
    path("", cases.cases_page, name="cases"),
    path("/start", cases.start, name="start"),
    path("/<int:card_id>", cases.case_page, name="case"),
    path("/<int:card_id>/card.docx", cases.case_file, name="case-file"),
    path("/questions", questions.questions_page, name="questions"),
    path("/questions/ask", questions.ask_page, name="ask"),
    path("/questions/<int:question_id>", questions.question_page, name="question"),
]

ACCESS: dict[str, str | tuple[str, ...]] = {
    **dict.fromkeys(("cases", "case", "case-file", "questions", "question"), "entry.read"),
    **dict.fromkeys(("start", "ask"), "case.write"),
    "POST case": "task.run",
    "POST question": "entry.fill",
}
