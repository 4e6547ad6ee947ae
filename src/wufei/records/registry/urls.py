"""Addresses of the register; the page of one enterprise needs the ledger too and stands on the web floor."""

from django.urls import path

from wufei.records.registry.views import applications, checking, files, lists, registering

app_name = "registry"
urlpatterns = [
    path("registry", lists.parties_page, name="parties"),
    path("registry/map", lists.map_page, name="map"),
    path("registry/review", lists.review_page, name="review"),
    path("registry/file", files.file_page, name="file"),
    path("registry/file/template.xlsx", files.template_file, name="template"),
    path("registry/papers/<int:paper_id>", checking.paper_page, name="paper"),
    path("registry/applications", applications.list_page, name="applications"),
    path("registry/applications/<int:application_id>", applications.one_page, name="application"),
    path("register", registering.register_page, name="register"),
    path("register/sent", registering.sent_page, name="register-sent"),
    path("register/mine", registering.mine_page, name="register-mine"),
    path("check", checking.check_page, name="check"),
    path("check/<str:token>", checking.check_page, name="check-token"),
]

# What an officer should look at in a region: not for a firm, which has its own file.
_OFFICERS = ("figures.read", "registry.write")

ACCESS: dict[str, str | tuple[str, ...]] = {
    "parties": "registry.read",
    "map": "registry.read",
    "review": _OFFICERS,
    "POST review": "registry.write",
    "file": "registry.write",
    "template": "registry.write",
    "paper": "registry.read",
    "applications": "entry.review",
    "application": "entry.review",
    "register": "open",
    "register-sent": "open",
    "register-mine": "signed-in",
    "check": "open",
    "check-token": "open",
}
