"""Addresses."""

urlpatterns = []
ACCESS = {}
