"""Sign in at an identity provider: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.db import IntegrityError, transaction
from jwt.types import Options

from wufei.kernel.errors import AccessError, ConflictError, ExternalError
from wufei.kernel.text import Text
from wufei.runtime.identity.core.oidc import (
    ALGORITHMS,
    Attempt,
    Provider,
    answer_fault,
    authorization_address,
    claims_fault,
    subject_hash,
)
from wufei.runtime.identity.models import OidcLink
from wufei.runtime.identity.models.visibility import as_person, presenting

TIMEOUT_S = 8.0
ANSWER_BYTES_MAX = 1_000_000
_WORDS_OF_FAULT = {
    "state": Text("登录请求与本浏览器不符", "the answer does not belong to this browser"),
    "late": Text("登录用时过长", "it took too long"),
    "issuer": Text("应答来自另一个身份提供方", "the answer comes from another provider"),
    "refused": Text("身份提供方未放行", "the provider refused"),
    "code": Text("应答不完整", "the answer is incomplete"),
}


@dataclass(frozen=True, slots=True, repr=False)
class OidcClient:
    """What this site is at its identity provider; ``title`` stands on the button, in two languages."""

    issuer: str
    client_id: str
    client_secret: str
    title: str
    title_en: str

    @property
    def words(self) -> Text:
        """What the provider is called on the pages."""
        return Text(self.title, self.title_en)


def oidc_client() -> OidcClient | None:
    """Give the provider of this site, if its settings name one."""
    given: Mapping[str, str] = settings.OIDC
    return OidcClient(**given) if given.get("issuer") else None


def begin_oidc(
    client: OidcClient, *, return_to: str, next_path: str, purpose: str, invitation: str, at: datetime
) -> tuple[str, Attempt]:
    """Give the address at the provider to send the browser to, and what to remember meanwhile.

    Raises
    ------
    ExternalError
        The provider does not answer, or is not the one of the settings.
    """
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        started_at=at,
        next_path=next_path,
        purpose=purpose,
        invitation=invitation,
    )
    provider = _discover(client)
    return authorization_address(provider, attempt, client_id=client.client_id, return_to=return_to), attempt


def finish_oidc(
    client: OidcClient, attempt: Attempt, answer: Mapping[str, str], *, return_to: str, at: datetime
) -> str:
    """Exchange the provider's answer for the person's identity, and give the hash of it.

    Raises
    ------
    AccessError
        The answer is not to this attempt, or its token is not for this site, this attempt, or this time.
    ExternalError
        The provider does not answer as it should.
    """
    fault = answer_fault(attempt, answer, issuer=client.issuer, at=at)
    if fault:
        raise _refused(_WORDS_OF_FAULT[fault])
    provider = _discover(client)
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": return_to,
        "code_verifier": attempt.verifier,
    }
    token = _fetch(provider.token_endpoint, form=form, client=client).get("id_token")
    claims = _signed_claims(str(token), provider)
    wrong = claims_fault(claims, issuer=client.issuer, client_id=client.client_id, nonce=attempt.nonce, at=at)
    if wrong:
        raise _refused(Text(f"令牌的 {wrong} 不符", f"the token's {wrong} is wrong"))
    return subject_hash(client.issuer, claims["sub"])


def link_oidc(*, user_id: int, issuer: str, hashed: str, at: datetime) -> None:
    """Let a person of the provider sign in as this person; an earlier link to that provider is replaced.

    Raises
    ------
    ConflictError
        ``identity.linked-elsewhere``: this person of the provider is somebody else here.
    """
    try:
        with transaction.atomic(), as_person(user_id):
            OidcLink.objects.filter(user_id=user_id, issuer=issuer).delete()
            OidcLink.objects.create(user_id=user_id, issuer=issuer, token_hash=hashed, linked_at=at)
    except IntegrityError as error:
        raise ConflictError(
            "identity.linked-elsewhere",
            Text(
                "该统一身份账号已关联到本系统的另一个账号。请先用那个账号登录并解除关联。",
                "That account of the provider is linked to somebody else here. Unlink it there first.",
            ),
        ) from error


def unlink_oidc(*, user_id: int) -> None:
    """Let nobody of a provider sign in as this person any more."""
    with as_person(user_id):
        OidcLink.objects.filter(user_id=user_id).delete()


def user_of_provider(hashed: str) -> int | None:
    """Give the person who is linked to a person of the provider, if anyone is."""
    with presenting(hashed):
        return OidcLink.objects.filter(token_hash=hashed).values_list("user_id", flat=True).first()


def _discover(client: OidcClient) -> Provider:
    found = _fetch(client.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != client.issuer:
        raise _unusable(
            Text(
                f"身份提供方自称“{found.get('issuer')}”，与设置 WUFEI_OIDC_ISSUER“{client.issuer}”不一致",
                f"it calls itself “{found.get('issuer')}”, WUFEI_OIDC_ISSUER says “{client.issuer}”",
            )
        )
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) for name in names):
        raise _unusable(Text("身份提供方的说明文档不完整", "its description is incomplete"))
    return Provider(client.issuer, *(str(found[name]) for name in names))


def _signed_claims(token: str, provider: Provider) -> dict[str, Any]:
    """Check the signature and give the claims; they are judged by `claims_fault`, on our clock."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_fetch(provider.jwks_uri)).keys
        fitting = [key for key in keys if kid is None or key.key_id == kid]
        if not fitting:
            raise _refused(Text("令牌的签名密钥未知", "the key of the token is unknown"))
        ours: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
        claims: dict[str, Any] = jwt.decode(token, fitting[0], algorithms=list(ALGORITHMS), options=ours)
    except jwt.PyJWTError as error:
        raise _refused(Text("令牌的签名不正确", "the signature of the token is wrong")) from error
    return claims


