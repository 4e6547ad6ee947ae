"""Addresses of one figure: its lineage and its working sheet."""

from django.urls import path

from wufei.measures.indicators.views import figure_page, sheet

app_name = "indicators"
urlpatterns = [
    path("/sheets/<path:figure_id>.xlsx", sheet, name="sheet"),
    path("/figures/<path:figure_id>", figure_page, name="figure"),
]

ACCESS = {"sheet": "published.read", "figure": "published.read"}
