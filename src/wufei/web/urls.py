"""All addresses of the site: the rooms' pages, the screens that need several rooms, sign-in, health."""

from django.urls import include, path

from wufei.measures.indicators.api import router as indicators_api
from wufei.records.ledger.api import router as ledger_api
from wufei.runtime.api.services import build_api
from wufei.web.views.enterprise import enterprise_page
from wufei.web.views.home import home
from wufei.web.views.indicators import table_page
from wufei.web.views.overview import overview
from wufei.web.views.plans import plan_counts, plan_list, plan_page

api = build_api()
api.add_router("/indicators", indicators_api)
api.add_router("/ledger", ledger_api)

urlpatterns = [
    path("api/", api.urls),
    path("", home, name="home"),
    path("overview", overview, name="overview"),
    path("plans", plan_list, name="plans"),
    path("plans/<str:plan_id>", plan_page, name="plan"),
    path("plans/<str:plan_id>/counts", plan_counts, name="plan-counts"),
    path("indicators", table_page, name="indicators"),
    path("indicators", include("wufei.measures.indicators.urls")),
    path("registry/parties/<str:key>", enterprise_page, name="enterprise"),
    path("", include("wufei.records.registry.urls")),
    path("ledger", include("wufei.records.ledger.urls")),
    path("", include("wufei.runtime.identity.urls")),
    path("", include("wufei.runtime.api.urls")),
]

ACCESS: dict[str, str] = {"enterprise": "registry.read"}

handler400 = "wufei.runtime.api.views.bad_request"
handler403 = "wufei.runtime.api.views.permission_denied"
handler404 = "wufei.runtime.api.views.page_not_found"
handler500 = "wufei.runtime.api.views.server_error"
