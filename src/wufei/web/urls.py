"""All addresses of the site: the rooms' pages, the screens that need several rooms, sign-in, health."""

from django.urls import include, path

from wufei.measures.indicators.api import router as indicators_api
from wufei.records.catalogue.api import router as catalogue_api
from wufei.records.ledger.api import router as ledger_api
from wufei.runtime.api.services import build_api
from wufei.runtime.files.api import router as files_api
from wufei.runtime.forms.api import router as forms_api
from wufei.web.views.enterprise import enterprise_page
from wufei.web.views.home import home
from wufei.web.views.indicators import table_page
from wufei.web.views.overview import overview
from wufei.web.views.plans import plan_counts, plan_edition, plan_list, plan_page

api = build_api()
api.add_router("/files", files_api)
api.add_router("/indicators", indicators_api)
api.add_router("/catalogue", catalogue_api)
api.add_router("/ledger", ledger_api)
api.add_router("", forms_api)

urlpatterns = [
    path("api/", api.urls),
    path("", home, name="home"),
    path("overview", overview, name="overview"),
    path("plans", plan_list, name="plans"),
    path("plans/", include("wufei.records.plans.urls")),
    path("plans/<str:plan_id>", plan_page, name="plan"),
    path("plans/<str:plan_id>/counts", plan_counts, name="plan-counts"),
    path("plans/<str:plan_id>/editions/<int:number>", plan_edition, name="plan-edition"),
    path("indicators", table_page, name="indicators"),
    path("indicators", include("wufei.measures.indicators.urls")),
    path("tasks", include("wufei.actions.tasks.urls")),
    path("assessment", include("wufei.actions.assessment.urls")),
    path("cases", include("wufei.actions.cases.urls")),
    path("catalogue", include("wufei.records.catalogue.urls")),
    path("registry/parties/<str:party_key>", enterprise_page, name="enterprise"),
    path("", include("wufei.records.registry.urls")),
    path("ledger", include("wufei.records.ledger.urls")),
    path("reports", include("wufei.actions.reports.urls")),
    path("files", include("wufei.runtime.files.urls")),
    path("", include("wufei.runtime.notices.urls")),
    path("people", include("wufei.runtime.people.urls")),
    path("", include("wufei.runtime.forms.urls")),
    path("review", include("wufei.runtime.review.urls")),
    path("", include("wufei.runtime.signing.urls")),
    path("", include("wufei.runtime.identity.urls")),
    path("", include("wufei.runtime.access.urls")),
    path("", include("wufei.runtime.audit.urls")),
    path("", include("wufei.runtime.api.urls")),
]

ACCESS = {
    "home": "open",
    **dict.fromkeys(("overview", "indicators"), "published.read"),
    **dict.fromkeys(("plans", "plan", "plan-counts", "plan-edition"), "plan.read"),
    "enterprise": "registry.read",
}

handler400 = "wufei.runtime.api.views.bad_request"
handler403 = "wufei.runtime.api.views.permission_denied"
handler404 = "wufei.runtime.api.views.page_not_found"
handler500 = "wufei.runtime.api.views.server_error"
