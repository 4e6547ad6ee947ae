"""Writes of the room: who is who, and how people prove it."""

from wufei.runtime.identity.services.failures import forget_failures, note_failure
from wufei.runtime.identity.services.invitations import (
    Invited,
    accept_as,
    accept_invitation,
    accept_through_provider,
    forget_expired_links,
    make_join_link,
    make_reset_link,
    renew_link,
    withdraw_link,
)
from wufei.runtime.identity.services.keys import create_api_key, revoke_api_key, revoke_api_keys, use_api_key
from wufei.runtime.identity.services.membership import (
    add_membership,
    create_user,
    end_membership,
    learn_alias,
    save_department,
    save_parties,
    save_party,
    save_region,
    set_language,
)
from wufei.runtime.identity.services.oidc import (
    begin_oidc,
    finish_oidc,
    link_oidc,
    oidc_client,
    unlink_oidc,
    user_of_provider,
)
from wufei.runtime.identity.services.passwords import change_password, check_new_password, set_password
from wufei.runtime.identity.services.second_factor import (
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    second_factor_failures_name,
)
from wufei.runtime.identity.services.sessions import end_session, end_sessions, forget_expired_sessions
from wufei.runtime.identity.services.user import forget_contacts, note_refusal, save_contact, save_person

__all__ = [
    "Invited",
    "accept_as",
    "accept_invitation",
    "accept_through_provider",
    "add_membership",
    "begin_oidc",
    "begin_second_factor",
    "change_password",
    "check_new_password",
    "check_second_factor",
    "confirm_second_factor",
    "create_api_key",
    "create_user",
    "end_membership",
    "end_session",
    "end_sessions",
    "finish_oidc",
    "forget_contacts",
    "forget_expired_links",
    "forget_expired_sessions",
    "forget_failures",
    "learn_alias",
    "link_oidc",
    "make_join_link",
    "make_reset_link",
    "note_failure",
    "note_refusal",
    "oidc_client",
    "remove_second_factor",
    "renew_link",
    "renew_recovery_codes",
    "revoke_api_key",
    "revoke_api_keys",
    "save_contact",
    "save_department",
    "save_parties",
    "save_party",
    "save_person",
    "save_region",
    "second_factor_failures_name",
    "set_language",
    "set_password",
    "unlink_oidc",
    "use_api_key",
    "user_of_provider",
    "withdraw_link",
]