def _fetch(
    address: str, *, form: Mapping[str, str] | None = None, client: OidcClient | None = None
) -> dict[str, Any]:
    """Ask the provider and give its JSON; redirects are not followed."""
    parts = urlsplit(address)
    headers = {"Accept": "application/json"}
    if form is not None and client is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        headers["Authorization"] = _basic(client)
    try:
        connection = _connection(parts.scheme, parts.netloc)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            body = urlencode(form) if form is not None else None
            connection.request("GET" if form is None else "POST", target, body, headers)
            answer = connection.getresponse()
            content = answer.read(ANSWER_BYTES_MAX + 1)
        finally:
            connection.close()
        if answer.status != 200 or len(content) > ANSWER_BYTES_MAX:
            raise _unusable(Text(f"{address} 返回 {answer.status}", f"{address} answers {answer.status}"))
        found = json.loads(content)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unusable(Text(f"{address} 无法访问", f"{address} cannot be reached")) from error
    if not isinstance(found, dict):
        raise _unusable(Text(f"{address} 的应答无法识别", f"{address} gives no object"))
    return found


def _connection(scheme: str, netloc: str) -> http.client.HTTPConnection:
    """Open a connection; without TLS only to this machine, where a provider may stand beside."""
    if scheme == "https":
        return http.client.HTTPSConnection(netloc, timeout=TIMEOUT_S, context=ssl.create_default_context())
    host = urlsplit(f"//{netloc}").hostname
    if scheme != "http" or host not in ("localhost", "127.0.0.1", "::1"):
        raise _unusable(Text("身份提供方必须使用 https", "a provider must be reached by https"))
    return http.client.HTTPConnection(netloc, timeout=TIMEOUT_S)


def _basic(client: OidcClient) -> str:
    """Give the client's name and secret as RFC 6749, section 2.3.1, wants them."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def _refused(why: Text) -> AccessError:
    return AccessError(
        "sign-in",
        Text(
            f"统一身份登录未成功：{why.zh}。请返回登录页重试。",
            f"Signing in at the provider did not succeed: {why.en}. Start again at the sign-in page.",
        ),
    )


def _unusable(why: Text) -> ExternalError:
    return ExternalError(
        "identity.provider",
        Text(
            f"统一身份认证暂不可用：{why.zh}。请稍后再试，或用口令登录。",
            f"The identity provider cannot be used: {why.en}. Try again later, or sign in with a password.",
        ),
    )
