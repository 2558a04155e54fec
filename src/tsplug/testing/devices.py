"""Recording devices: equipment that obeys at once, writes down every command, and fails where a test asks it to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tsplug.errors import DeviceError
from tsplug.ports import Clock, CoverState, FrameLevels, FrameRequest, SavedFrame

Level = Callable[[FrameRequest, int], float]
"""Gives the median of a frame in ADU from its request and the panel's brightness."""

_CARD = 80
_BLOCK = 2880
_FULL = 65_535


class Killed(BaseException):
    """The process ends here, as ``kill -9`` ends it: nothing after it reaches a device."""


@dataclass
class _Fault:
    command: str
    on_call: int | None
    error: BaseException
    after: bool


@dataclass
class CommandLog:
    """Every command that devices received, as ``device.command value``, and the faults that a test planned.

    Reading a state is not a command: it is not in ``commands``, though it can fail as well.
    """

    commands: list[str] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)
    _calls: Counter[str] = field(default_factory=Counter)
    _dead: BaseException | None = None

    def fail(
        self, command: str, *, on_call: int | None = None, error: BaseException | None = None, after: bool = False
    ) -> None:
        """Let a command or reading, for example ``panel.light_on``, fail.

        Args:
            command: the device and its method.
            on_call: which call fails, from 1; every one if None.
            error: what is raised; a `DeviceError` by default. After a `Killed` nothing works until `revive`.
            after: whether the device obeys before the error is raised.
        """
        device, _, method = command.partition(".")
        self._faults.append(_Fault(command, on_call, error or DeviceError(device, f"{method} failed"), after))

    def revive(self) -> None:
        """Forget faults, counted calls and the end of the process; keep the commands."""
        self._faults.clear()
        self._calls.clear()
        self._dead = None

    @contextmanager
    def command(self, name: str, *values: object) -> Iterator[None]:
        """Write down a command around what it does."""
        self._refuse_if_dead()
        self.commands.append(" ".join([name, *map(str, values)]))
        with self.reading(name):
            yield

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Let a reading, or what a command does, happen with the faults planned for it."""
        self._refuse_if_dead()
        self._calls[name] += 1
        self._raise_planned(name, after=False)
        yield
        self._raise_planned(name, after=True)

    def _refuse_if_dead(self) -> None:
        if self._dead is not None:
            raise self._dead

    def _raise_planned(self, name: str, *, after: bool) -> None:
        for fault in self._faults:
            if fault.command == name and fault.after == after and fault.on_call in (None, self._calls[name]):
                if isinstance(fault.error, Killed):
                    self._dead = fault.error
                raise fault.error


@dataclass
class FakeCamera:
    """A camera with readout modes."""

    log: CommandLog
    mode: int = 0
    max_adu: int = 65_535

    def readout_mode(self) -> int:
        """Return the mode in use."""
        with self.log.reading("camera.readout_mode"):
            return self.mode

    def set_readout_mode(self, index: int) -> None:
        """Select a mode."""
        with self.log.command("camera.set_readout_mode", index):
            self.mode = index


@dataclass
class FakeWheel:
    """A filter wheel."""

    log: CommandLog
    names: tuple[str, ...] = ("L", "R", "G", "B", "Ha")
    name: str = "L"

    def current(self) -> str:
        """Return the filter in the beam."""
        with self.log.reading("wheel.current"):
            return self.name

    def select(self, name: str) -> None:
        """Bring a filter into the beam.

        Raises:
            DeviceError: the wheel has no such filter.
        """
        with self.log.command("wheel.select", name):
            if name not in self.names:
                raise DeviceError("wheel", f"no filter {name!r} among {', '.join(self.names)}")
            self.name = name


@dataclass
class FakeRotator:
    """A rotator, by its mechanical angle in degrees."""

    log: CommandLog
    angle_deg: float = 0.0

    def mechanical_deg(self) -> float:
        """Return the angle."""
        with self.log.reading("rotator.mechanical_deg"):
            return self.angle_deg

    def move_mechanical(self, angle_deg: float) -> None:
        """Turn to an angle."""
        with self.log.command("rotator.move_mechanical", round(angle_deg, 3)):
            self.angle_deg = angle_deg % 360


@dataclass
class FakePanel:
    """A flat panel with a cover that starts open, and dark."""

    log: CommandLog
    max_brightness: int = 255
    cover: CoverState = CoverState.OPEN
    level: int = 0

    def cover_state(self) -> CoverState:
        """Return where the cover stands."""
        with self.log.reading("panel.cover_state"):
            return self.cover

    def close_cover(self) -> None:
        """Close the cover."""
        with self.log.command("panel.close_cover"):
            self.cover = CoverState.CLOSED

    def open_cover(self) -> None:
        """Open the cover."""
        with self.log.command("panel.open_cover"):
            self.cover = CoverState.OPEN

    def brightness(self) -> int:
        """Return the level of the light."""
        with self.log.reading("panel.brightness"):
            return self.level

    def light_on(self, brightness: int) -> None:
        """Light the panel."""
        with self.log.command("panel.light_on", brightness):
            self.level = brightness

    def light_off(self) -> None:
        """Switch the light off."""
        with self.log.command("panel.light_off"):
            self.level = 0


def linear_level(request: FrameRequest, brightness: int) -> float:
    """Return 300 ADU per second and step of brightness, up to the end of a 16-bit range."""
    return min(65_535.0, 300.0 * request.exposure_s * brightness)


def small_fits(request: FrameRequest) -> bytes:
    """Return the bytes of a valid FITS file of one pixel with the request's filter and exposure time."""
    cards = {
        "SIMPLE": "T",
        "BITPIX": "8",
        "NAXIS": "2",
        "NAXIS1": "1",
        "NAXIS2": "1",
        "FILTER": f"'{request.filter_name:<8}'",
        "EXPTIME": str(request.exposure_s),
    }
    lines = [f"{key:<8}= {value if value.startswith(chr(39)) else value.rjust(20)}" for key, value in cards.items()]
    header = "".join(line.ljust(_CARD) for line in [*lines, "END"]).ljust(_BLOCK)
    return header.encode("ascii") + bytes(_BLOCK)


