"""Addresses of signing in and out, of one-time links, of one's account, and of role and language."""

from django.urls import path

from wufei.runtime.identity.views.account import (
    account,
    end_sessions_of_mine,
    make_key,
    password,
    revoke_key,
    second_factor,
)
from wufei.runtime.identity.views.joining import join, take
from wufei.runtime.identity.views.provider import from_provider, link_page, to_provider, unlink
from wufei.runtime.identity.views.signing_in import (
    language,
    sign_in,
    sign_in_code,
    sign_out,
    switch_membership,
)

urlpatterns = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-in/code", sign_in_code, name="sign-in-code"),
    path("sign-in/provider", to_provider, name="to-provider"),
    path("sign-in/provider/return", from_provider, name="from-provider"),
    path("sign-out", sign_out, name="sign-out"),
    path("join", take, name="join-take"),
    path("join/<str:token>", join, name="join"),
    path("switch-membership", switch_membership, name="switch-membership"),
    path("language", language, name="language"),
    path("account", account, name="account"),
    path("account/password", password, name="account-password"),
    path("account/second-factor", second_factor, name="account-second-factor"),
    path("account/sessions", end_sessions_of_mine, name="account-sessions"),
    path("account/keys", make_key, name="account-keys"),
    path("account/keys/revoke", revoke_key, name="account-key-revoke"),
    path("account/provider", link_page, name="account-provider"),
    path("account/provider/unlink", unlink, name="account-provider-unlink"),
]

ACCESS: dict[str, str] = {
    "sign-in": "open",
    "sign-in-code": "open",
    "to-provider": "open",
    "from-provider": "open",
    "sign-out": "open",
    "join": "open",
    "join-take": "open",
    "switch-membership": "signed-in",
    "language": "open",
    "account": "signed-in",
    "account-password": "signed-in",
    "account-second-factor": "signed-in",
    "account-sessions": "signed-in",
    "account-keys": "signed-in",
    "account-key-revoke": "signed-in",
    "account-provider": "signed-in",
    "account-provider-unlink": "signed-in",
}
