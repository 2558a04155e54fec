"""Lists of targets as people and programs write them: places in the sky, and what is wrong line by line."""

from __future__ import annotations

from tsplug.targets.reading import TargetList, read_targets
from tsplug.targets.values import Epoch, ListedTarget, RaUnit, RowProblem

__all__ = ["Epoch", "ListedTarget", "RaUnit", "RowProblem", "TargetList", "read_targets"]
