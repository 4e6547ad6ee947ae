"""Formulas of indicators: arithmetic over named quantities, read into a tree and evaluated exactly.

A formula is data, so it is parsed by the grammar below and never handed to the interpreter::

    sum     = product (("+" | "-") product)*
    product = factor (("*" | "/") factor)*
    factor  = number | name | "(" sum ")"

Notes
-----
Values are fractions of two integers in base units (g, 元, 人, day ...), so that the one rounding happens when
the caller turns the result into a decimal. Relative uncertainties are propagated to first order for
independent quantities (GUM, JCGM 100:2008, 5.1.2); that is right only while every name occurs once, which
`parse_formula` demands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Literal

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text
from wufei.kernel.units import Unit

Operator = Literal["+", "-", "*", "/"]
Node = tuple[Literal["name"], str] | tuple[Literal["number"], Fraction] | tuple[Operator, "Node", "Node"]
Dims = tuple[tuple[str, int], ...]

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[-+*/()]))")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """A value in base units as a fraction of integers (`under` > 0), with its relative uncertainty."""

    over: int
    under: int = 1
    ppm: int = 0


class DivisionByZeroError(ArithmeticError):
    """The denominator of a formula is zero: the indicator has no value."""


def parse_formula(text: str) -> Node:
    """Read a formula into a tree of tuples.

    Raises
    ------
    InputError
        ``formula.malformed`` where the grammar is broken, ``formula.repeated-name`` where a name occurs
        twice (write ``100 * (1 - now / base)`` instead of ``100 * (base - now) / base``).
    """
    tokens = list(_tokens(text))
    parser = _Parser(text, tokens)
    node = parser.sum(0)
    if parser.place < len(tokens):
        raise _malformed(text, tokens[parser.place])
    names = list(names_in(node))
    for name in set(names):
        if names.count(name) > 1:
            raise InputError("formula.repeated-name", "formula", text, _repeated(text, name))
    return node


def names_in(node: Node) -> Iterator[str]:
    """Give the names of a formula from left to right."""
    if node[0] == "name":
        yield node[1]
    elif node[0] != "number":
        yield from names_in(node[1])
        yield from names_in(node[2])


def denominators_in(node: Node) -> Iterator[str]:
    """Give the names that stand below a division line."""
    match node:
        case ("name", _) | ("number", _):
            return
        case ("/", left, right):
            yield from denominators_in(left)
            yield from names_in(right)
        case (_, left, right):
            yield from denominators_in(left)
            yield from denominators_in(right)


def formula_dims(node: Node, units: Mapping[str, Unit]) -> Dims:
    """Give the dimensions of the result; a sum of unlike quantities is refused.

    Raises
    ------
    InputError
        ``formula.unlike`` where mass is added to money and the like.
    """
    if node[0] == "name":
        return units[node[1]].dims
    if node[0] == "number":
        return ()
    left, right = formula_dims(node[1], units), formula_dims(node[2], units)
    if node[0] in ("+", "-"):
        if left != right:
            raise InputError("formula.unlike", "formula", formula_text(node), _unlike(node, left, right))
        return left
    sign = 1 if node[0] == "*" else -1
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def evaluate(node: Node, values: Mapping[str, Measured]) -> Measured:
    """Compute a formula from its quantities, exactly.

    Raises
    ------
    DivisionByZeroError
        Where a denominator is zero.
    """
    match node:
        case ("name", name):
            return values[name]
        case ("number", number):
            return Measured(number.numerator, number.denominator)
        case (operator, left, right):
            return _combine(operator, evaluate(left, values), evaluate(right, values))


def formula_text(node: Node) -> str:
    """Write a tree as a formula again, with the brackets it needs."""
    return _written(node, 0)


def _combine(operator: Operator, left: Measured, right: Measured) -> Measured:
    if operator in ("+", "-"):
        a, b = left.over * right.under, right.over * left.under
        total = a + b if operator == "+" else a - b
        ppm = isqrt((a * left.ppm) ** 2 + (b * right.ppm) ** 2) // abs(total) if total else 0
        return Measured(total, left.under * right.under, ppm)
    ppm = isqrt(left.ppm**2 + right.ppm**2)
    if operator == "*":
        return Measured(left.over * right.over, left.under * right.under, ppm)
    if right.over == 0:
        raise DivisionByZeroError
    over, under = left.over * right.under, left.under * right.over
    return Measured(over, under, ppm) if under > 0 else Measured(-over, -under, ppm)


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str, tokens: list[str]) -> None:
        self.text = text
        self.tokens = tokens
        self.place = 0

    def sum(self, depth: int) -> Node:
        node = self.product(depth)
        while self._next() in ("+", "-"):
            sign = self._take()
            right = self.product(depth)
            node = ("+", node, right) if sign == "+" else ("-", node, right)
        return node

    def product(self, depth: int) -> Node:
        node = self.factor(depth)
        while self._next() in ("*", "/"):
            sign = self._take()
            right = self.factor(depth)
            node = ("*", node, right) if sign == "*" else ("/", node, right)
        return node

    def factor(self, depth: int) -> Node:
        word = self._next()
        if depth > _DEEPEST or word is None or word in "+-*/)":
            raise _malformed(self.text, word or "…")
        self.place += 1
        if word == "(":
            node = self.sum(depth + 1)
            if self._next() != ")":
                raise _malformed(self.text, self._next() or "…")
            self.place += 1
            return node
        return ("number", Fraction(word)) if word[0].isdigit() else ("name", word)

    def _next(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _take(self) -> str:
        self.place += 1
        return self.tokens[self.place - 1]


def _tokens(text: str) -> Iterator[str]:
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        match = _TOKEN.match(stripped, place)
        if match is None:
            raise _malformed(text, stripped[place])
        yield match[0].strip()
        place = match.end()


def _written(node: Node, binding: int) -> str:
    if node[0] == "name":
        return node[1]
    if node[0] == "number":
        number = node[1]
        return str(number.numerator) if number.denominator == 1 else str(float(number))
    own = 1 if node[0] in ("+", "-") else 2
    # The right side of - and / binds tighter: a - (b - c) keeps its brackets.
    text = f"{_written(node[1], own)} {node[0]} {_written(node[2], own + 1)}"
    return f"({text})" if own < binding else text


def _malformed(text: str, word: str) -> InputError:
    message = Text(
        f"公式“{text}”在“{word}”处无法识别；只能用名称、数字、+ - * / 和括号。",
        f"Formula “{text}” cannot be read at “{word}”; use names, numbers, + - * / and brackets.",
    )
    return InputError("formula.malformed", "formula", text, message)


def _repeated(text: str, name: str) -> Text:
    return Text(
        f"公式“{text}”中“{name}”出现多次；请改写成每个量只出现一次，否则不确定度会算错。",
        f"Formula “{text}” names “{name}” more than once; rewrite it so that each quantity occurs once, "
        "or its uncertainty comes out wrong.",
    )


def _unlike(node: Node, left: Dims, right: Dims) -> Text:
    text = formula_text(node)
    return Text(
        f"公式“{text}”把不同量纲相加减：{dims_text(left)} 与 {dims_text(right)}。",
        f"Formula “{text}” adds unlike quantities: {dims_text(left)} and {dims_text(right)}.",
    )


def dims_text(dims: Dims) -> str:
    """Write dimensions for a message, such as ``mass/money``; ``1`` for a plain number."""
    above = "·".join(name for name, power in dims for _ in range(power)) or "1"
    below = "·".join(name for name, power in dims for _ in range(-power))
    return f"{above}/{below}" if below else above
