"""Errors as RFC 9457 problems: the one place that knows which error is which HTTP status."""

from __future__ import annotations

from dataclasses import dataclass

from wufei.kernel.errors import (
    AccessError,
    ConflictError,
    ExternalError,
    InputError,
    InvariantError,
    NotFoundError,
    WufeiError,
)
from wufei.kernel.text import Text

PROBLEM_MEDIA_TYPE = "application/problem+json"

_KINDS: tuple[tuple[type[WufeiError], int, Text], ...] = (
    (InputError, 422, Text("输入有误", "The input cannot be used")),
    (NotFoundError, 404, Text("没有找到", "Not found")),
    (ConflictError, 409, Text("与已有记录冲突", "In conflict with what is recorded")),
    (AccessError, 403, Text("没有权限", "Not allowed")),
    (ExternalError, 503, Text("外部服务暂不可用", "Something outside does not answer")),
    (InvariantError, 500, Text("程序内部错误", "A fault of the program")),
)

_BUG = Text(
    "程序遇到了不应出现的状态，没有写入任何内容。请把时间和页面告诉维护人员。",
    "The program met a state that must not exist; nothing was written. Tell the maintainers when and where.",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem for people and programs.

    Attributes
    ----------
    status : int
        The HTTP status.
    code : str
        The stable key of the rule, such as ``units.unknown``.
    title : Text
        The kind of problem.
    detail : Text
        What is the matter and what to do.
    field, value : str
        The place and what was found there, for problems of input.
    """

    status: int
    code: str
    title: Text
    detail: Text
    field: str = ""
    value: str = ""

    def as_json(self, language: str, instance: str = "") -> dict[str, str | int]:
        """Give the members of RFC 9457, with our code, field and value beside them."""
        members: dict[str, str | int] = {
            "type": f"urn:wufei:problem:{self.code}",
            "title": self.title.in_language(language),
            "status": self.status,
            "detail": self.detail.in_language(language),
            "code": self.code,
        }
        optional = {"instance": instance, "field": self.field, "value": self.value}
        return members | {name: text for name, text in optional.items() if text}


def problem_of(error: WufeiError) -> Problem:
    """Give the problem that tells of an error; a bug tells nothing of its inside."""
    status, title = next((status, title) for kind, status, title in _KINDS if isinstance(error, kind))
    if status == 500:
        return Problem(status, error.code, title, _BUG)
    if isinstance(error, InputError):
        return Problem(status, error.code, title, error.message, error.field, str(error.value))
    return Problem(status, error.code, title, error.message)


PAGE_NOT_FOUND = Problem(
    404,
    "page.not-found",
    Text("没有这个页面", "No such page"),
    Text("请检查地址，或从左侧菜单进入。", "Check the address, or start from the menu on the left."),
)
REFUSED = Problem(
    403,
    "page.refused",
    Text("没有权限", "Not allowed"),
    Text(
        "当前身份不能打开这个页面。请切换身份或重新登录。",
        "Your present role may not open this page. Switch roles or sign in again.",
    ),
)
FORM_EXPIRED = Problem(
    403,
    "page.form-expired",
    Text("页面已过期", "The page has expired"),
    Text(
        "为安全起见，请返回上一页并刷新后再提交；已填的内容请先复制。",
        "For safety, go back, reload the page and send it again; copy what you have typed first.",
    ),
)
BAD_REQUEST = Problem(
    400,
    "page.bad-request",
    Text("请求无法识别", "The request cannot be understood"),
    Text("请从菜单重新进入该页面。", "Open the page again from the menu."),
)
SERVER_FAULT = Problem(500, "page.fault", Text("程序内部错误", "A fault of the program"), _BUG)

KEY_REFUSED = Problem(
    401,
    "api.key-refused",
    Text("密钥无效", "The key opens nothing"),
    Text(
        "接口密钥不存在、已撤销、已过期，或其身份已终止。请在“账号与安全”中新建密钥。",
        "The key is unknown, revoked or too old, or its role has ended. Make a new one under “Account”.",
    ),
)
KEY_ONLY_READS = Problem(
    403,
    "api.key-only-reads",
    Text("没有权限", "Not allowed"),
    Text(
        "该接口密钥只能读取。需要写入时，请新建一个可写的密钥。",
        "This key only reads. Make one that may write, if a program has to.",
    ),
)
KEYS_LOCKED = Problem(
    429,
    "api.keys-locked",
    Text("尝试次数过多", "Too many attempts"),
    Text(
        "该网络地址连续使用了过多无效密钥，已暂时锁定。请核对密钥，稍后再试。",
        "Too many keys that open nothing came from this address. Check the key and try again later.",
    ),
)
