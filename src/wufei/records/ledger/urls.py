"""Addresses of the ledger's pages."""

from django.urls import path

from wufei.records.ledger.views import audit, closings, corrections, loads, pages, transfers

app_name = "ledger"
urlpatterns = [
    path("", pages.accounts_page, name="accounts"),
    path("/accounts/<int:account_id>", pages.account_page, name="account"),
    path("/transfers", pages.flows_page, name="flows"),
    path("/transfers/<uuid:transfer_id>", transfers.transfer_page, name="transfer"),
    path("/transfers/<uuid:transfer_id>/proof", transfers.proof_file, name="proof"),
    path("/transfers/<uuid:transfer_id>/correction", corrections.correction_page, name="correction"),
    path("/postings/<uuid:posting_id>", transfers.posting_page, name="posting"),
    path("/audit", audit.audit_page, name="audit"),
    path("/audit/heads.json", audit.heads_file, name="heads"),
    path("/closings", closings.closings_page, name="closings"),
    path("/closings/<int:closing_id>", closings.closing_page, name="closing"),
    path("/loads", loads.loads_page, name="loads"),
    path("/loads/template.xlsx", loads.template_file, name="load-template"),
    path("/loads/<uuid:load_id>", loads.load_page, name="load"),
]

ACCESS = {
    "accounts": "ledger.read",
    "account": "ledger.read",
    "flows": "ledger.read@region",
    "transfer": "ledger.read",
    "proof": "ledger.read",
    "correction": "ledger.post",
    "posting": "ledger.read",
    "audit": "audit.read",
    "heads": "audit.read",
    "closings": "ledger.close|audit.read",
    "closing": "ledger.close|audit.read",
    "loads": "ledger.read",
    "load-template": "ledger.post",
    "load": "ledger.read",
}
