"""``tsplug training list|add|delete``: at which brightness and exposure the panel gives good flats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from tsplug.cli.asking import ask
from tsplug.cli.commands import command
from tsplug.cli.opening import Common
from tsplug.cli.output import counted, number, show_json, show_table, show_text
from tsplug.services.training import NewTraining, add_training, delete_training, list_training, training_of

_COLUMNS = ("id", "filter", "gain", "offset", "binning", "readout mode", "panel", "s", "ADU", "bias", "trained")


@dataclass(frozen=True)
class Setting:
    """The options of a camera setting and of the light for it."""

    brightness: Annotated[int, typer.Option(min=0, help="The panel's level, in its own units.")]
    exposure: Annotated[float, typer.Option(help="Seconds.")]
    gain: Annotated[int | None, typer.Option(min=0, help="The camera's default if not given.")] = None
    offset: Annotated[int | None, typer.Option(min=0, help="The camera's default if not given.")] = None
    binning: Annotated[int, typer.Option(min=1, max=16)] = 1
    readout_mode: Annotated[int | None, typer.Option(min=0, help="By its number; any if not given.")] = None
    adu: Annotated[
        float | None, typer.Option(help="The median level that this gives, which later flats are held to.")
    ] = None
    bias: Annotated[
        float | None, typer.Option(help="The part of that level that no light makes, which a correction leaves out.")
    ] = None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Trained flat panel settings.", no_args_is_help=True)
    command(group, "list")(training_list)
    command(group, "add")(training_add)
    command(group, "delete")(training_delete)
    app.add_typer(group, name="training")


def training_list(
    common: Common, *, filter_name: Annotated[str, typer.Option("--filter", help="Only this filter.")] = ""
) -> None:
    """List the trained settings of a profile."""
    with common.store() as store:
        rows = list_training(store, common.chosen_profile(store), filter_name=filter_name)
    if common.as_json:
        show_json(rows)
        return
    _show(f"{counted(len(rows), 'trained setting')}", rows)


def training_add(
    filter_name: Annotated[str, typer.Argument(metavar="FILTER", show_default=False)],
    setting: Setting,
    *,
    common: Common,
) -> None:
    """Add a trained setting; one of the same filter, gain, offset, binning and readout mode is replaced."""
    for value, option in ((setting.exposure, "--exposure"), (setting.adu, "--adu")):
        if value is not None and not 0 < value < float("inf"):
            raise typer.BadParameter(f"must be above 0, not {value:g}", param_hint=option)
    if setting.bias is not None and not 0 <= setting.bias < (setting.adu or float("inf")):
        raise typer.BadParameter(
            f"must be within 0 and the level it is part of, not {setting.bias:g}", param_hint="--bias"
        )
    if not filter_name.strip():
        raise typer.BadParameter("must not be empty", param_hint="FILTER")
    given = NewTraining(
        filter_name=filter_name,
        gain=setting.gain,
        offset=setting.offset,
        binning=setting.binning,
        readout_mode=setting.readout_mode,
        brightness=setting.brightness,
        exposure_s=setting.exposure,
        target_adu=setting.adu,
        bias_adu=setting.bias,
    )
    with common.store() as store:
        row = add_training(given, store, profile=common.chosen_profile(store), clock=common.clock())
    if common.as_json:
        show_json(row)
        return
    _show(f"training {row['id']} {'replaced' if row['replaced'] else 'added'}", [row])


def training_delete(
    ids: Annotated[list[int], typer.Argument(metavar="ID...", show_default=False)],
    common: Common,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete trained settings by id; flats that were taken with them stay."""
    with common.store() as store:
        profile = common.chosen_profile(store)
        if not yes:
            rows = training_of(store, ids, profile=profile)
            _show("to be deleted", rows, common=common)
            ask(
                f"Delete training {', '.join(str(row['id']) for row in rows)}?",
                otherwise="nothing was deleted; --yes deletes without asking",
                silent=common.as_json,
            )
        rows = delete_training(store, ids, profile=profile)
    if common.as_json:
        show_json(rows)
        return
    show_text(f"deleted {counted(len(rows), 'trained setting')}: {', '.join(str(row['id']) for row in rows)}")


def _show(title: str, rows: Iterable[Mapping[str, Any]], *, common: Common | None = None) -> None:
    if common is not None and common.as_json:
        return
    cells = (
        [
            row["id"],
            row["filter"],
            _or(row["gain"], "default"),
            _or(row["offset"], "default"),
            f"{row['binning']}x{row['binning']}",
            _or(row["readout_mode"], "any"),
            row["brightness"],
            row["exposure_s"],
            number(row["target_adu"], 0),
            number(row["bias_adu"], 0),
            row["trained_at"][:10],
        ]
        for row in rows
    )
    show_table(title, _COLUMNS, rows=cells)


def _or(value: object, word: str) -> object:
    return word if value is None else value
