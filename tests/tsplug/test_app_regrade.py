"""A regrade in several processes."""

from __future__ import annotations

from multiprocessing import active_children
from pathlib import Path

import pytest
from frames_to_regrade import DEVIATION, Frames

from tsplug.app_regrade import deciding_processes
from tsplug.errors import TsplugError
from tsplug.services.regrade_deciding import deciding_here
from tsplug.services.regrade_scope import RegradeRequest, Scope, scope_of
from tsplug.services.regrading import regrade

ALL = RegradeRequest(everything=True)


def frames(folder: Path) -> Frames:
    """Return two targets whose frames are graded by HFR beside their baseline, and compared with their peers."""
    folder.mkdir()
    found = Frames(str(folder / "store.sqlite"), DEVIATION)
    found.take(2.0, 2.1, 5.0, 2.2)
    found.take(3.6, 2.2, target="Rosette", status="rejected", reject_reason="HFR")
    return found


def scope_and_parts(found: Frames) -> tuple[Scope, list[list[int]]]:
    with found.store.read() as unit:
        scope = scope_of(ALL, unit)
    return scope, [[target.id or 0] for target in scope.targets]


def test_several_processes_come_to_what_one_does(tmp_path: Path) -> None:
    """Each part comes to the same, in the same order; what is written of it then changes no more."""
    found = frames(tmp_path / "store")
    scope, parts = scope_and_parts(found)
    decide = deciding_processes(found.store, str(tmp_path / "store" / "store.sqlite"), processes=2)
    assert list(decide(scope, parts * 3)) == list(deciding_here(found.store)(scope, parts * 3))
    assert regrade(ALL, found.context, batch=1, decide=decide).updated == 6
    assert found.told() == ["aA", "aA", "rE", "aA", "rD", "aA"]
    assert regrade(ALL, found.context).updated == 0


def test_a_process_that_is_killed_ends_the_run_in_words(tmp_path: Path) -> None:
    """As where memory is short: what was told before stands, and no process is left."""
    found = frames(tmp_path / "store")
    scope, parts = scope_and_parts(found)
    deciding = deciding_processes(found.store, str(tmp_path / "store" / "store.sqlite"), processes=2)(scope, parts * 50)
    assert [len(each.changed) for each in next(deciding)] == [4]
    for process in active_children():
        process.kill()
    with pytest.raises(TsplugError, match="ended from outside, as for want of memory"):
        list(deciding)
    assert active_children() == []
