"""The content of invented zero-waste plans, varied by a seed: what a reader should find in any layout."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

GROUPS: dict[str, dict[str, tuple[tuple[str, str, str], ...]]] = {
    "固体废物源头减量": {
        "工业源头减量": (
            ("单位工业增加值固体废物产生强度", "吨/万元", "down"),
            ("工业危险废物产生强度", "吨/万元", "down"),
            ("开展清洁生产审核的企业占比", "%", "up"),
            ("建成绿色工厂的数量", "个", "count"),
        ),
        "农业源头减量": (
            ("绿色食品和有机农产品种植面积占比", "%", "up"),
            ("亩均化学农药使用量", "kg/亩", "down"),
        ),
        "生活领域源头减量": (
            ("人均生活垃圾日产生量", "kg/人/日", "down"),
            ("生活垃圾清运量", "万吨", "cap"),
            ("快递包装绿色产品使用比例", "%", "up"),
        ),
    },
    "固体废物资源化利用": {
        "工业固体废物利用": (
            ("一般工业固体废物综合利用率", "%", "up"),
            ("工业危险废物综合利用率", "%", "words"),
        ),
        "农业固体废物利用": (
            ("秸秆综合利用率", "%", "up"),
            ("畜禽粪污综合利用率", "%", "up"),
            ("废旧农膜回收率", "%", "up"),
        ),
        "生活领域固体废物利用": (
            ("生活垃圾回收利用率", "%", "up"),
            ("再生资源回收网点数量", "个", "count"),
            ("建筑垃圾资源化利用率", "%", "up"),
        ),
    },
    "固体废物最终处置": {
        "危险废物处置": (
            ("危险废物填埋处置量", "吨", "zero"),
            ("医疗废物收集处置体系覆盖率", "%", "up"),
        ),
        "生活垃圾处置": (
            ("生活垃圾焚烧处理能力占比", "%", "up"),
            ("城镇污水污泥无害化处置率", "%", "up"),
        ),
    },
    "保障能力": {
        "制度体系建设": (
            ("“无废城市”建设工作协调机制", "", "mechanism"),
            ("固体废物管理制度文件制定情况", "", "mechanism"),
            ("“无废细胞”建成数量", "个", "count"),
        ),
        "市场体系建设": (
            ("固体废物治理项目投资总额", "亿元", "blank"),
            ("绿色贷款余额", "亿元", "range"),
        ),
        "监管体系建设": (
            ("危险废物规范化管理抽查合格率", "%", "up"),
            ("固体废物信访投诉办结率", "%", "full"),
        ),
    },
    "群众获得感": {
        "群众获得感": (
            ("“无废城市”宣传教育普及率", "%", "up"),
            ("公众对“无废城市”建设成效的满意度", "%", "up"),
        ),
    },
}
"""By first and second level: name, unit, and how its value moves. Names follow the national list of 2021."""

PLACES = ("澜河市青屏区", "望川市云桥区", "梧州湾市临湖区", "泓江市石浦县", "平宁市东岭区", "沐阳市松陵区")
UNITS = (
    "区生态环境局", "区发展改革委", "区城市管理委", "区经济和信息化局", "区农业农村局", "区住房城乡建设委",
    "区商务局", "区水务局", "区卫生健康委", "区教委", "区文化和旅游局", "区财政局", "区市场监管局",
    "区园林绿化局", "区交通局", "区公安分局", "区科技局", "区大数据中心", "区环卫服务中心", "区供销社",
    "区机关事务管理局", "区委宣传部", "区金融办", "高新技术产业园区管委会", "各镇街（地区）",
    "各乡镇人民政府",
)  # fmt: skip
SECTIONS = (
    "推进工业绿色转型",
    "发展生态循环农业",
    "倡导绿色低碳生活",
    "加强建筑垃圾治理",
    "严守环境安全底线",
    "健全长效治理机制",
)
_VERBS = ("推动", "完善", "建设", "规范", "强化", "推广", "健全", "开展", "优化", "探索")
_THINGS = (
    "工业固体废物分类贮存", "园区危险废物集中收集", "秸秆离田收储", "畜禽粪污就近还田", "废旧农膜回收网点",
    "可回收物分拣中转", "厨余垃圾就地处理", "装修垃圾预约清运", "再生骨料应用", "小微企业危险废物收集",
    "医疗废物闭环转运", "快递包装循环使用", "一次性用品减量", "绿色工地创建", "污泥协同处置",
    "电子台账填报", "绿色供应链管理", "大件垃圾拆解", "废弃电器回收", "园林绿化废弃物堆肥",
)  # fmt: skip
_ENDS = (
    "建立台账并按季更新", "明确收运频次和责任人", "实现来源可查、去向可追", "带动上下游企业共同参与",
    "形成可复制的做法", "逐步扩大覆盖范围", "纳入日常巡查", "降低转运成本", "配套资金补助", "接受公众监督",
)  # fmt: skip
_LONG = "压实各方责任，及时分析产生、贮存、转移、利用和处置各环节的数据，对异常情况立即核查处理"
_PROJECTS = ("分拣中心", "处理设施提升改造工程", "收运体系建设项目", "智慧监管平台", "示范基地")
_MUST = ("必选", "可选", "自选")


@dataclass(frozen=True, slots=True)
class Amount:
    """A value before it is worded: ``op`` as the reader names it; ``words`` where it is no number."""

    op: str
    number: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the system of indicators; ``part`` says that it belongs under the one before (其中)."""

    level1: str
    level2: str
    name: str
    type: str
    attribute: str
    unit: str
    baseline: Amount
    targets: tuple[Amount, ...]
    units: tuple[str, ...]
    part: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """A task; ``title`` is what a list calls 重点内容."""

    section: str
    title: str
    text: str
    units: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True)
