"""Addresses of drafts and assessments; published plans need measures too and stand on the web floor."""

from django.urls import path

from wufei.records.plans.views import drafts, eia, lines, reading

app_name = "plans"
urlpatterns = [
    path("read", reading.read_page, name="read"),
    path("eia", eia.eia_page, name="eia"),
    path("eia/<uuid:reading_id>", eia.reading_page, name="eia-reading"),
    path("eia/<uuid:reading_id>/take", eia.take_page, name="eia-take"),
    path("drafts/<uuid:draft_id>", drafts.draft_page, name="draft"),
    path("drafts/<uuid:draft_id>/head", drafts.head_form, name="head"),
    path("drafts/<uuid:draft_id>/units", drafts.unit_form, name="units"),
    path("drafts/<uuid:draft_id>/publish", drafts.publish_form, name="publish"),
    path("drafts/<uuid:draft_id>/discard", drafts.discard_form, name="discard"),
    path("drafts/<uuid:draft_id>/<str:part>", lines.standing_form, name="standing"),
    path("drafts/<uuid:draft_id>/<str:part>/<int:index>", lines.line_form, name="line"),
]

# Who reviews an assessment, and who keeps the register that is filled from it.
_EIA = ("entry.review", "registry.write")

ACCESS: dict[str, str | tuple[str, ...]] = {
    **dict.fromkeys(
        ("read", "draft", "head", "units", "publish", "discard", "standing", "line"), "plan.publish"
    ),
    **dict.fromkeys(("eia", "eia-reading", "eia-take"), _EIA),
    "POST eia-take": "registry.write",
}
