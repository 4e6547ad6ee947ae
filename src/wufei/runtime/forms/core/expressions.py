"""A tiny language for conditions and computed values; read by `ast`, never handed to the interpreter.

Field names, numbers, text, ``and or not``, comparisons, ``+ - * /``, ``in``, ``a if c else b``,
``sum(rows.field)`` and ``count(rows)``. A missing value makes arithmetic missing and conditions false.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from wufei.kernel.errors import InputError
from wufei.kernel.text import Text

Operand = Decimal | str | bool | tuple[str, ...] | None
Names = Mapping[str, object]
"""Values by field; a repeat is a list of such mappings."""

_LONGEST, _DEEPEST = 500, 20
_ARITHMETIC: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
}
_ORDER: dict[type[ast.cmpop], Callable[[Decimal | str, Decimal | str], bool]] = {
    ast.Lt: lambda left, right: left < right,  # type: ignore[operator]
    ast.LtE: lambda left, right: left <= right,  # type: ignore[operator]
    ast.Gt: lambda left, right: left > right,  # type: ignore[operator]
    ast.GtE: lambda left, right: left >= right,  # type: ignore[operator]
}
_LEAVES = (ast.Name, ast.Constant)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition or formula that was found to be well formed.

    Attributes
    ----------
    text : str
        As written.
    names : frozenset of str
        The fields it names; a field of a repeat as ``rows.field``.
    """

    text: str
    tree: ast.expr
    names: frozenset[str]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


def parse_expression(text: str, place: str) -> Expression:
    """Read an expression.

    Raises
    ------
    InputError
        ``forms.expression``: too long or deep, or not in the language; ``field`` is the place.
    """
    if len(text) > _LONGEST:
        raise _wrong(text[:60], place, Text(f"超过 {_LONGEST} 个字符", f"longer than {_LONGEST} characters"))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _wrong(text, place, Text("写法不完整", "it is not well formed")) from error
    return Expression(text, _numbered(tree, text.strip(), place), frozenset(_checked(tree, text, place, 0)))


def evaluate(expression: Expression, names: Names) -> Operand:
    """Work out an expression; dividing by zero or by nothing gives nothing."""
    try:
        return _value(expression.tree, names)
    except ArithmeticError:
        return None


def holds(expression: Expression, names: Names) -> bool:
    """Say whether a condition is true."""
    return bool(evaluate(expression, names))


def _numbered(tree: ast.expr, text: str, place: str) -> ast.expr:
    """Keep numbers as they were written: a float would lose digits."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            try:
                node.kind = str(Decimal(ast.get_source_segment(text, node) or ""))
            except ArithmeticError as error:
                raise _wrong(text, place, Text("数字写法不对", "a number is not decimal")) from error
    return tree


def _checked(node: ast.AST, text: str, place: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise _wrong(text, place, Text("嵌套过深", "it is nested too deeply"))
    match node:
        case ast.Name(id=name):
            yield name
            return
        case ast.Constant(value=bool() | int() | float() | str()):
            return
        case ast.Call(
            func=ast.Name(id="sum"), args=[ast.Attribute(value=ast.Name(id=rows), attr=name)], keywords=[]
        ):
            yield f"{rows}.{name}"
            return
        case ast.Call(func=ast.Name(id="count"), args=[ast.Name(id=rows)], keywords=[]):
            yield rows
            return
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not() | ast.USub()) | ast.IfExp() | ast.Tuple():
            parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
            parts = [left, right]
        case ast.Compare(
            left=left, ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()]
        ):
            parts = [left, *node.comparators]
        case _:
            found = type(node).__name__
            raise _wrong(text, place, Text(f"不支持 {found}", f"{found} is not in the language"))
    for part in parts:
        yield from _checked(part, text, place, depth + 1)


def _value(node: ast.expr, names: Names) -> Operand:  # noqa: C901, PLR0911 - one case per form
    match node:
        case ast.Name(id=name):
            return operand(names.get(name))
        case ast.Constant(value=value, kind=kind):
            return Decimal(kind) if kind and not isinstance(value, str) else value  # type: ignore[return-value]
        case ast.Tuple(elts=parts):
            return tuple(str(_value(part, names)) for part in parts)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _value(body if _value(test, names) else orelse, names)
        case ast.BoolOp(op=op, values=values):
            truths = (bool(_value(part, names)) for part in values)
            return all(truths) if isinstance(op, ast.And) else any(truths)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, names)
        case ast.UnaryOp(operand=inner):
            number = _value(inner, names)
            return -number if isinstance(number, Decimal) else None
        case ast.BinOp(left=left, op=op, right=right):
            pair = _value(left, names), _value(right, names)
            if isinstance(pair[0], Decimal) and isinstance(pair[1], Decimal):
                return _ARITHMETIC[type(op)](pair[0], pair[1])
            return None
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, _value(left, names), _value(right, names))
        case ast.Call(func=ast.Name(id=function), args=[argument]):
            return _over_rows(function, argument, names)
    return None


def _over_rows(function: str, argument: ast.expr, names: Names) -> Decimal:
    name = argument.value if isinstance(argument, ast.Attribute) else argument
    rows = names.get(name.id if isinstance(name, ast.Name) else "") or []
    if function == "count" or not isinstance(argument, ast.Attribute):
        return Decimal(len(rows) if isinstance(rows, list) else 0)
    cells = [operand(row.get(argument.attr)) for row in rows] if isinstance(rows, list) else []
    return sum((cell for cell in cells if isinstance(cell, Decimal)), Decimal(0))


def _compared(op: ast.cmpop, left: Operand, right: Operand) -> bool:
    if isinstance(op, ast.In):
        return isinstance(left, str) and isinstance(right, tuple) and left in right
    if isinstance(op, ast.Eq):
        return left == right
    if isinstance(op, ast.NotEq):
        return left != right
    alike = (isinstance(left, Decimal) and isinstance(right, Decimal)) or (
        isinstance(left, str) and isinstance(right, str)
    )
    return alike and _ORDER[type(op)](left, right)  # type: ignore[arg-type]


def operand(value: object) -> Operand:
    """Give a typed value as expressions see it: a quantity is its number in the canonical unit."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal | str):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else None


def _wrong(text: str, place: str, why: Text) -> InputError:
    return InputError(
        "forms.expression",
        place,
        text,
        Text(
            f"{place} 的表达式“{text[:80]}”无效：{why.zh}。可用：字段名、数字、文字、and/or/not、比较、"
            "+ - * /、"
            "in、a if c else b、sum(表.字段)、count(表)。",
            f"The expression “{text[:80]}” at {place} cannot be used: {why.en}. "
            f"There are field names, numbers, text, "
            "and/or/not, comparisons, + - * /, in, a if c else b, sum(rows.field) and count(rows).",
        ),
    )
