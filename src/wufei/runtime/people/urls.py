"""Addresses of the people one looks after."""

from django.urls import path

from wufei.runtime.people.views import (
    end_page,
    invite_page,
    people_page,
    person_page,
    resend_link,
    reset_page,
    unlock_page,
    withdraw_link,
)

urlpatterns = [
    path("", people_page, name="people"),
    path("/invite", invite_page, name="people-invite"),
    path("/links/<int:invitation_id>/resend", resend_link, name="people-resend"),
    path("/links/<int:invitation_id>/withdraw", withdraw_link, name="people-withdraw"),
    path("/<int:membership_id>", person_page, name="person"),
    path("/<int:membership_id>/end", end_page, name="person-end"),
    path("/<int:membership_id>/reset", reset_page, name="person-reset"),
    path("/<int:membership_id>/unlock", unlock_page, name="person-unlock"),
]

ACCESS: dict[str, str] = {
    "people": "people.manage",
    "people-invite": "people.manage",
    "people-resend": "people.manage",
    "people-withdraw": "people.manage",
    "person": "people.manage",
    "person-end": "people.manage",
    "person-reset": "people.manage",
    "person-unlock": "people.manage",
}
