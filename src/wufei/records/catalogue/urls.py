"""Addresses of the catalogue: items, standards, and the check of names."""

from django.urls import path

from wufei.records.catalogue.views import find, items, names, standards

app_name = "catalogue"
urlpatterns = [
    path("", items.catalogue_page, name="catalogue"),
    path("/items", items.items_page, name="items"),
    path("/items/<str:code>", items.item_page, name="item"),
    path("/find", find.find_page, name="find"),
    path("/find/answer", find.find_answer, name="find-answer"),
    path("/standards", standards.standards_page, name="standards"),
    path("/names", names.names_page, name="names"),
    path("/names/template.xlsx", names.template_file, name="names-template"),
]

ACCESS: dict[str, str] = {
    "catalogue": "open",
    "items": "open",
    "item": "open",
    "find": "open",
    "find-answer": "open",
    "standards": "open",
    "names": "catalogue.read",
    "names-template": "catalogue.read",
}
