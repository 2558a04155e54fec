"""References that lead nowhere: what means nothing without its owner goes, the rest is told."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from tsplug.model import (
    Contribution,
    CountAdjustment,
    CriteriaRow,
    FlatHistory,
    FlatSetFile,
    FrameSolution,
    Job,
    JobStep,
    KeptHeader,
    Lease,
    Record,
    SettledPlan,
    StatusChange,
    Thumbnail,
    Verdict,
)
from tsplug.ports import Dangling, Unit
from tsplug.services.doctor_images import never_existed
from tsplug.services.doctor_ledger import Ledger, Problem, every

_REMOVABLE: tuple[type[Record], ...] = (
    Contribution,
    CountAdjustment,
    CriteriaRow,
    FlatHistory,
    FlatSetFile,
    FrameSolution,
    JobStep,
    KeptHeader,
    Lease,
    SettledPlan,
    StatusChange,
    Thumbnail,
    Verdict,
)
# Records that mean nothing without what they refer to.


def check_references(unit: Unit, ledger: Ledger) -> None:
    """Check every reference that the schema declares; sound ones count as one check."""
    ledger.check()
    for link in unit.dangling():
        removable = link.kind in _REMOVABLE
        ledger.check(
            Problem(
                invariant="references lead somewhere",
                subject=f"{link.kind.__name__} {link.id}",
                found=f"{link.field} {link.value}, which is gone",
                expected=f"a {link.refers_to}",
                fix="tsplug doctor --fix removes it" if removable else "restore a backup, or delete it",
            ),
            mend=partial(_remove, link=link) if removable else None,
        )


def check_work(unit: Unit, ledger: Ledger, *, highest: dict[str, int]) -> None:
    """Check that jobs and leases name what existed once; leases end by themselves."""
    for lease in every(unit, Lease, ledger=ledger):
        _check_id(lease, "profile_id", ledger=ledger, highest=highest["profile_id"])
    for job in every(unit, Job, ledger=ledger):
        for name in ("image_id", "profile_id"):
            _check_id(job, name, ledger=ledger, highest=highest[name])


def _check_id(record: Lease | Job, name: str, *, ledger: Ledger, highest: int) -> None:
    value = getattr(record, name)
    kind = type(record)
    ledger.check(
        Problem(
            invariant="what a record names existed once",
            subject=f"{kind.__name__} {record.id}",
            found=f"{name} {value}, which never was",
            expected=f"1 to {highest}, or none",
            fix="tsplug doctor --fix removes it",
        )
        if never_existed(value, highest)
        else None,
        mend=partial(_drop, kind=kind, key=record.id or 0),
    )


def _remove(unit: Unit, _now: datetime, *, link: Dangling) -> str:
    gone = unit.delete_all(link.kind, id=link.id)
    return f"{link.kind.__name__} {link.id} removed: its {link.refers_to} {link.value} is gone" if gone else ""


def _drop(unit: Unit, _now: datetime, *, kind: type[Record], key: int) -> str:
    return f"{kind.__name__} {key} removed" if unit.delete_all(kind, id=key) else ""
