"""Sweeping up where a disk does not answer."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from tsplug.services.jobs.patient_sweep import PatientSweep


def test_a_disk_that_hangs_keeps_nobody(tmp_path: Path) -> None:
    """What is swept there goes on by itself, once; other folders and the buffers are swept meanwhile."""
    answers, swept = Event(), []

    def sweep(file: Path | None = None) -> int:
        swept.append(file)
        if file is not None and file.parent.name == "nas":
            answers.wait(60)
        if file is not None and file.parent.name == "gone":
            raise OSError("no such disk")
        return 2

    patient = PatientSweep(sweep, patience_s=0.1)
    nas, other = tmp_path / "nas" / "a.fits", tmp_path / "usb" / "a.fits"
    assert [patient(nas), patient(nas), patient(other), patient()] == [0, 0, 2, 2]
    assert swept == [nas, other, None]
    assert patient(tmp_path / "gone" / "a.fits") == 0
    answers.set()
