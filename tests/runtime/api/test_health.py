"""Alive and ready are two questions."""

from __future__ import annotations

import types

import pytest
from django.db import connections
from django.test import Client
from django.urls import include, path

URLS = types.ModuleType("urls_of_health_tests")
URLS.urlpatterns = [path("", include("wufei.runtime.api.urls"))]  # type: ignore[attr-defined]


@pytest.fixture
def browser(settings: object) -> Client:
    settings.ROOT_URLCONF = URLS  # type: ignore[attr-defined]
    return Client()


def test_a_process_is_alive_without_a_database(browser: Client) -> None:
    assert browser.get("/healthz").json() == {"status": "ok"}


@pytest.mark.usefixtures("db")
def test_a_migrated_database_is_ready(browser: Client) -> None:
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


@pytest.mark.usefixtures("db")
def test_what_works_by_itself_is_reported_and_an_alarm_does_not_close_the_site(browser: Client) -> None:
    found = browser.get("/readyz").json()
    assert {"sealing", "outbox"} <= set(found["watched"])
    with connections["system"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_cursor (consumer, moved_at, stopped_at_sequence, code, first_at, last_at) "
            "VALUES ('test-stopped', now(), 3, 'test', now(), now())"
        )
        try:
            answer = browser.get("/readyz")
        finally:
            cursor.execute("DELETE FROM outbox_cursor WHERE consumer = 'test-stopped'")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert "outbox" in answer.json()["alarms"]
    assert "test-stopped" in answer.json()["watched"]["outbox"]


@pytest.mark.usefixtures("db")
def test_a_waiting_migration_is_not_ready(browser: Client) -> None:
    forget = """
        DELETE FROM django_migrations WHERE id = (
            SELECT id FROM django_migrations WHERE app = 'access' ORDER BY name DESC LIMIT 1
        ) RETURNING name, applied
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute(forget)
        kept = cursor.fetchone()
        try:
            answer = browser.get("/readyz")
        finally:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('access', %s, %s)", kept
            )
    assert (answer.status_code, answer.json()["code"]) == (503, "ready.migrations")
    assert "wufei manage migrate" in answer.json()["detail"]


@pytest.mark.usefixtures("db")
def test_a_silent_database_is_not_ready_and_says_what_to_do(browser: Client) -> None:
    connection = connections["default"]
    connection.close()
    host = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = browser.get("/readyz")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host
    assert (answer.status_code, answer.json()["code"]) == (503, "ready.database")
    assert "wufei doctor" in answer.json()["detail"]
