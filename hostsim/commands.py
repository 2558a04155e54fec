"""The commands of ``hostsim``: parse what is asked, call, and show."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hostsim.alpaca.configuration import MOST_SEED, ServerConfig, ServiceConfig, read_service_config
from hostsim.alpaca.identity import machine_identity
from hostsim.alpaca.presets import Preset, preset_server
from hostsim.alpaca.server import AlpacaServerError
from hostsim.alpaca.service import Service
from hostsim.clock import SimulatedClock, SystemClock
from hostsim.conformance.asked import device_asked, server_asked
from hostsim.conformance.command import check_and_print
from hostsim.conformance.device import Conditions
from hostsim.conformance.rule import Profile
from hostsim.conformance.run import Target
from hostsim.equipment.rig import check_address
from hostsim.faults.parts.remote import add_fault, clear_faults, list_faults
from hostsim.night import NightOptions, run_night
from hostsim.night.catalogue import export_stars
from hostsim.night.scenarios import scenario_of
from hostsim.sequence.parse import parse
from hostsim.sequence.second_check import second_camera_notes
from hostsim.sky.scenario import named_scenarios, read_scenario
from hostsim.sky.stars import FAINTEST_MAG
from tsplug import InputError, TsplugError
from tsplug.instructions import check_year

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run nights with tsplug on ASCOM Alpaca equipment, real or simulated.",
)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise typer.BadParameter(f"a speed is `max` or a positive number, not {text!r}")
    return speed


def _address(text: str | None) -> str | None:
    try:
        if text is not None:
            check_address(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error
    return text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return check_year(moment).astimezone(UTC)
    except ValueError as error:
        if str(error).startswith("the year"):
            raise typer.BadParameter(str(error)) from None
    raise typer.BadParameter(f"a moment is a date and time with zone, such as 2026-01-15T22:00:00+01:00, not {text!r}")


_Start = Annotated[
    datetime | None,
    typer.Option(
        parser=_moment,
        metavar="ISO-TIME",
        help="When the simulated time begins, with zone, such as 2026-01-15T22:00:00+01:00; now if absent.",
    ),
]


def _not_empty(text: str) -> str:
    if not text:
        raise typer.BadParameter(
            "an address to listen on is not empty: 127.0.0.1 is this machine, 0.0.0.0 every way to it"
        )
    return text


@app.command()
def run(
    sequence: Annotated[Path, typer.Argument(help="The sequence to run.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Where results go; out/NAME-OF-THE-SEQUENCE if absent.")] = None,
    db: Annotated[str | None, typer.Option(help="The store; store.sqlite in the output folder if absent.")] = None,
    speed: Annotated[str | None, typer.Option(help="`max` (default) or how many times faster than real time.")] = None,
    alpaca: Annotated[
        str | None, typer.Option(callback=_address, help="HOST:PORT of equipment; own simulators if absent.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of the simulated sky; the sequence's if absent.")
    ] = None,
    scenario: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="What happens in the simulated night; the sequence's if absent."),
    ] = None,
    faults: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Faults of the simulated night, beside the sequence's own.")
    ] = None,
    truth: Annotated[
        bool, typer.Option("--truth", help="Write what really is on each light beside it, as simulators know it.")
    ] = False,
) -> None:
    """Run a sequence; the same command again goes on where it was interrupted."""
    if alpaca is not None and speed is not None:
        raise typer.BadParameter("equipment at an Alpaca address has its own time: leave --speed out")
    run_night(
        NightOptions(
            sequence=sequence,
            out=out or Path("out") / sequence.stem,
            db=db,
            speed=_speed(speed or "max"),
            alpaca=alpaca,
            seed=seed,
            scenario=scenario,
            truth=truth,
            faults=faults,
        )
    )


@app.command()
def check(sequence: Annotated[Path, typer.Argument(help="The sequence to check.")]) -> None:
    """Validate a sequence: every problem with its line."""
    parsed = parse(sequence)
    console = Console()
    console.print(f"{sequence}: {parsed.sequence.name}: {len(parsed.lines)} instructions, no problems", markup=False)
    for note in second_camera_notes(parsed.sequence):
        console.print(f"note: {note}", markup=False)


@app.command()
def scenarios(*, json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List the nights that come with the simulators, for `--scenario`."""
    found = {name: read_scenario(name).description for name in named_scenarios()}
    if json:
        typer.echo(dumps([{"name": name, "description": text} for name, text in found.items()], indent=2))
        return
    width = max(map(len, found))
    for name, text in found.items():
        typer.echo(f"{name:<{width}}  {text}")


