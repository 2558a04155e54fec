"""``tsplug measure``: quality metrics of frames on disk, and into the records of those that have some."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from tsplug.app import frame_files, frame_headers, make_folder, read_start, write_file
from tsplug.cli.commands import FAILED, command
from tsplug.cli.files_preview import bare_name
from tsplug.cli.image_filters import Among, query_of
from tsplug.cli.measure_regrade import regrade_measured
from tsplug.cli.opening import Common, store_if_any
from tsplug.cli.output import (
    FileProgress,
    JsonList,
    complain,
    counted,
    number,
    printable,
    show_fields,
    show_json,
    show_text,
)
from tsplug.cli.places import located, place
from tsplug.errors import InputError
from tsplug.imaging.encoding import MARKED_BYTES, Preview, is_ours
from tsplug.imaging.measure import is_in_adu
from tsplug.imaging.preview import PreviewSettings
from tsplug.metrics import METRICS
from tsplug.model import Address, FramePlace
from tsplug.ports import Store
from tsplug.services.file_measuring import MeasuredFile, MeasureRequest, count_frames, measure_places, measure_records

_LINES_FROM = 20
_LEVEL = "ADU"
_COLUMNS = (
    ("stars", "star_count", 7, 0),
    ("HFR", "hfr", 6, 2),
    ("FWHM", "fwhm", 6, 2),
    ("ecc", "eccentricity", 5, 2),
    ("SNR", "snr", 6, 0),
    ("background", "background", 11, 1),
    ("noise", "noise", 9, 2),
)


@dataclass(frozen=True)
class Into:
    """What becomes of the numbers."""

    again: Annotated[
        bool, typer.Option("--again", help="Replace what records hold of measurements before; without files, of all.")
    ] = False
    over_host: Annotated[
        bool, typer.Option("--over-host", help="Replace also what the host reported; with --again.")
    ] = False
    regrade: Annotated[bool, typer.Option("--regrade", help="Judge the targets anew whose records were measured.")] = (
        False
    )


@dataclass(frozen=True)
class Pictures:
    """Pictures that are made on the way."""

    previews: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=place, help="A folder for a JPEG of each frame.")
    ] = None
    width: Annotated[int, typer.Option(min=16, max=20_000, help="How wide pictures are, in pixels.")] = 1024
    annotate: Annotated[bool, typer.Option("--annotate", help="Pictures with stars and field map.")] = False


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "measure")(measure)


def measure(
    common: Common,
    into: Into,
    *,
    places: Annotated[
        list[Any] | None, typer.Argument(metavar="[FILE|DIR|URL]...", parser=located, help="Frames, or folders.")
    ] = None,
    pictures: Pictures,
    among: Among,
) -> None:
    """Measure frames; lights on record without numbers get them. Without files: records by --again and the filters.

    Exit status 1 when a frame could not be read or measured; the others are measured all the same. With --json and
    --regrade the document holds the frames and the reports of the targets that were judged anew.
    """
    chosen = places or []
    _check_use(chosen, into, narrows=among.choice(common).narrows)
    with ExitStack() as stack:
        store = stack.enter_context(common.store() if not chosen else store_if_any(common))
        run = _Run(common, into, pictures=pictures)
        if chosen:
            found, total = run.of_places(chosen, store), count_frames(chosen, frame_headers())
        else:
            found, total = run.of_records(among, store)
        single = len(chosen) == 1 and _is_frame(chosen[0])
        several = None
        if common.as_json and (into.regrade or not single):
            several = stack.enter_context(JsonList("frames" if into.regrade else ""))
        shown = run.show(found, several, total=total, single=single)
        judged = []
        if store is not None and shown.targets:
            judged = regrade_measured(shown.targets, common, store=store, wanted=into.regrade)
        if several is not None and several.beside is not None:
            several.beside["regraded"] = judged
    if shown.failed or any(report["warnings"] for report in judged):
        raise typer.Exit(FAILED)


def _check_use(places: list[FramePlace], into: Into, *, narrows: bool) -> None:
    if not places and not into.again:
        raise typer.BadParameter("give frames or folders, or --again for those on record", param_hint="FILE|DIR")
    if places and narrows:
        raise typer.BadParameter("filters choose among records; with files they say nothing", param_hint="FILE|DIR")
    if into.over_host and not into.again:
        raise typer.BadParameter("replaces what is on record, so it needs --again", param_hint="--over-host")


def _is_frame(place: FramePlace) -> bool:
    return bool(place.suffix) if isinstance(place, Address) else place.is_file()


@dataclass
class _Shown:
    """What came of a run: how many frames failed, and the targets whose records were written."""

    measured: int = 0
    failed: int = 0
    updated: int = 0
    targets: set[int] = field(default_factory=set)

    def count(self, frame: MeasuredFile) -> None:
        """Take a frame into account."""
        self.failed += bool(frame.problem)
        self.measured += not frame.problem
        self.updated += frame.updated
        if frame.updated and frame.record is not None and frame.record.target_id is not None:
            self.targets.add(frame.record.target_id)


class _Run:
    """One run of the command."""

    def __init__(self, common: Common, into: Into, *, pictures: Pictures) -> None:
        self._common = common
        self._pictures = pictures
        self._files = frame_files(keep_memory=True)
        self._taken: set[Path] = set()
        wanted = pictures.previews is not None
        self._request = MeasureRequest(
            again=into.again,
            over_host=into.over_host,
            preview=PreviewSettings(width_px=pictures.width) if wanted else None,
            annotated=pictures.annotate,
            take_preview=self._keep if wanted else None,
        )

    def of_places(self, places: list[FramePlace], store: Store | None) -> Iterator[MeasuredFile]:
        """Measure the frames in places."""
        return measure_places(places, self._files, headers=frame_headers(), store=store, request=self._request)

    def of_records(self, among: Among, store: Store | None) -> tuple[Iterator[MeasuredFile], int]:
        """Measure the frames of records, oldest first; return them, and how many there are."""
        if store is None:
            return iter(()), 0
        query = query_of(among.choice(self._common), self._common, store=store)
        with store.read() as unit:
            images = unit.images(query.model_copy(update={"newest_first": False}))
        headers = frame_headers()
        found = measure_records(images, self._files, headers=headers, store=store, request=self._request)
        return found, len(images)

    def show(self, frames: Iterator[MeasuredFile], several: JsonList | None, *, total: int, single: bool) -> _Shown:
        """Show frames as they come, in the list where there is one, and return what came of all."""
        shown = _Shown()
        with FileProgress("measuring", many=_LINES_FROM) as progress:
            progress(0, total)
            for done, frame in enumerate(frames, start=1):
                shown.count(frame)
                self._show_one(frame, several, first=done == 1, single=single)
                progress(done, total)
        if not self._common.as_json and not single:
            records = f", {counted(shown.updated, 'record')} written" if shown.updated else ""
            failed = f", {shown.failed} not" if shown.failed else ""
            show_text(f"{counted(shown.measured, 'frame')} measured{records}{failed}")
        return shown

    def _show_one(self, frame: MeasuredFile, several: JsonList | None, *, first: bool, single: bool) -> None:
        if several is not None:
            several.add(frame.row())
        elif self._common.as_json:
            show_json(frame.row())
        elif not frame.problem and single:
            _show_frame(frame)
        elif not frame.problem:
            if first:
                show_text(_line({key: name for name, key, _, _ in _COLUMNS}, "frame"))
            show_text(_line({key: _cell(frame, key, digits=digits) for _, key, _, digits in _COLUMNS}, frame.file))
        if frame.problem:
            complain(printable(frame.problem))

    def _keep(self, file: FramePlace, preview: Preview) -> None:
        """Write a frame's picture; frames of one name in several folders get numbers."""
        folder = self._pictures.previews or Path()
        make_folder(folder)
        names = itertools.chain([""], (f"_{number}" for number in itertools.count(2)))
        picture = next(each for more in names if (each := folder / f"{bare_name(file)}{more}.jpg") not in self._taken)
        self._taken.add(picture)
        try:
            there = read_start(picture, MARKED_BYTES)
        except InputError as error:
            reason = getattr(error.__cause__, "strerror", None) or error
            raise InputError(f"{picture} cannot be written: {reason}; give --previews another folder") from error
        if there is not None and not is_ours(there):
            raise InputError(f"{picture} is there and was not made by tsplug: give --previews another folder")
        write_file(picture, preview.data, force=True)


