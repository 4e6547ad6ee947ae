"""Addresses of the ledger's pages."""

from django.urls import path

from wufei.records.ledger.views import loads, pages

app_name = "ledger"
urlpatterns = [
    path("", pages.accounts_page, name="accounts"),
    path("/accounts/<int:account_id>", pages.account_page, name="account"),
    path("/transfers", pages.flows_page, name="flows"),
    path("/transfers/<uuid:transfer_id>", pages.transfer_page, name="transfer"),
    path("/loads", loads.loads_page, name="loads"),
    path("/loads/template.xlsx", loads.template_file, name="load-template"),
    path("/loads/<uuid:load_id>", loads.load_page, name="load"),
]
