"""What follows when records were measured anew: their targets are judged anew, or it is said how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tsplug.cli.opening import CommandContext, Common
from tsplug.cli.output import complain, show_text
from tsplug.cli.regrade import show_left_pending, show_report
from tsplug.hookspecs import other_graders, plugin_manager
from tsplug.model import Target
from tsplug.ports import Store
from tsplug.services.regrade_scope import RegradeRequest
from tsplug.services.regrading import regrade


def regrade_measured(target_ids: Iterable[int], common: Common, *, store: Store, wanted: bool) -> list[dict[str, Any]]:
    """Judge targets anew where that is wanted; else say that grades stay, and the command that changes them.

    Returns:
        The report of each target with its name, as JSON has it.
    """
    with store.read() as unit:
        targets = unit.list(Target, id=sorted(target_ids))
    if not wanted:
        if targets and not common.as_json:
            names = ", ".join(target.name for target in targets[:3]) + (", ..." if len(targets) > 3 else "")
            show_text(f"grades stay as they are; tsplug regrade --target T judges anew: {names}")
        return []
    context = CommandContext(store, common.clock())
    others = other_graders(plugin_manager())
    reports = []
    for target in targets:
        report = regrade(RegradeRequest(target=target.guid, leave_pending=bool(others)), context)
        reports.append({"target": target.name, **asdict(report)})
        if not common.as_json:
            show_text(f"{target.name}:")
            show_report(report)
        for problem in report.warnings:
            complain(problem)
    if reports and not common.as_json:
        show_left_pending(others)
    return reports
