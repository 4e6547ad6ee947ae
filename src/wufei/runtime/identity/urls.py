"""Addresses of signing in and out, and of switching role and language."""

from django.urls import path

from wufei.runtime.identity.views import language, sign_in, sign_out, switch_membership

urlpatterns = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-out", sign_out, name="sign-out"),
    path("switch-membership", switch_membership, name="switch-membership"),
    path("language", language, name="language"),
]

ACCESS = {"sign-in": "open", "sign-out": "open", "switch-membership": "signed-in", "language": "open"}
