"""Folders of frames to an export: headers read, sites learnt where wanted, rows and summary made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tsplug.astrobin.configuration import Choices
from tsplug.ports import Clock, FrameHeaders, PlaceLookups, ScanProgress, Store
from tsplug.services.astrobin_export import AcquisitionExport, ExportPlan, export_frames
from tsplug.services.astrobin_files import Scan, ScannedFrames, scan_frames
from tsplug.services.astrobin_settings import FoundSettings, Read, keep_sites, with_sites
from tsplug.services.astrobin_sites import learn_sites


@dataclass(frozen=True)
class FoldersRequest:
    """What to export: folders with the frames of one target, the name of the result, settings and choices."""

    folders: tuple[Path, ...]
    name: str
    settings: FoundSettings
    choices: Choices
    keep_headers: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What an export works with; without a store nobody is asked for records of the frames."""

    headers: FrameHeaders
    clock: Clock
    read_settings: Read
    lookups: PlaceLookups
    store: Store | None = None
    progress: ScanProgress | None = None


def name_of(folder: Path) -> str:
    """Return what an export of folders is called: the last part of the first one."""
    return folder.expanduser().resolve().name or "astrobin"


def export_folders(request: FoldersRequest, around: Surroundings) -> tuple[AcquisitionExport, ScannedFrames]:
    """Return what the frames below folders come to, and the frames.

    Raises:
        InputError: a folder does not exist.
        FileError: sites that were looked up cannot be kept.
    """
    configuration = request.settings.configuration
    folders = tuple(folder.expanduser() for folder in request.folders)
    scan = Scan(folders, configuration, request.choices, request.keep_headers)
    scanned = scan_frames(scan, around.headers, store=around.store, progress=around.progress)
    learnt = learn_sites(scanned.frames, configuration, ask=around.lookups, clock=around.clock)
    keep_sites(request.settings, learnt.sites, read=around.read_settings)
    plan = ExportPlan(
        name=request.name,
        now=around.clock.now(),
        configuration=with_sites(configuration, learnt.sites),
        choices=request.choices,
        left_out=tuple(f"{reason}: {count}" for reason, count in sorted(scanned.left_out.items())),
        problems=(*request.settings.notes, *scanned.problems),
        hints=learnt.notes,
    )
    return export_frames(scanned.frames, plan), scanned
