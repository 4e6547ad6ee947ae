"""Addresses of the ledger's pages."""

from django.urls import path

from wufei.records.ledger.views import pages

app_name = "ledger"
urlpatterns = [
    path("", pages.accounts_page, name="accounts"),
    path("/accounts/<int:account_id>", pages.account_page, name="account"),
    path("/transfers", pages.flows_page, name="flows"),
    path("/transfers/<uuid:transfer_id>", pages.transfer_page, name="transfer"),
]
