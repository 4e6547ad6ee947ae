"""Make a definition of a mapping or of a small YAML document; what is wrong with it are Findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import yaml

from wufei.kernel.errors import InputError
from wufei.kernel.findings import Finding, Severity
from wufei.kernel.text import Text
from wufei.kernel.units import parse_unit
from wufei.runtime.forms.core.definition import Bounds, Choice, Definition, Field, Group, Kind
from wufei.runtime.forms.core.expressions import Expression, parse_expression

_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}")
_FORM_KEY = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PLAIN = (
    "required",
    "pattern",
    "length_max",
    "decimals",
    "lookup",
    "default",
    "default_last",
    "example",
    "unique",
)
_KNOWN = frozenset(
    {*_PLAIN, "key", "kind", "title", "help", "required_if", "visible_if", "compute", "hard", "soft", "units"}
    | {"choices", "fields", "rows_min", "rows_max", "future"}
)
_WORDS: Mapping[str, type] = {
    **dict.fromkeys(("pattern", "lookup", "default", "example"), str),
    **dict.fromkeys(("required", "default_last", "unique", "future"), bool),
    **dict.fromkeys(("length_max", "decimals", "rows_min", "rows_max"), int),
}


def load_definition(text: str, file: str) -> tuple[Definition | None, tuple[Finding, ...]]:
    """Read a definition from YAML; without a definition the Findings say why, each with file and place."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        message = Text(f"YAML 无法读取：{error}"[:200], f"The YAML cannot be read: {error}"[:200])
        fix = Text("请检查缩进和引号。", "Check indentation and quotation marks.")
        return None, (Finding("forms.yaml", Severity.ERROR, f"{file}{line}", message, fix=fix),)
    return definition_of(document, file)


def definition_of(document: object, file: str) -> tuple[Definition | None, tuple[Finding, ...]]:
    """Make a definition of plain data, as `load_definition` does."""
    reader = _Reader(file, [])
    definition = reader.definition(document)
    return (None if reader.findings else definition), tuple(reader.findings)


