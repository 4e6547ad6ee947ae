"""First drafts: the quarter's 简报 and the 进展评价 from figures, the rest from whoever gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wufei.actions.reports.core.document import (
    Document,
    Field,
    Head,
    Kind,
    Listing,
    Paragraph,
    Section,
    Tail,
    Tally,
)
from wufei.kernel.period import Period, Precision
from wufei.measures.indicators.core.figures import Status

MET, ON_TRACK, BEHIND = (Status.MET.value,), (Status.ON_TRACK.value,), (Status.BEHIND.value,)
OTHERS = (Status.NO_TARGET.value, Status.NOT_NUMERIC.value)
NO_TAIL = Tail()
WITHOUT = (Status.NOT_COMPUTABLE.value,)


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose document it is and what it covers.

    Attributes
    ----------
    region : str
        The region's Chinese name.
    plan : str
        Title of the plan whose lines are judged; empty without one.
    """

    region: str
    period: Period
    office: str
    plan: str = ""
    synthetic: bool = False

    @property
    def when(self) -> str:
        """The period as the title says it: 2026年第三季度, 2026年上半年, 2026年度."""
        label = self.period.label()
        return f"{label}度" if self.period.precision is Precision.YEAR else label


def briefing(
    frame: Frame, figures: Sequence[Field], tasks: Sequence[Section] = (), tail: Tail = NO_TAIL
) -> Document:
    """Draft the 简报 of a quarter: what was reached, what is late, what is not known; then the tasks.

    Parameters
    ----------
    figures : sequence of Field
        One for each line of the plan, the lines without value among them; and the counts of tasks.
    tasks : sequence of Section
        What `actions.tasks` has to say; none leaves the section out.
    """
    head = Head(Kind.BRIEFING, f"{frame.region}{frame.when}“无废城市”建设进展情况", frame.office)
    return Document(head, (*_sections(frame), *tasks), tail, tuple(figures), frame.synthetic)


def progress_assessment(frame: Frame, figures: Sequence[Field], tasks: Sequence[Section] = ()) -> Document:
    """Draft the 进展评价 of a period, with the same sections under a title of its own."""
    head = Head(Kind.PROGRESS, f"{frame.region}{frame.when}“无废城市”建设进展评价", frame.office)
    return Document(head, (*_sections(frame), *tasks), Tail(), tuple(figures), frame.synthetic)


def _sections(frame: Frame) -> tuple[Section, ...]:
    of_plan = f"《{frame.plan}》所列" if frame.plan else "本区域"
    summary = Paragraph(
        (
            f"{of_plan}指标共",
            Tally(),
            "项。按目前可得数据，已达到目标",
            Tally(MET),
            "项，达到序时进度",
            Tally(ON_TRACK),
            "项，晚于节点或未达到目标",
            Tally(BEHIND),
            "项，不作数值比较",
            Tally(OTHERS),
            "项，暂无数据",
            Tally(WITHOUT),
            "项。",
        )
    )
    parts = (
        ("已达到目标的指标", MET),
        ("达到序时进度的指标", ON_TRACK),
        ("晚于节点或未达到目标的指标", BEHIND),
    )
    sections = [Section("总体情况", (summary,))]
    sections += [Section(title, (Listing(statuses),)) for title, statuses in parts]
    sections.append(Section("不作数值比较的指标", (Listing(OTHERS),)))
    sections.append(Section("暂无数据的指标", (Listing(WITHOUT, "names"),)))
    return tuple(sections)