@dataclass
class FakeFrames:
    """Takes frames: time passes on the clock, a small FITS file appears in a folder, one per guid.

    ``level`` gives the median of a flat; dark flats have ``bias_adu``. Like a host it sets the ``camera`` to the
    readout mode of a request.
    """

    log: CommandLog
    clock: Clock
    folder: Path
    panel: FakePanel | None = None
    camera: FakeCamera | None = None
    level: Level = linear_level
    content: Callable[[FrameRequest], bytes] = small_fits
    camera_temperature_c: float | None = None
    bias_adu: float = 100.0
    requests: list[FrameRequest] = field(default_factory=list)
    measured: list[FrameRequest] = field(default_factory=list)
    saved: dict[str, SavedFrame] = field(default_factory=dict)

    def take(self, request: FrameRequest) -> SavedFrame:
        """Expose and save a frame, or return the one saved under this guid before if its file is still there."""
        known = self.saved.get(request.guid)
        if known is not None and known.file.exists():
            return known
        with self.log.command("frames.take", request.filter_name, request.number):
            self.requests.append(request)
            self.saved[request.guid] = self._expose(request)
        return self.saved[request.guid]

    def measure(self, request: FrameRequest) -> FrameLevels:
        """Expose a frame and return its levels; nothing is saved, and it is written down as a command all the same."""
        with self.log.command("frames.measure", request.filter_name, round(request.exposure_s, 4)):
            self.measured.append(request)
            self._set_mode(request)
            started = self.clock.now()
            self.clock.sleep(request.exposure_s)
            median = self._median(request)
        return FrameLevels(
            started=started,
            ended=self.clock.now(),
            exposure_s=request.exposure_s,
            adu_median=median,
            adu_max=median,
            saturated_fraction=1.0 if median >= _FULL else 0.0,
        )

    def _median(self, request: FrameRequest) -> float:
        if request.kind == "DARKFLAT":
            return self.bias_adu
        return self.level(request, self.panel.level if self.panel else 0)

    def _set_mode(self, request: FrameRequest) -> None:
        if self.camera is not None and request.readout_mode is not None:
            self.camera.mode = request.readout_mode

    def _expose(self, request: FrameRequest) -> SavedFrame:
        self._set_mode(request)
        started = self.clock.now()
        self.clock.sleep(request.exposure_s)
        file = self.folder / f"{request.kind}_{request.filter_name}_{request.number:03d}_{request.guid}.fits"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.content(request))
        median = self._median(request)
        return SavedFrame(
            guid=request.guid,
            file=file,
            started=started,
            ended=self.clock.now(),
            exposure_s=request.exposure_s,
            adu_median=median,
            adu_max=median,
            saturated_fraction=1.0 if median >= _FULL else 0.0,
            camera_temperature_c=self.camera_temperature_c,
        )


@dataclass
class FakeDevices:
    """A complete rig on one command log; set a device to None to take it away.

    Build it with `recording_devices`.
    """

    log: CommandLog
    frames: FakeFrames
    camera: FakeCamera | None
    wheel: FakeWheel | None
    rotator: FakeRotator | None
    panel: FakePanel | None

    @property
    def commands(self) -> list[str]:
        """Return every command so far, as ``device.command value``."""
        return self.log.commands


def recording_devices(clock: Clock, folder: Path, *, filters: tuple[str, ...] | None = None) -> FakeDevices:
    """Return a rig of recording devices that saves its frames into a folder.

    Args:
        clock: where exposures pass their time.
        folder: where frames are saved; made with the first frame.
        filters: the names in the wheel; L, R, G, B, Ha by default.
    """
    log = CommandLog()
    panel = FakePanel(log)
    wheel = FakeWheel(log) if filters is None else FakeWheel(log, filters, filters[0])
    camera = FakeCamera(log)
    frames = FakeFrames(log, clock, folder, panel, camera)
    return FakeDevices(log, frames, camera, wheel, FakeRotator(log), panel)
