"""What heads of columns say, in the words that plans use: known ones, and what others speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from wufei.records.plans.core.reading.blocks import squeezed


class Role(StrEnum):
    """What a column holds."""

    NO = "no"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    NAME = "name"
    TYPE = "type"
    ATTRIBUTE = "attribute"
    MEASURE = "measure"
    BASE = "base"
    TARGET = "target"
    SECTION = "section"
    TITLE = "title"
    TEXT = "text"
    LEAD = "lead"
    SUPPORT = "support"
    UNITS = "units"
    DUE = "due"
    FIELD = "field"
    CONTENT = "content"
    NOTE = "note"
    OTHER = "other"


class Kind(StrEnum):
    """What a table lists."""

    INDICATORS = "indicators"
    TASKS = "tasks"
    PROJECTS = "projects"
    OTHER = "other"


_NAMES: tuple[tuple[Role, str], ...] = (
    (Role.NO, r"序号|编号|号|no\.?|#"),
    (Role.LEVEL1, r"一级指标|一级|指标类别|指标分类|指标领域|类别|分类|领域|维度|方面|目标层|类型领域"),
    (Role.LEVEL2, r"二级指标|二级"),
    (
        Role.NAME,
        r"三级指标|四级指标|指标名称|指标|具体指标|主要指标|建设指标|指标内容|评价指标|考核指标|指标项",
    ),
    (Role.TYPE, r"指标类型|必选/?可选|类型|必选性"),
    (Role.ATTRIBUTE, r"指标属性|属性|指标性质|性质|约束性/?预期性"),
    (Role.MEASURE, r"计量单位|单位(?:\(.*\))?|量纲|指标单位"),
    (
        Role.LEAD,
        r"(?:任务)?牵头(?:责任)?(?:单位|部门|委办局)?(?:\(.*\))?|主责(?:单位|部门)|主办(?:单位|部门)|第一责任单位",
    ),
    (Role.SUPPORT, r"责任(?:单位|部门)|(?:配合|协办|参与|协同|协助)(?:责任)?(?:单位|部门)?|参加单位"),
    (
        Role.UNITS,
        r"(?:项目)?(?:实施|承担|建设|落实|主管|项目|数据来源|数据提供|填报)(?:责任)?(?:单位|部门|主体)|部门|责任主体|责任人|负责(?:单位|部门)|部门分工|责任分工",
    ),
    (
        Role.DUE,
        r"(?:计划)?(?:完成|办结|实施|建设|起止|推进|进度)(?:时限|时间|期限|年限|节点|时序)(?:要求)?|时限|期限|年限|完成年限|时间节点|完成时间要求|建设周期|进度安排",
    ),
    (Role.NOTE, r"备注|说明|注|指标说明|附注"),
)
_TASKS: tuple[tuple[Role, str], ...] = (
    (
        Role.SECTION,
        r"主要任务|任务类别|任务分类|任务领域|领域|类别|一级任务|工作领域|重点领域|方面|板块|任务|行动(?:名称)?|专项行动",
    ),
    (
        Role.TITLE,
        r"重点内容|重点任务|任务名称|工作任务|二级任务|工作事项|事项|任务事项|重点工作|工作名称|措施|任务项|主要举措|举措",
    ),
    (
        Role.TEXT,
        r"具体内容|任务内容|具体任务|工作内容|主要内容|具体措施|具体举措|工作措施|建设内容|内容|任务要求|工作要求|三级任务|目标任务|工作任务及内容|任务措施|任务描述|年度目标|主要措施",
    ),
)
_PROJECTS: tuple[tuple[Role, str], ...] = (
    (Role.FIELD, r"领域|项目类别|类别|项目类型|类型|所属领域|专栏|板块"),
    (Role.NAME, r"项目名称|工程名称|项目|重点项目|重点工程|重大工程|工程项目"),
    (
        Role.CONTENT,
        r"(?:主要)?(?:建设|项目|工程)(?:规模|内容)(?:[及和与、/](?:主要)?(?:建设)?(?:内容|规模))?|主要内容|内容|规模|建设内容",
    ),
    (Role.OTHER, r"(?:总|计划)?投资.*|资金.*|建设地点|地点|项目进展|进展|(?:建设|项目)性质"),
)
TARGET = re.compile(r"目标值?|规划值|计划值|预期值|目标年|目标")


# Where a head is none of the known ones, what it speaks of: 主要责任部门, 考核完成时间要求.
_LIKELY_WHO: tuple[tuple[Role, str], ...] = (
    (Role.LEAD, r"牵头|主责|主办|第一责任"),
    (Role.SUPPORT, r"(?:责任|配合|协办|参与|协同|协助|参加).*(?:单位|部门|主体|机构|分工)"),
    (Role.UNITS, r".[^及和与](?:单位|部门|主体|机构)$"),
    (Role.DUE, r"时限|期限|时间|节点|时序|完成年|工期|起止|进度"),
    (Role.NO, r"^序号?$|编号$"),
)
_LIKELY_INDICATOR: tuple[tuple[Role, str], ...] = (
    (Role.LEVEL1, r"一级"),
    (Role.LEVEL2, r"二级"),
    (Role.ATTRIBUTE, r"属性|性质|约束"),
    (Role.TYPE, r"必选|指标类"),
    (Role.NAME, r"^[^\d]*指标(?:名称|内容|项)?(?:[及和与、/]?(?:计量)?单位)?$"),
)
_LIKELY_TASK: tuple[tuple[Role, str], ...] = (
    (Role.TEXT, r"(?:内容|措施|举措|要求|目标)$"),
    (Role.TITLE, r"(?:任务|工作|事项|项目)(?:名称)?$"),
    (Role.SECTION, r"(?:领域|类别|方面|类型|分类)$"),
)
_LIKELY_PROJECT: tuple[tuple[Role, str], ...] = (
    (Role.NAME, r"(?:项目|工程)(?:名称)?$"),
    (Role.CONTENT, r"内容|规模|概况"),
    (Role.FIELD, r"(?:领域|类别|方面|类型|分类)$"),
)


def _role(head: str, names: Sequence[tuple[Role, str]]) -> Role | None:
    """Give the role of a head that is known, without the year and the remark in its brackets."""
    for bare in (re.sub(r"\((?:20\d\d)?年?\)|[:：]", "", head), re.sub(r"\([^()]*\)|[:：]", "", head)):
        found = next((role for role, pattern in names if re.fullmatch(pattern, bare)), None)
        if found is not None:
            return found
    return None


def of_a_task(head: str) -> bool:
    """Say whether a head is one of tasks, known or likely."""
    return bool(_role(head, _TASKS) or _likely_role(head, _LIKELY_TASK))


def is_known_head(cell: str) -> bool:
    """Say whether a cell says what columns are called everywhere: 序号, 责任单位, 完成时限."""
    return _role(squeezed(cell), _NAMES) is not None


def _likely_role(head: str, likely: Sequence[tuple[Role, str]]) -> Role | None:
    """Give the role that a head speaks of; one that speaks of targets is of a value."""
    plain = re.sub(r"\([^()]*\)", "", head)
    if len(plain) > _HEAD_MAX or (likely is _LIKELY_INDICATOR and TARGET.search(plain)):
        return None
    return next((role for role, pattern in likely if re.search(pattern, plain)), None)


def told(head: str, kind: Kind) -> Role | None:
    """Give the role of a head in a table of a kind: what is known first, then what is likely."""
    exact, likely = _OF_KIND.get(kind, ((), _LIKELY_INDICATOR))
    known = _role(head, exact) or _role(head, _NAMES)
    return known or _likely_role(head, _LIKELY_WHO) or _likely_role(head, likely)


_OF_KIND: dict[Kind, tuple[Sequence[tuple[Role, str]], Sequence[tuple[Role, str]]]] = {
    Kind.TASKS: (_TASKS, _LIKELY_TASK),
    Kind.PROJECTS: (_PROJECTS, _LIKELY_PROJECT),
}
_HEAD_MAX = 20