class Project:
    """A project."""

    field: str
    name: str
    content: str
    units: tuple[str, ...]
    due: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that an invented plan says."""

    city: str
    district: str
    number: str
    issued_on: tuple[int, int, int]
    base_year: int
    target_years: tuple[int, ...]
    indicators: tuple[Indicator, ...]
    tasks: tuple[Task, ...]
    projects: tuple[Project, ...]

    @property
    def place(self) -> str:
        """City and district."""
        return self.city + self.district

    @property
    def title(self) -> str:
        """The plan's title."""
        return f"{self.place}“无废城市”建设实施方案（{self.base_year + 1}—{self.target_years[-1]}年）"


def content_of(seed: int, *, target_years: int = 1, many: int = 1) -> Content:
    """Make the content of a plan; the same seed makes the same plan.

    Parameters
    ----------
    target_years : int
        How many years have a target of their own.
    many : int
        How often the lists are repeated with other words: for plans of hundreds of pages.
    """
    chance = random.Random(seed)  # noqa: S311 - plans, not secrets
    place = chance.choice(PLACES)
    city, district = place[: place.index("市") + 1], place[place.index("市") + 1 :]
    base = chance.choice((2020, 2022, 2023))
    years = tuple(base + 2 + (5 - base % 5) % 5 + 3 + 5 * at for at in range(target_years))
    return Content(
        city,
        district,
        f"{city[0]}{district[0]}政{chance.choice('发办')}〔{base + 1}〕{chance.randint(2, 98)}号",
        (base + 1, chance.randint(1, 12), chance.randint(1, 28)),
        base,
        years,
        tuple(each for _ in range(many) for each in _indicators(chance, len(years))),
        tuple(each for _ in range(many) for each in _tasks(chance, base, years[-1])),
        tuple(each for _ in range(many) for each in _projects(chance, years[-1])),
    )


def _indicators(chance: random.Random, years: int) -> list[Indicator]:
    made = []
    for level1, groups in GROUPS.items():
        for level2, names in groups.items():
            for name, unit, move in names:
                base, targets = _amounts(chance, move, unit, years)
                type_ = chance.choices(_MUST, (5, 4, 1))[0]
                attribute = chance.choice(("约束性", "预期性"))
                units = _some_units(chance, (1, 1, 1, 2, 3))
                made.append(Indicator(level1, level2, name, type_, attribute, unit, base, targets, units))
    return made