class _Reader:
    """Collects every defect of one document instead of stopping at the first."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file, self.findings = file, findings

    def wrong(self, place: str, value: object, message: Text, fix: Text) -> None:
        where = f"{self.file}#{place}"
        self.findings.append(
            Finding(
                "forms.definition",
                Severity.ERROR,
                where,
                message,
                value=str(value)[:80],
                rule=message,
                fix=fix,
            )
        )

    def definition(self, document: object) -> Definition | None:
        if not isinstance(document, Mapping):
            self.wrong(
                "/",
                document,
                Text("应为映射", "must be a mapping"),
                Text("写 key、title、fields。", "Give key, title, fields."),
            )
            return None
        key, version = str(document.get("key", "")), document.get("version", 1)
        if not _FORM_KEY.fullmatch(key):
            self.wrong(
                "/key",
                key,
                Text("键应为小写字母、数字和连字符", "a key has small letters, digits, hyphens"),
                _MEND,
            )
        if not isinstance(version, int) or version < 1:
            self.wrong(
                "/version", version, Text("版本应为正整数", "a version is a whole number from 1"), _MEND
            )
            version = 1
        fields = self.fields(document.get("fields"), "/fields", frozenset())
        groups = self.groups(document.get("groups"), fields)
        title, notes = self.text(document.get("title"), "/title"), document.get("notes")
        return Definition(
            key, version, title, fields, groups, self.text(notes, "/notes") if notes else Text("")
        )

    def text(self, raw: object, place: str) -> Text:
        if (isinstance(raw, str) and raw) or (isinstance(raw, Mapping) and raw.get("zh")):
            return Text.parse(raw)
        self.wrong(
            place,
            raw,
            Text("缺少中文文字", "Chinese words are missing"),
            Text("写 {zh, en}。", "Write {zh, en}."),
        )
        return Text("")

    def groups(self, raw: object, fields: tuple[Field, ...]) -> tuple[Group, ...]:
        keys = [field.key for field in fields]
        if not isinstance(raw, list):
            return (Group("all", Text(""), tuple(keys)),)
        groups = []
        for number, one in enumerate(raw):
            place = f"/groups/{number}"
            if not isinstance(one, Mapping):
                self.wrong(place, one, Text("应为映射", "must be a mapping"), _MEND)
                continue
            names = tuple(str(name) for name in one.get("fields") or ())
            groups.append(
                Group(str(one.get("key", number)), self.text(one.get("title"), f"{place}/title"), names)
            )
        named = [name for group in groups for name in group.fields]
        if sorted(named) != sorted(keys):
            odd = sorted(set(named) ^ set(keys)) or named
            message = Text("每个字段应恰好在一个分组中", "every field stands in exactly one group")
            self.wrong("/groups", ", ".join(odd), message, _MEND)
        return tuple(groups)

    def fields(self, raw: object, place: str, outer: frozenset[str]) -> tuple[Field, ...]:
        found: list[Field] = []
        if not isinstance(raw, list) or not raw:
            self.wrong(place, raw, Text("至少要有一个字段", "there must be a field"), _MEND)
            return ()
        level = {str(one.get("key")) for one in raw if isinstance(one, Mapping)} | outer
        known = set(outer)
        for number, one in enumerate(raw):
            at = f"{place}/{number}"
            field = self.field(one, at, frozenset(known))
            if field is None:
                continue
            if field.key in {other.key for other in found}:
                self.wrong(f"{at}/key", field.key, Text("键重复", "the key occurs twice"), _MEND)
            for name, expression, allowed in (
                ("visible_if", field.visible_if, known),
                ("compute", field.compute, known),
                ("required_if", field.required_if, known | level),
            ):
                unknown = sorted(expression.names - allowed) if expression else []
                if unknown:
                    message = Text(
                        f"没有（更早的）字段 {unknown[0]}", f"no (earlier) field is named {unknown[0]}"
                    )
                    self.wrong(f"{at}/{name}", expression, message, _MEND)
            found.append(field)
            known |= {field.key} | {f"{field.key}.{inner.key}" for inner in field.fields}
        return tuple(found)

    def field(self, raw: object, place: str, outer: frozenset[str]) -> Field | None:
        if not isinstance(raw, Mapping):
            self.wrong(place, raw, Text("应为映射", "must be a mapping"), _MEND)
            return None
        for name in sorted(set(map(str, raw)) - _KNOWN):
            self.wrong(f"{place}/{name}", name, Text("未知属性", "is no property of a field"), _MEND)
        key, kind = str(raw.get("key", "")), str(raw.get("kind", ""))
        if not _KEY.fullmatch(key):
            self.wrong(
                f"{place}/key",
                key,
                Text("键应为小写字母、数字和下划线", "a key has small letters, digits, _"),
                _MEND,
            )
        if kind not in set(Kind):
            message = Text("未知的字段类型", "is no kind of field")
            self.wrong(
                f"{place}/kind", kind, message, Text("可用：" + "、".join(Kind), "Use " + ", ".join(Kind))
            )
            return None
        words = {}
        for name, wanted in _WORDS.items():
            if name in raw and type(raw[name]) is not wanted:
                self.wrong(
                    f"{place}/{name}",
                    raw[name],
                    Text(f"应为 {wanted.__name__}", f"must be {wanted.__name__}"),
                    _MEND,
                )
            elif name in raw:
                words[name] = raw[name]
        inner = self.fields(raw.get("fields"), f"{place}/fields", outer) if kind == Kind.REPEAT else ()
        if any(one.kind is Kind.REPEAT for one in inner):
            self.wrong(place, key, Text("表中不能再有表", "a repeat holds no repeat"), _MEND)
        field = Field(
            key=key,
            kind=Kind(kind),
            title=self.text(raw.get("title"), f"{place}/title"),
            help=self.text(raw["help"], f"{place}/help") if raw.get("help") else Text(""),
            hard=self.bounds(raw.get("hard"), f"{place}/hard"),
            soft=self.bounds(raw.get("soft"), f"{place}/soft"),
            units=tuple(str(unit) for unit in raw.get("units") or ()),
            choices=self.choices(raw.get("choices"), f"{place}/choices"),
            required_if=self.expression(raw, "required_if", place),
            visible_if=self.expression(raw, "visible_if", place),
            compute=self.expression(raw, "compute", place),
            fields=inner,
            **words,
        )
        self.complete(field, place, raw)
        return field

    def complete(self, field: Field, place: str, raw: Mapping[str, object]) -> None:
        """See that a field has what its kind needs, and that pattern and units can be read."""
        needs = (
            (field.kind in (Kind.CHOICE, Kind.CHOICES) and not field.choices, "choices"),
            (field.kind is Kind.REFERENCE and not field.lookup, "lookup"),
            (field.kind is Kind.QUANTITY and not field.units, "units"),
            (field.kind is Kind.COMPUTED and "compute" not in raw, "compute"),
        )
        for missing, name in needs:
            if missing:
                self.wrong(
                    f"{place}/{name}",
                    "",
                    Text(f"{field.kind} 需要 {name}", f"{field.kind} needs {name}"),
                    _MEND,
                )
        try:
            re.compile(field.pattern)
            units = [parse_unit(unit) for unit in field.units]
            for unit in units:
                unit.factor_to(units[0])
        except re.error as error:
            self.wrong(
                f"{place}/pattern", field.pattern, Text(f"正则无效：{error}", f"bad pattern: {error}"), _MEND
            )
        except InputError as error:
            self.wrong(f"{place}/units", ", ".join(field.units), error.message, _MEND)

    def expression(self, raw: Mapping[str, object], name: str, place: str) -> Expression | None:
        if name not in raw:
            return None
        try:
            return parse_expression(str(raw[name]), f"{place}/{name}")
        except InputError as error:
            self.wrong(f"{place}/{name}", raw[name], error.message, _MEND)
            return None

    def bounds(self, raw: object, place: str) -> Bounds:
        if raw is None:
            return Bounds()
        try:
            least, most = (None if one is None else Decimal(str(one)) for one in raw)  # type: ignore[attr-defined]
        except (ArithmeticError, TypeError, ValueError):
            self.wrong(place, raw, Text("界限应为 [下限, 上限]", "bounds are [least, most]"), _MEND)
            return Bounds()
        return Bounds(least, most)

    def choices(self, raw: object, place: str) -> tuple[Choice, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, Mapping):
            self.wrong(place, raw, Text("选项应为 键: 名称", "choices are key: title"), _MEND)
            return ()
        return tuple(Choice(str(key), self.text(title, f"{place}/{key}")) for key, title in raw.items())


_MEND = Text("请按此修改定义文件。", "Mend the definition so.")
