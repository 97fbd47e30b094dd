"""A prospectus for tests: everything in it is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kembar.engines.prospectus import Both, Fact, Paper, Part, Reference, Rung, Sheet

NOT_KNOWN = Both("不详", "Not known")


def a_sheet(**changed: Any) -> Sheet:
    sheet = Sheet(
        title=Both("东海岸盐田", "Salt ponds of the east coast"),
        kicker=Both("招商说明书 · 盐业", "Prospectus · Salt"),
        day=date(2026, 11, 30),
        lead=Both("两句话。", "Two sentences."),
        figures=[Fact(Both("面积", "Area"), Both("216 公顷", "216 ha"), references=(1,))],
        parts=[
            Part(
                Both("项目地点", "The site"), [Fact(Both("供电", "Electricity"), NOT_KNOWN, False)]
            )
        ],
        ladder_title=Both("准备程度", "How far it is"),
        ladder=Both("仅为构想。", "An idea."),
        rungs=[Rung(0, Both("构想", "Idea"), True), Rung(1, Both("位置", "Site"), False)],
        papers_title=Both("文件", "Papers"),
        papers_note=Both("自拟清单。", "Our own list."),
        papers=[
            Paper(
                Both("位置图", "Map"),
                Both("厅局", "Agency"),
                Both("尚未归档", "Not on file"),
                False,
            )
        ],
        contact=Fact(Both("联系人", "Whom to ask"), NOT_KNOWN, False),
        references=[Reference("Koran NTT, 23 November 2025", "https://example.org/salt")],
        references_title=Both("来源", "Sources"),
        small=Both("仅供参考。", "Information only."),
        page=Both("第%(page)s页，共%(pages)s页", "Page %(page)s of %(pages)s"),
        missing_letters=Both(
            "以编号代替：%(letters)s。", "Their numbers stand for them: %(letters)s."
        ),
    )
    return replace(sheet, **changed)
