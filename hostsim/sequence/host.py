"""What instructions work with: equipment, tsplug, clock, journal, display, and where frames go."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

import pluggy

from hostsim.equipment.camera import Camera
from hostsim.equipment.focuser import Focuser
from hostsim.equipment.guider import Guider
from hostsim.equipment.mount import Mount
from hostsim.equipment.panel import Panel
from hostsim.equipment.rig import Rig
from hostsim.equipment.rotator import Rotator
from hostsim.equipment.safety import leave_safe
from hostsim.equipment.wheel import FilterWheel
from hostsim.progress.display import Display
from hostsim.saving.disk import Disk, PlainDisk
from hostsim.sequence.journal import Journal
from hostsim.sequence.meridian import Meridian
from hostsim.sequence.nodes import Path, shown
from hostsim.sequence.safety_settings import SafetySettings
from hostsim.sequence.stopping import StopRequest
from tsplug import DeviceError, InputError, News, Profile, Site, TsplugError, Until
from tsplug.hookspecs import notify_listeners
from tsplug.instructions import Session, moment_of
from tsplug.ports import Clock, FrameFiles, FrameTaker, Store

if TYPE_CHECKING:
    from hostsim.sequence.containers import Item


_NOON = Until(time=time(12))
_HALF_A_DAY = timedelta(hours=12)
_TRIES = 10
_TRY_AGAIN_S = 30.0


class HostDevices:
    """The equipment as tsplug sees it (`tsplug.ports.Devices`); nothing is there before it is connected."""

    def __init__(self) -> None:
        """Start with nothing connected."""
        self.rig = Rig()
        self._frames: FrameTaker | None = None

    @property
    def camera(self) -> Camera | None:
        """Return the camera."""
        return self.rig.camera

    @property
    def wheel(self) -> FilterWheel | None:
        """Return the filter wheel."""
        return self.rig.wheel

    @property
    def rotator(self) -> Rotator | None:
        """Return the rotator."""
        return self.rig.rotator

    @property
    def panel(self) -> Panel | None:
        """Return the flat panel."""
        return self.rig.panel

    @property
    def frames(self) -> FrameTaker:
        """Return what exposes and saves frames."""
        if self._frames is None:
            raise DeviceError("camera", "nothing takes frames yet: begin the sequence with connect_equipment")
        return self._frames

    def take_frames_with(self, taker: FrameTaker) -> None:
        """Say what exposes and saves frames."""
        self._frames = taker


@dataclass(frozen=True)
class HostContext:
    """What hooks receive (`tsplug.ports.Context`)."""

    store: Store
    clock: Clock
    devices: HostDevices
    files: FrameFiles
    progress: Display
    cancellation: StopRequest


@dataclass
class Host:
    """Everything of one night: ``connect`` finds the equipment, ``guider`` is there with own simulators only.

    ``disk`` is asked before a frame is written; ``truth`` says that simulators tell what is on each light.
    ``nested`` runs lists within an instruction, and ``depth`` tells how deep in the cursor the present one stands: both
    are the runner's. ``between`` is called before each instruction of such a list; ``meridian`` is what the container
    wants that runs, and ``ends`` when it ends at the latest.
    ``second`` is the host of a second camera on the mount, and ``connect_second`` finds its devices beside a rig; of
    the two this one ``leads`` unless it is the second's. ``watch_sky`` is called before and amid the frames of flats
    that are of the open sky, ``watch_out`` before and amid those that are not.
    """

    context: HostContext
    manager: pluggy.PluginManager
    profile: Profile
    site: Site
    journal: Journal
    out: FilePath
    title: str
    connect: Callable[[], Rig]
    guider: Guider | None = None
    disk: Disk = field(default_factory=PlainDisk)
    truth: bool = False
    safety: SafetySettings = field(default_factory=SafetySettings)
    warnings: list[str] = field(default_factory=list)
    nested: Callable[[SequenceOf[Item], Path], None] | None = None
    depth: int = -1
    between: Callable[[], None] | None = None
    meridian: Meridian | None = None
    ends: datetime | None = None
    second: Host | None = None
    leads: bool = True
    connect_second: Callable[[Rig], Rig] | None = None
    watch_sky: Callable[[], None] | None = None
    watch_out: Callable[[], None] | None = None

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        return self.context.clock

    def local(self, moment: datetime) -> datetime:
        """Return a moment as clocks at the site show it, for words: whoever reckons with it stays with UTC."""
        return moment.astimezone(ZoneInfo(self.site.time_zone))

    @property
    def rig(self) -> Rig:
        """Return the devices that are connected."""
        return self.context.devices.rig

    @property
    def display(self) -> Display:
        """Return where the night is shown."""
        return self.context.progress

    @property
    def session(self) -> Session:
        """Return what tsplug's instructions run in."""
        return Session(self.manager, self.profile.guid, self.context)

    def connect_all(self) -> None:
        """Connect the equipment, that of a second camera included.

        Raises:
            DeviceError: nothing answers, or a device cannot be connected.
        """
        devices = self.context.devices
        devices.rig = self.connect()
        if self.second is not None and self.connect_second is not None:
            self.second.context.devices.rig = self.connect_second(devices.rig)

    @property
    def cameras(self) -> tuple[Host, ...]:
        """Return this host and, where there is a second camera, the one of that."""
        return (self,) if self.second is None else (self, self.second)

    def chosen(self, camera: str | None) -> tuple[Host, ...]:
        """Return this host, or a second camera's, by the name of its profile; without a name both.

        Raises:
            InputError: no camera goes by that name.
        """
        found = tuple(each for each in self.cameras if camera in (None, each.profile.name))
        if not found:
            names = ", ".join(repr(each.profile.name) for each in self.cameras)
            raise InputError(f"there is no camera of a profile {camera!r}, only of {names}")
        return found

    def one(self, camera: str | None) -> Host:
        """Return this host, or the one of the camera with a profile of this name.

        Raises:
            InputError: no camera goes by that name.
        """
        return self.chosen(camera or self.profile.name)[0]

    def leave_safe(self, error: BaseException | None = None) -> str:
        """Bring all equipment to a safe end as far as it obeys, and say what was done; ``error`` is why.

        A cover that does not close and a mount that does not park are tried again for a while: nobody else is there to
        do it. No stop that is asked for meanwhile, or was before, keeps the equipment from that.
        """
        tries, second = count(1), None if self.second is None else self.second.rig

        def again(said: str) -> bool:
            if next(tries) >= _TRIES:
                return False
            self.warn_once(f"{said}; trying for {_TRIES * _TRY_AGAIN_S / 60.0:g} min")
            self.clock.sleep(_TRY_AGAIN_S)
            return True

        with self.context.cancellation.put_off():
            return leave_safe(self.rig, error, second=second, again=again)

    def tell(self, event: News) -> None:
        """Tell every plugin that listens what has happened."""
        notify_listeners(self.manager, event, context=self.context)

    def warn_once(self, message: str) -> None:
        """Warn, unless the same has been said before."""
        if message not in self.warnings:
            self.warn(message)

    def warn(self, message: str) -> None:
        """Show and keep something that went wrong without ending the night."""
        self.warnings.append(message)
        self.display.warn(message)

    def run_within(self, items: SequenceOf[Item], place: Path) -> None:
        """Run a list that the instruction which runs now holds at ``place``, or what an interruption left of it.

        Raises:
            InstructionFailedError: one of the list failed, and its ``on_error`` does not pass over that.
            Cancelled: a stop was asked for.
        """
        if self.nested is None:
            raise TsplugError(f"{shown(place)}: nothing runs a sequence here")
        self.nested(items, place)

    def end_of(self, until: Until) -> datetime:
        """Return when the instruction that runs now ends: reckoned once and kept, so that going on later moves nothing.

        Raises:
            InputError: it does not come to pass within a day.
        """
        cursor = self.journal.state.cursor
        if not cursor:
            return self.moment_of(until)
        place = cursor[self.depth]
        if place.ends is None:
            place.ends = self.moment_of(until)
            self.journal.save()
        return place.ends

    def moment_of(self, until: Until) -> datetime:
        """Return when what begins now ends.

        In a list of a container that is in the container's night: a time of day that was in the last half day is over,
        and nothing goes on beyond the noon to come or, before ``after_night``, the end of the container.

        Raises:
            InputError: it does not come to pass within a day.
        """
        now = self.clock.now()
        if self.between is None:
            return moment_of(until, now, site=self.site)
        limits = [moment_of(_NOON, now, site=self.site)]
        if self.ends is not None and self.journal.state.stage.over is None:
            limits.append(self.ends)
        passed = timedelta(0) if until.time is None else _HALF_A_DAY
        return max(now, min(moment_of(until, now - passed, site=self.site), *limits))

    def mount(self) -> Mount:
        """Return the mount.

        Raises:
            DeviceError: there is none.
        """
        return self.rig.mount or _absent("telescope")

    def camera(self) -> Camera:
        """Return the camera.

        Raises:
            DeviceError: there is none.
        """
        return self.rig.camera or _absent("camera")

    def wheel(self) -> FilterWheel:
        """Return the filter wheel.

        Raises:
            DeviceError: there is none.
        """
        return self.rig.wheel or _absent("filter wheel")

    def focuser(self) -> Focuser:
        """Return the focuser.

        Raises:
            DeviceError: there is none.
        """
        return self.rig.focuser or _absent("focuser")

    def panel(self) -> Panel:
        """Return the flat panel.

        Raises:
            DeviceError: there is none.
        """
        return self.rig.panel or _absent("flat panel")

    def ready(self, problems: list[str]) -> None:
        """Return when an instruction of tsplug finds what it needs.

        Raises:
            TsplugError: it does not; the text lists what is missing.
        """
        if problems:
            raise TsplugError("; ".join(problems))


def _absent(kind: str) -> NoReturn:
    raise DeviceError(kind, "there is none: begin the sequence with connect_equipment, and see that the server has one")
