"""Addresses of drafts; published plans need measures too and stand on the web floor."""

from django.urls import path

from wufei.records.plans import views

app_name = "plans"
urlpatterns = [
    path("read", views.read_page, name="read"),
    path("drafts/<uuid:draft_id>", views.draft_page, name="draft"),
    path("drafts/<uuid:draft_id>/head", views.head_form, name="head"),
    path("drafts/<uuid:draft_id>/units", views.unit_form, name="units"),
    path("drafts/<uuid:draft_id>/publish", views.publish_form, name="publish"),
    path("drafts/<uuid:draft_id>/discard", views.discard_form, name="discard"),
    path("drafts/<uuid:draft_id>/<str:part>", views.standing_form, name="standing"),
    path("drafts/<uuid:draft_id>/<str:part>/<int:index>", views.line_form, name="line"),
]

ACCESS: dict[str, str] = dict.fromkeys(
    ("read", "draft", "head", "units", "publish", "discard", "standing", "line"), "plan.publish"
)