def _amounts(chance: random.Random, move: str, unit: str, years: int) -> tuple[Amount, tuple[Amount, ...]]:
    fixed = {
        "mechanism": (
            Amount("text", words=chance.choice(("正在建设", "初步建立"))),
            Amount("text", words="逐步完善"),
        ),
        "words": (
            Amount("eq", Decimal(chance.randint(20, 60)), unit=unit),
            Amount("text", words="应利用尽利用"),
        ),
        "zero": (Amount("eq", Decimal(chance.randint(20, 80)), unit=unit), Amount("text", words="零填埋")),
        "full": (Amount("eq", Decimal(100), unit=unit), Amount("eq", Decimal(100), unit=unit)),
        "blank": (Amount("blank", words="-"), Amount("text", words="期末汇总")),
    }
    if move in fixed:
        base, target = fixed[move]
        return base, (target,) * years
    if move == "range":
        low = Decimal(chance.randint(10, 30))
        return Amount("eq", low, unit=unit), (Amount("range", low + 5, low + 20, unit),) * years
    return _moving(chance, move, unit, years)


def _moving(chance: random.Random, move: str, unit: str, years: int) -> tuple[Amount, tuple[Amount, ...]]:
    if move == "up":
        base = Decimal(chance.randint(300, 800)) / 10
        steps = [
            min(base + (100 - base) * (at + 1) // (years + 1) // 5 * 5 + 5, Decimal(100))
            for at in range(years)
        ]
        ops = [chance.choice(("ge", "eq", "ge")) for _ in steps]
    elif move == "count":
        base = Decimal(chance.randint(0, 9))
        steps = [base + 5 * (at + 1) for at in range(years)]
        ops = [chance.choice(("ge", "eq")) for _ in steps]
    elif move == "cap":
        base = Decimal(chance.randint(1000, 2500)) / 100
        steps = [base.to_integral_value() + 3 + at for at in range(years)]
        ops = ["le"] * years
    else:
        base = Decimal(chance.randint(200, 900)) / 1000
        steps = [base - Decimal("0.02") * (at + 1) for at in range(years)]
        ops = [chance.choice(("le", "eq", "lt")) for _ in steps]
        if chance.random() < 0.25:
            return Amount("eq", base, unit=unit), (Amount("text", words="持续下降"),) * years
    before = (
        Amount("blank", words=chance.choice("-—/"))
        if chance.random() < 0.12
        else Amount("eq", base, unit=unit)
    )
    targets = tuple(Amount(op, step, unit=unit) for op, step in zip(ops, steps, strict=True))
    if move == "up" and chance.random() < 0.08:
        targets = (Amount("blank", unit="%", words="X%"),) * years
    return before, targets


def _some_units(chance: random.Random, counts: Sequence[int]) -> tuple[str, ...]:
    return tuple(chance.sample(UNITS, chance.choice(counts)))


def _tasks(chance: random.Random, base: int, last: int) -> list[Task]:
    made = []
    things = list(_THINGS)
    chance.shuffle(things)
    for at, section in enumerate(SECTIONS):
        for title_thing in things[at * 2 : at * 2 + 2]:
            title = chance.choice(_VERBS) + title_thing
            for _ in range(chance.randint(1, 3)):
                due = chance.choice((f"{last}年", f"{last}年底", f"{base + 2}年12月", "长期", "持续推进"))
                made.append(
                    Task(section, title, _sentences(chance), _some_units(chance, (1, 2, 3, 4, 5)), due)
                )
    return made


def _sentences(chance: random.Random) -> str:
    parts = []
    for _ in range(chance.choice((1, 2, 2, 3))):
        thing = chance.choice(_THINGS)
        end = _LONG if chance.random() < 0.2 else chance.choice(_ENDS)
        parts.append(f"{chance.choice(_VERBS)}{thing}，{end}。")
    return "".join(dict.fromkeys(parts))


def _projects(chance: random.Random, last: int) -> list[Project]:
    made = []
    for field in ("工业", "农业", "生活", "建筑", "综合"):
        for _ in range(chance.randint(1, 3)):
            thing = chance.choice(_THINGS)
            name = thing[:6] + chance.choice(_PROJECTS)
            content = (
                f"新建{thing}车间{chance.randint(1, 9)}000平方米，年处理能力{chance.randint(2, 30)}万吨。"
            )
            units = _some_units(chance, (1, 1, 2))
            made.append(Project(field, name, content, units, f"{last - chance.randint(0, 2)}年"))
    return made