def _show_frame(frame: MeasuredFile) -> None:
    adu = is_in_adu(frame.metrics)
    named: dict[str, str] = {}
    for key in (key for key in frame.metrics if key in METRICS):
        title, value = METRICS[key].title, _with_unit(key, frame.metrics[key], adu=adu)
        # Sizes in pixels and on the sky have one title.
        named[title] = f"{named[title]}, {value}" if title in named else value
    told: dict[str, Any] = {"kind": frame.kind or "unknown", "detector": frame.detector, **named}
    if frame.record is not None:
        told["record"] = f"{frame.record.id}{', written' if frame.updated else ''}"
    show_fields(printable(str(frame.file)), told)
    if frame.field_map:
        rows = ["  ".join(f"{number(cell['hfr']) or '-':>6}" for cell in row) for row in frame.field_map]
        show_text("\n".join(["HFR over the field, px:", *rows]))
    for warning in frame.warnings:
        show_text(f"note: {printable(warning)}")


def _cell(frame: MeasuredFile, key: str, *, digits: int) -> str:
    value = frame.metrics.get(key)
    shares = METRICS[key].unit == _LEVEL and not is_in_adu(frame.metrics)
    return f"{value:.3g}" if shares and value is not None else number(value, digits)


def _with_unit(key: str, value: float, *, adu: bool) -> str:
    unit = METRICS[key].unit if adu or METRICS[key].unit != _LEVEL else ""
    return f"{value:.4g} {unit}".rstrip() if abs(value) < 1e4 else f"{value:.0f} {unit}".rstrip()


def _line(values: Mapping[str, str], file: Path | str) -> str:
    cells = [f"{values[key]:>{width}}" for _, key, width, _ in _COLUMNS]
    return f"{''.join(cells)}  {printable(str(file))}"
