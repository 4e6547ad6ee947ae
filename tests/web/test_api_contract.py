"""The ledger's interface keeps to its own description, whatever is sent to it."""

import schemathesis
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

EXAMPLES = 12
BOUNDS = settings(
    max_examples=EXAMPLES,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def ask_all(operation, cookies, headers):
    """Send what fits the description of one operation, and give the statuses that came back."""
    statuses = set()

    @BOUNDS
    @given(case=operation.as_strategy())
    def ask(case):
        # An invented key is refused before any operation is reached; here a person who is signed in asks.
        if case.headers:
            case.headers.pop("Authorization", None)
        answer = case.call(cookies=cookies, headers=headers)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

    ask()
    return statuses


def test_no_request_that_fits_the_description_fails_the_server(district, signed_in):
    client = signed_in(district, "office")
    client.get("/ledger/closings")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    headers = {"X-CSRFToken": cookies[django_settings.CSRF_COOKIE_NAME]}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.include(path_regex="^/api/ledger").get_all_operations()]
    seen = {f"{one.method} {one.path}": ask_all(one, cookies, headers) for one in operations}
    assert len(seen) == 12
    # Writers were reached: nobody was turned away at the door for want of a token.
    assert 422 in seen["post /api/ledger/postings"]
    assert all(statuses <= {200, 403, 404, 409, 422} for statuses in seen.values()), seen
