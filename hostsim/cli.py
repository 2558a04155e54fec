"""The command ``hostsim``: parses what is asked, calls, and shows."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hostsim.alpaca.server import AlpacaServer, AlpacaServerError
from hostsim.clock import SimulatedClock, SystemClock
from hostsim.devices.observatory import Observatory
from hostsim.equipment.rig import check_address
from hostsim.night import NightOptions, run_night
from hostsim.sequence.parse import parse
from hostsim.sky.scene import Optics, Sensor, SkySite
from hostsim.sky.sky import Sky
from tsplug import InputError, TsplugError

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
        )
    )


@app.command()
def check(sequence: Annotated[Path, typer.Argument(help="The sequence to check.")]) -> None:
    """Validate a sequence: every problem with its line."""
    parsed = parse(sequence)
    Console().print(f"{sequence}: {parsed.sequence.name}: {len(parsed.lines)} instructions, no problems", markup=False)


@app.command()
def serve(
    *,
    bind: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes any free one.")] = 32_323,
    speed: Annotated[float, typer.Option(help="How many times faster than real time.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulated sky.")] = 1,
) -> None:
    """Run the Alpaca simulators alone, for any Alpaca client, until interrupted."""
    if _speed(str(speed)) is None:
        raise typer.BadParameter("served simulators need a speed that is a number")
    clock = SimulatedClock(SystemClock().now(), speed=speed)
    sky = Sky(seed=seed, site=SkySite(), optics=Optics(), sensor=Sensor())
    # Interrupting is how serving ends, also for a script's background job, which inherits that it is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt), AlpacaServer(Observatory(sky, clock), host=bind, port=port) as server:
        Console().print(f"serving Alpaca simulators on {server.address}", highlight=False)
        threading.Event().wait()


def main() -> None:
    """Run the command; what a user can cause ends in one clear line and exit status 1."""
    try:
        app()
    except (TsplugError, AlpacaServerError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; the same command goes on from here\n")
        sys.exit(1)
