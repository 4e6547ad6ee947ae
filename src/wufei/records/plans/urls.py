"""Addresses of drafts; published plans need measures too and stand on the web floor."""

from django.urls import path

from wufei.records.plans.views import drafts, lines, reading

app_name = "plans"
urlpatterns = [
    path("read", reading.read_page, name="read"),
    path("drafts/<uuid:draft_id>", drafts.draft_page, name="draft"),
    path("drafts/<uuid:draft_id>/head", drafts.head_form, name="head"),
    path("drafts/<uuid:draft_id>/units", drafts.unit_form, name="units"),
    path("drafts/<uuid:draft_id>/publish", drafts.publish_form, name="publish"),
    path("drafts/<uuid:draft_id>/discard", drafts.discard_form, name="discard"),
    path("drafts/<uuid:draft_id>/<str:part>", lines.standing_form, name="standing"),
    path("drafts/<uuid:draft_id>/<str:part>/<int:index>", lines.line_form, name="line"),
]

ACCESS: dict[str, str] = dict.fromkeys(
    ("read", "draft", "head", "units", "publish", "discard", "standing", "line"), "plan.publish"
)
