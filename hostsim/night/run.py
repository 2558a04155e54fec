"""Runs one night: parses, opens the store, starts the simulators, loads tsplug, runs, shows."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import FrameType
from uuid import uuid4
from zoneinfo import ZoneInfo

from rich.console import Console

from hostsim.alpaca.app import Presentation
from hostsim.alpaca.server import AlpacaServer, AlpacaServerError
from hostsim.clock import SimulatedClock, SystemClock
from hostsim.equipment.guider import Guider
from hostsim.equipment.rig import check_reachable, connect, connect_second
from hostsim.faults.parts.board import FaultBoard
from hostsim.night.folder import output_folder
from hostsim.night.log import night_log
from hostsim.night.options import NightOptions
from hostsim.night.resume import STATE, check_store, kept_state, take_up
from hostsim.night.scenarios import scenario_of
from hostsim.night.simulators import SimulatedNight, simulated_observatory
from hostsim.progress.display import Display
from hostsim.progress.live import LiveDisplay, NightConsole
from hostsim.progress.plain import PlainDisplay
from hostsim.progress.tables import print_flats, print_tables
from hostsim.saving.disk import Disk, PlainDisk
from hostsim.sequence.errors import InstructionFailedError
from hostsim.sequence.frames import Frames
from hostsim.sequence.host import Host, HostContext, HostDevices
from hostsim.sequence.indoors import leave_in
from hostsim.sequence.journal import Journal, Snapshots
from hostsim.sequence.parse import Parsed, parse, parse_faults
from hostsim.sequence.runner import Runner
from hostsim.sequence.state import NightState, begun
from hostsim.sequence.stopping import StopRequest, WatchfulClock
from hostsim.sky.scenario import Scenario
from tsplug import (
    InputError,
    Profile,
    Site,
    TsplugError,
    frame_files,
    load_catalogue,
    load_second_camera,
    open_store,
)
from tsplug.hookspecs import plugin_manager
from tsplug.ports import Clock, Store

_log = logging.getLogger(__name__)

# Simulated time, in which faults end, stands still until somebody has seen to what stopped a night and starts it again.
_SEEN_TO = timedelta(minutes=5)


def run_night(options: NightOptions) -> None:
    """Run the night of a sequence, or go on with it where it was interrupted.

    Raises:
        TsplugError: the sequence is wrong, something cannot be reached or written, or an instruction failed.
    """
    parsed = _with_faults(parse(options.sequence), options)
    if options.alpaca is not None:
        if parsed.sequence.faults:
            raise InputError(f"{parsed.file}: `faults` happen to own simulators: leave --alpaca out, or the faults")
        if options.scenario is not None:
            raise InputError("equipment at an Alpaca address has its own night: leave --scenario out")
        check_reachable(options.alpaca)
    scenario = _scenario(options, parsed)
    with ExitStack() as stack:
        stack.enter_context(output_folder(options.out))
        seed = parsed.sequence.seed if options.seed is None else options.seed
        kept = kept_state(options, parsed, seed=seed)
        if kept is not None:
            check_store(options)
        clock = _clock(options, parsed, kept=kept)
        store = open_store(options.store_url, clock)
        stack.callback(store.close)
        state = kept or _begun(parsed, seed=seed, clock=clock, scenario=scenario)
        night = _Night(options, parsed, clock, store, state, resumed=kept is not None)
        if state.finished:
            night.show_results("this night is finished already")
        else:
            night.run(stack)


def _with_faults(parsed: Parsed, options: NightOptions) -> Parsed:
    """Return a sequence with the faults of the file that was given, before its own."""
    if options.faults is None:
        return parsed
    sequence = parsed.sequence
    faults = (*parse_faults(options.faults, start=sequence.start), *sequence.faults)
    return replace(parsed, sequence=sequence.model_copy(update={"faults": faults}))


def _scenario(options: NightOptions, parsed: Parsed) -> Scenario:
    if options.scenario is not None:
        return scenario_of(options.scenario)
    return scenario_of(parsed.sequence.scenario, folder=parsed.file.parent)


def _begun(parsed: Parsed, *, seed: int, clock: Clock, scenario: Scenario) -> NightState:
    name = parsed.sequence.name
    state = begun(run=str(uuid4()), sequence=parsed.digest, seed=seed, moment=clock.now(), title=name)
    state.scenario = scenario
    return state


def _clock(options: NightOptions, parsed: Parsed, *, kept: NightState | None) -> Clock:
    if options.alpaca is not None:
        return SystemClock()
    moment = kept.moment if kept else parsed.sequence.start
    if kept is not None and kept.stood_down:
        moment += _SEEN_TO
    return SimulatedClock(moment, speed=options.speed)


@dataclass(frozen=True)
class _Equipment:
    address: str
    simulators: Snapshots | None = None
    guider: Guider | None = None
    disk: Disk = field(default_factory=PlainDisk)


@dataclass(frozen=True)
class _Night:
    options: NightOptions
    parsed: Parsed
    clock: Clock
    store: Store
    state: NightState
    resumed: bool

    def run(self, stack: ExitStack) -> None:
        profile, site = self._catalogue()
        zone = ZoneInfo(site.time_zone)
        stack.enter_context(night_log(self.options.out / "night.log", self.clock, zone=zone))
        equipment = self._equipment(profile, site, stack=stack)
        journal = Journal(self.options.out / STATE, self.state, clock=self.clock, simulators=equipment.simulators)
        stop = StopRequest()
        stack.enter_context(stopping_on_interrupt(stop))
        clock = WatchfulClock(self.clock, stop)
        with self._flats_shown(), ExitStack() as shown:
            devices = HostDevices()
            host = Host(
                context=HostContext(self.store, clock, devices, frame_files(), self._display(shown, zone), stop),
                manager=plugin_manager(),
                profile=profile,
                site=site,
                journal=journal,
                out=self.options.out.resolve(),
                title=self.parsed.sequence.name,
                connect=lambda: connect(equipment.address, clock),
                guider=equipment.guider,
                disk=equipment.disk,
                truth=self.options.truth or self.parsed.sequence.truth,
                safety=self.parsed.sequence.safety,
            )
            devices.take_frames_with(Frames(host))
            self._pair(host, address=equipment.address)
            if self.resumed:
                host.display.note("going on with the interrupted night")
                take_up(host)
            else:
                journal.save()
            where, lines = str(self.parsed.file), self.parsed.lines
            Runner(self.parsed.sequence, host, where=where, lines=lines, at_end=leave_in).run()
        self.show_results("the night is done")

    @contextmanager
    def _flats_shown(self) -> Iterator[None]:
        """Show the flats of a night that an instruction ended: those it took are taken, and will not be shown again."""
        try:
            yield
        except InstructionFailedError:
            if self.state.flat_runs:
                print_flats(Console(), self.state.flat_runs)
            raise

    def _pair(self, host: Host, *, address: str) -> None:
        """Give a host its second camera, where the sequence has one."""
        settings = self.parsed.sequence.second_camera
        if settings is None:
            return
        profile, _ = self._profile_and_site(settings.profile["name"])
        clock, context = host.clock, host.context
        beside = HostContext(context.store, clock, HostDevices(), context.files, context.progress, context.cancellation)
        host.second = replace(host, context=beside, profile=profile, guider=None, leads=False)
        beside.devices.take_frames_with(Frames(host.second))
        host.connect_second = lambda rig: connect_second(address, clock, beside=rig)

    def show_results(self, message: str) -> None:
        console = Console()
        profile, _ = self._profile_and_site()
        pair = self.parsed.sequence.second_camera
        second = None if pair is None else self._profile_and_site(pair.profile["name"])[0]
        print_tables(console, self.store, profile=profile, second=second, flat_runs=self.state.flat_runs)
        console.print(f"{message}: results in {self.options.out}", highlight=False, soft_wrap=True, markup=False)

    def _catalogue(self) -> tuple[Profile, Site]:
        if not self.resumed:
            first = load_catalogue(self.parsed.sequence.catalogue, self.store, clock=self.clock)
            second = self.parsed.sequence.second_camera
            if second is not None:
                own = {"site": self.parsed.sequence.catalogue["site"], **second.model_dump()}
                load_second_camera(own, self.store, clock=self.clock, first=first)
        return self._profile_and_site()

    def _profile_and_site(self, name: str | None = None) -> tuple[Profile, Site]:
        name = self.parsed.sequence.catalogue["profile"]["name"] if name is None else name
        with self.store.read() as unit:
            profile = unit.find(Profile, name=name)
            if profile is None:
                raise InputError(f"the store {self.options.store_url} has no profile {name!r}: give the same --db")
            if profile.site_id is None:
                raise InputError(f"profile {name!r} has no site: the night needs to know where it is")
            return profile, unit.get(Site, profile.site_id)

    def _equipment(self, profile: Profile, site: Site, *, stack: ExitStack) -> _Equipment:
        if self.options.alpaca is not None:
            return _Equipment(self.options.alpaca)
        assert isinstance(self.clock, SimulatedClock)
        night = SimulatedNight(self.state.seed, self.state.scenario, self.parsed.sequence.safety.limits, self.clock)
        second = self.parsed.sequence.second_camera
        other = None if second is None else self._profile_and_site(second.profile["name"])[0]
        observatory, guider = simulated_observatory(profile, site, night=night, second=other)
        board = FaultBoard(observatory, self.parsed.sequence.faults, began=self.state.began)
        if self.state.simulators is not None:
            observatory.restore(self.state.simulators)
        server = AlpacaServer(observatory, presentation=Presentation(saves_frames=True))
        try:
            stack.enter_context(server)
        except AlpacaServerError as error:
            raise TsplugError(str(error)) from error
        _log.info("simulators at %s; faults at http://%s/simulator/v1/faults", server.address, server.address)
        return _Equipment(server.address, observatory, guider, board)

    def _display(self, stack: ExitStack, zone: ZoneInfo) -> Display:
        console = NightConsole(stderr=True)
        if not console.is_terminal:
            return PlainDisplay(sys.stderr, self.clock, zone=zone)
        return stack.enter_context(LiveDisplay(console, self.clock, title=self.parsed.sequence.name, zone=zone))


@contextmanager
def stopping_on_interrupt(stop: StopRequest) -> Iterator[None]:
    """Turn the first Ctrl-C or termination into a request to stop; the second one acts at once.

    A terminal that is closed asks for it too, however often: nobody is there who wants more than a safe end. Where that
    is ignored, as under ``nohup``, it stays so.
    """

    def ask(number: int, frame: FrameType | None) -> None:
        stop.ask()
        restore(signal.SIGINT, signal.SIGTERM)

    def restore(*numbers: signal.Signals) -> None:
        for number in numbers:
            signal.signal(number, before[number])

    hangup: int | None = getattr(signal, "SIGHUP", None)
    asking = [signal.SIGINT, signal.SIGTERM]
    asking += [] if hangup is None or signal.getsignal(hangup) is signal.SIG_IGN else [signal.Signals(hangup)]
    before = {number: signal.signal(number, ask) for number in asking}
    try:
        yield
    finally:
        restore(*before)
