"""Addresses of the devices by which a person signs."""

from django.urls import path

from wufei.runtime.signing.views import devices_page, revoke_device

urlpatterns = [
    path("account/devices", devices_page, name="devices"),
    path("account/devices/<uuid:device_id>/end", revoke_device, name="device-end"),
]

ACCESS: dict[str, str] = {"devices": "signed-in", "device-end": "signed-in"}