@app.command()
def catalogue(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The FITS table to write.")],
    sequence: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Only stars around the targets of this sequence.")
    ] = None,
    faintest: Annotated[
        float | None,
        typer.Option(
            metavar="MAG",
            min=1.0,
            max=FAINTEST_MAG,
            help="Leave fainter stars out.",
            show_default="12, with --sequence 14",
        ),
    ] = None,
) -> None:
    """Write the stars of the simulated sky, for `tsplug catalogue install` or any solver that takes a FITS table."""
    stars = export_stars(out, sequence=sequence, faintest_mag=faintest)
    typer.echo(f"{out}: {stars} stars")


def _refuse_beside_config(context: typer.Context) -> None:
    for name in ("bind", "port", "discovery_port", "seed", "scenario", "preset"):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(f"the file given with --config says it: leave --{name.replace('_', '-')} out")


@app.command()
def serve(
    context: typer.Context,
    *,
    bind: Annotated[str, typer.Option(callback=_not_empty, help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes any free one.")] = 32_323,
    speed: Annotated[float, typer.Option(help="How many times faster than real time.")] = 1.0,
    discovery_port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The UDP port of discovery; 0 is no discovery.")
    ] = 32_227,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Seed of the simulated sky.")] = 1,
    scenario: Annotated[str, typer.Option(metavar="NAME|FILE", help="What happens in the simulated nights.")] = "clear",
    config: Annotated[Path | None, typer.Option(help="A TOML file that describes servers and devices.")] = None,
    start: _Start = None,
    preset: Annotated[Preset | None, typer.Option(help="Devices as those of another simulator.")] = None,
) -> None:
    """Run the Alpaca simulators alone, for any Alpaca client, until interrupted."""
    if _speed(str(speed)) is None:
        raise typer.BadParameter("served simulators need a speed that is a number")
    if config is not None:
        _refuse_beside_config(context)
        described = read_service_config(config)
    else:
        server = ServerConfig(
            bind=bind, port=port, discovery_port=discovery_port, seed=seed, scenario=scenario_of(scenario)
        )
        described = ServiceConfig(servers=(preset_server(server, preset),))
    clock = SimulatedClock(start or SystemClock().now(), speed=speed)
    # Interrupting is how serving ends, also for a script's background job, which inherits that it is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        suppress(KeyboardInterrupt),
        Service(described, clock, simulator_routes=preset is Preset.OMNISIM, machine=machine_identity()) as service,
    ):
        for running in service.servers:
            Console().print(f"serving Alpaca simulators on {running.address}", highlight=False, markup=False)
        threading.Event().wait()


@app.command()
def conformance(
    address: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The Alpaca server to check.")],
    *,
    profile: Annotated[Profile, typer.Option(help="How much is asked.")] = Profile.STRICT,
    device: Annotated[
        list[str] | None, typer.Option(metavar="TYPE/N", help="Only this device, such as camera/0; may be repeated.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds for an answer; an operation of a device may take 12 times as long.")
    ] = 5.0,
    untimed: Annotated[
        bool, typer.Option("--untimed", help="For devices whose time is not real: measure none.")
    ] = False,
    discovery_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65_535, help="The server's UDP port of discovery; 0 asks nothing.", show_default="32227"
        ),
    ] = None,
    raw_commands: Annotated[
        bool, typer.Option("--raw-commands", help="Send CommandBlind and its like too; a real mount may obey.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check any Alpaca server: a line for every rule, a summary by device; exit status 1 if a rule failed."""
    try:
        host, port = server_asked(address)
        devices = tuple(device_asked(text) for text in device or ())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    conditions = Conditions(
        timeout,
        12 * timeout,
        profile,
        timed=not untimed,
        discovery_port=discovery_port,
        raw_commands=raw_commands,
    )
    raise typer.Exit(check_and_print(Target(host, port, devices, conditions), as_json=json))


class FaultAction(StrEnum):
    """What can be done with the faults of running simulators."""

    LIST = "list"
    ADD = "add"
    CLEAR = "clear"


@app.command()
def fault(
    address: Annotated[str, typer.Argument(metavar="HOST:PORT", help="The simulators, on this machine.")],
    action: Annotated[FaultAction, typer.Argument(help="List the faults, add one, or clear some or all.")],
    *,
    what: Annotated[
        list[str] | None,
        typer.Argument(help="To add: the type and KEY=VALUE for its fields; to clear: ids, or nothing."),
    ] = None,
) -> None:
    """Let running simulators fail in many ways, and heal them; the reference lists the faults."""
    host, port = check_address(address)
    if action is FaultAction.LIST:
        lines = list_faults(host, port)
    elif action is FaultAction.ADD:
        lines = add_fault(host, port, words=what or ())
    else:
        lines = clear_faults(host, port, words=what or ())
    typer.echo("\n".join(lines))


def perform() -> None:
    """Run the command; what a user can cause ends in one clear line and exit status 1."""
    try:
        app()
    except (TsplugError, AlpacaServerError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
