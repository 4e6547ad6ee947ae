"""Unified social credit codes after GB 32100-2015: form and check character."""

from __future__ import annotations

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import half_width

# The standard leaves out I, O, S, V and Z, which are easily taken for digits or for each other.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18

_MODULUS = 31
_BASE = 3
_RULE = Text(
    "GB 32100-2015：18 位，数字与大写字母（不含 I、O、S、V、Z），末位为校验码。",
    "GB 32100-2015: 18 digits and capitals without I, O, S, V, Z; the last one is a check character.",
)


def normal_uscc(text: str) -> str:
    """Give a code without blanks, in capitals and half width."""
    return "".join(half_width(text).split()).upper()


def check_character(body: str) -> str:
    """Give the 18th character that belongs to the first 17.

    Notes
    -----
    ``c = (31 - sum(value_i * 3**(i-1) mod 31)) mod 31`` for positions ``i`` = 1 to 17.

    References
    ----------
    GB 32100-2015, 附录 on the check character.
    """
    total = sum(ALPHABET.index(sign) * pow(_BASE, place, _MODULUS) for place, sign in enumerate(body))
    return ALPHABET[-total % _MODULUS]


def check_uscc(text: str, where: str = "uscc") -> tuple[Finding, ...]:
    """Give what is wrong with a code: an error of length or alphabet, or a warning of the check character.

    Some codes of the pilot years before the standard are in real use and fail the check character: that is
    why it only warns.
    """
    code = normal_uscc(text)
    if len(code) != LENGTH:
        return (_malformed(where, text, Text(f"有 {len(code)} 位", f"has {len(code)} characters")),)
    strange = "".join(sorted(set(code) - set(ALPHABET)))
    if strange:
        return (_malformed(where, text, Text(f"含有不允许的字符 {strange}", f"contains {strange}")),)
    expected = check_character(code[:-1])
    if code[-1] == expected:
        return ()
    return (_check_failed(where, code, expected),)


def parse_uscc(text: str) -> str:
    """Give a code in its normal form; the check character may fail.

    Raises
    ------
    InputError
        ``registry.uscc-form`` if length or alphabet are wrong.
    """
    for finding in check_uscc(text):
        if finding.severity is Severity.ERROR:
            raise InputError(finding.code, "uscc", text, _sentence(finding))
    return normal_uscc(text)


def _malformed(where: str, text: str, what: Text) -> Finding:
    return Finding(
        "registry.uscc-form",
        Severity.ERROR,
        where,
        Text(f"统一社会信用代码“{text}”{what.zh}。", f"Unified social credit code “{text}” {what.en}."),
        value=text,
        rule=_RULE,
        fix=Text("请对照营业执照重新填写。", "Copy it again from the business licence."),
    )


def _check_failed(where: str, code: str, expected: str) -> Finding:
    return Finding(
        "registry.uscc-check",
        Severity.WARNING,
        where,
        Text(
            f"统一社会信用代码“{code}”的校验码是 {code[-1]}，按前 17 位应为 {expected}。",
            f"The check character of “{code}” is {code[-1]}; the first 17 characters give {expected}.",
        ),
        value=code,
        rule=_RULE,
        fix=Text(
            "请对照营业执照；个别试点期代码不符合校验规则，核对无误可以保留。",
            "Compare with the licence; some codes of the pilot years fail the check and may stay.",
        ),
    )


def _sentence(finding: Finding) -> Text:
    return Text(
        f"{finding.message.zh}{finding.rule.zh}{finding.fix.zh}",
        f"{finding.message.en} {finding.rule.en} {finding.fix.en}",
    )
