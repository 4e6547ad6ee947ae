"""Addresses of the ledger's pages."""

from django.urls import path

from wufei.records.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.accounts_page, name="accounts"),
    path("/accounts/<int:account_id>", views.account_page, name="account"),
    path("/transfers", views.flows_page, name="flows"),
    path("/transfers/<uuid:transfer_id>", views.transfer_page, name="transfer"),
]
