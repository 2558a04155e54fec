"""``tsplug astrobin``: acquisition CSV and session summary, from folders of frames or from a target's records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from tsplug.app import default_settings_folder, frame_headers, place_lookups, read_astrobin_settings
from tsplug.astrobin.configuration import Choices, Dates
from tsplug.astrobin.summary import shortened
from tsplug.cli import astrobin_check
from tsplug.cli.commands import FAILED, command
from tsplug.cli.default_command import group_with_default
from tsplug.cli.opening import Common, store_is_missing
from tsplug.cli.output import FileProgress, complain, counted, show_json, show_text
from tsplug.cli.places import place
from tsplug.errors import InputError
from tsplug.model import Target
from tsplug.ports import Store
from tsplug.services.astrobin_dump import write_stages
from tsplug.services.astrobin_export import AcquisitionExport, export_target, write_export
from tsplug.services.astrobin_files import ScannedFrames
from tsplug.services.astrobin_folders import FoldersRequest, Surroundings, export_folders, name_of
from tsplug.services.astrobin_settings import NAME, FoundSettings, find_settings, write_first_settings
from tsplug.services.lookup import find_named
from tsplug.services.writing import file_stem

_SHOWN = 12
_HELP = "AstroBin acquisition CSV and session summary. Without a command: export, from DIR... or with --target NAME."


@dataclass(frozen=True)
class Making:
    """How lights become rows."""

    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings, .toml or config.ini; else those in the working directory."),
    ] = None
    dates: Annotated[Dates | None, typer.Option(help="A light's day: that of its night, or its date in UTC.")] = None
    compatible: Annotated[
        bool, typer.Option("--compatible", help="Make rows as AstroBinUploader's published tables have them.")
    ] = False
    per_panel: Annotated[bool, typer.Option("--per-panel", help="One row a panel of a mosaic.")] = False
    include_rejected: Annotated[bool, typer.Option("--include-rejected", help="Count rejected lights too.")] = False
    include_pending: Annotated[bool, typer.Option("--include-pending", help="Count lights not graded yet.")] = False
    look_up: Annotated[
        bool, typer.Option("--look-up", help="Ask the network about the sky and address of unknown sites.")
    ] = False

    def settings(self) -> FoundSettings:
        """Return the settings in use, with look-ups as they are typed."""
        found = find_settings(self.config, [Path(), default_settings_folder()], read=read_astrobin_settings)
        lookups = found.configuration.lookups
        wanted = {"sky_quality": bool(lookups.sky_endpoint), "geocoding": True} if self.look_up else {}
        update = {"lookups": lookups.model_copy(update=wanted)}
        return replace(found, configuration=found.configuration.model_copy(update=update))

    def choices(self, settings: FoundSettings) -> Choices:
        """Return how this export is made; what is typed goes before the settings."""
        return Choices(
            dates=self.dates or settings.configuration.dates or Dates.NIGHT,
            compatible=self.compatible,
            per_panel=self.per_panel,
            include_rejected=self.include_rejected,
            include_pending=self.include_pending,
        )


@dataclass(frozen=True)
class Writing:
    """What is written, and where."""

    out: Annotated[Path, typer.Option(help="The folder for the files.")] = Path()
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Write a second CSV: where the value of each cell comes from.")
    ] = False
    debug: Annotated[bool, typer.Option("--debug", help="Write the stages that headers go through as CSV.")] = False


def register(app: typer.Typer) -> None:
    """Add the commands; folders or --target without a command name mean ``export``."""
    group = typer.Typer(cls=group_with_default("export"), help=_HELP)
    command(group, "export")(export)
    astrobin_check.register(group)
    app.add_typer(group, name="astrobin", rich_help_panel=None)


def export(
    common: Common,
    *,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DIR]...", parser=place, help="Folders with the frames of one target."),
    ] = None,
    target: Annotated[str, typer.Option(help="A target of the store instead: name, id or guid.")] = "",
    making: Making,
    writing: Writing,
) -> None:
    """Write AstroBin's acquisition CSV and a session summary, and print the summary.

    Without folders and without a target it writes a commented file of settings, and stops.
    """
    if folders and target:
        raise InputError("give folders or --target, not both")
    if not folders and not target:
        file = write_first_settings(making.config or Path(NAME))
        if common.as_json:
            show_json({"settings": str(file)})
        else:
            show_text(f"written: {file}; edit it, then: tsplug astrobin DIR...")
        return
    settings = making.settings()
    if target:
        made, scanned = _from_store(common, target, making=making, settings=settings), ScannedFrames()
    else:
        made, scanned = _from_folders(common, folders or [], making=making, settings=settings, debug=writing.debug)
    stem = file_stem(made.name)
    files = write_export(made, writing.out, page=True, provenance=writing.provenance)
    if writing.debug:
        frames = scanned.frames or made.content.frames
        files += write_stages(writing.out, stem, headers=scanned.headers, frames=frames, content=made.content)
    _tell(common, made, files=files)


def _from_store(common: Common, target: str, *, making: Making, settings: FoundSettings) -> AcquisitionExport:
    with common.store() as store:
        with store.read() as unit:
            found = find_named(unit, Target, name=target)
        return export_target(
            found,
            store,
            now=common.clock().now(),
            choices=making.choices(settings),
            configuration=settings.configuration,
        )


def _from_folders(
    common: Common, folders: Sequence[Path], *, making: Making, settings: FoundSettings, debug: bool
) -> tuple[AcquisitionExport, ScannedFrames]:
    request = FoldersRequest(
        folders=tuple(folders),
        name=name_of(folders[0]),
        settings=settings,
        choices=making.choices(settings),
        keep_headers=debug,
    )
    with _store_if_any(common) as store, FileProgress("reading headers") as progress:
        around = Surroundings(
            headers=frame_headers(),
            clock=common.clock(),
            read_settings=read_astrobin_settings,
            lookups=place_lookups(settings.configuration.lookups),
            store=store,
            progress=progress,
        )
        return export_folders(request, around)


@contextmanager
def _store_if_any(common: Common) -> Iterator[Store | None]:
    """Open the store if there is one: frames on disk need none."""
    if store_is_missing(common):
        yield None
        return
    with common.store() as store:
        yield store


def _tell(common: Common, made: AcquisitionExport, *, files: Sequence[Path]) -> None:
    if common.as_json:
        show_json(_document(made, files))
    else:
        show_text(made.summary)
        show_text("\n".join(f"written: {file}" for file in files))
        for note in shortened(made.notes, _SHOWN):
            show_text(f"note: {note}")
        for hint in made.hints:
            show_text(f"hint: {hint}")
    if not made.rows.rows:
        complain(f"{made.name}: no light counts, so there is no CSV" if not made.rows.refused else made.notes[-1])
        raise typer.Exit(FAILED)
    if made.notes:
        complain(f"{made.name}: {counted(len(made.notes), 'thing')} left out, see the notes")
        raise typer.Exit(FAILED)


def _document(made: AcquisitionExport, files: Sequence[Path]) -> dict[str, object]:
    return {
        "target": made.name,
        "files": [str(file) for file in files],
        "rows": [row.model_dump(mode="json") for row in made.rows.rows],
        "refused": [{"row": each.row.model_dump(mode="json"), "reason": each.reason} for each in made.rows.refused],
        "notes": list(made.notes),
        "hints": list(made.hints),
    }
