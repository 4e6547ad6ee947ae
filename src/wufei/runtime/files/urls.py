"""Addresses of files."""

from django.urls import path

from wufei.runtime.files import views

app_name = "files"
urlpatterns = [
    path("", views.upload, name="upload"),
    path("/<uuid:file_id>", views.content, name="content"),
    path("/<uuid:file_id>/thumbnail", views.thumbnail, name="thumbnail"),
]

ACCESS = {"upload": "file.keep", "content": "file.read", "thumbnail": "file.read"}
