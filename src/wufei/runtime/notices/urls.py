"""Addresses of notices and of the choices about them."""

from django.urls import path

from wufei.runtime.notices import views

app_name = "notices"
urlpatterns = [
    path("notices", views.notices_page, name="notices"),
    path("notices/seen", views.seen, name="seen"),
    path("notices/<uuid:notice_id>", views.notice_page, name="notice"),
    path("account/notices", views.mailing_page, name="mailing"),
]

ACCESS = {"notices": "signed-in", "seen": "signed-in", "notice": "signed-in", "mailing": "signed-in"}
