"""Makes the equipment do the steps of a flats run, and leaves it dark and as it was whatever happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tsplug.errors import Cancelled, DeviceError, FileError
from tsplug.flats.steps import (
    CloseCover,
    LightOff,
    LightOn,
    LookAtFrame,
    Move,
    OpenCover,
    RestoreReadoutMode,
    RotateTo,
    SelectFilter,
    SetReadoutMode,
    Step,
    TakeFrames,
    TurnBack,
)
from tsplug.ports import Camera, CoverState, Devices, Panel, Rotator
from tsplug.services.flats_panel import PanelPromise

_Device = TypeVar("_Device")


class StepError(DeviceError):
    """A step of a flats run failed; the text names device, step and remedy.

    Attributes:
        step: what failed.
        frames: how many frames of the set are on disk, where it had been begun.
    """

    def __init__(self, step: Step, error: DeviceError | FileError, *, frames: int | None = None) -> None:
        """Say which step failed, why, and what to do."""
        device = error.device if isinstance(error, DeviceError) else "disk"
        what = str(error).removeprefix(f"{device}: ")
        super().__init__(
            device, f"{what} (while trying to {step.describe()}); {_remedy(step, device=device)}, then try again"
        )
        self.step = step
        self.frames = frames


class BrightnessError(DeviceError):
    """A panel that works shines at another level than it was told to."""


class FlatEquipment:
    """The equipment during one flats run: remembers where it has been brought, so nothing moves twice."""

    def __init__(self, devices: Devices, promise: PanelPromise) -> None:
        """Take the devices of the profile, and the promise that goes with the panel's light; nothing is touched yet."""
        self._devices = devices
        self._promise = promise
        self._angle_before: float | None = None
        self._reached: dict[type[Move], Move] = {}
        self._mode_before: int | None = None

    def close_cover(self) -> None:
        """Close the cover where there is one and make sure that it is closed.

        Raises:
            StepError: there is no panel or no light, or the cover is not closed in the end.
        """
        self._do(CloseCover(), self._close_cover)

    def darken(self) -> None:
        """Switch the panel off in the middle of a run, for frames without light.

        Raises:
            StepError: it does not go dark.
        """
        panel = self._devices.panel
        self._reached.pop(LightOn, None)
        if panel is not None:
            self._do(LightOff(), panel.light_off)

    def turn_back(self) -> None:
        """Turn the rotator back to where it stood before this run turned it.

        Raises:
            StepError: it did not turn.
        """
        angle = self._angle_before
        if angle is not None:
            self._reached.pop(RotateTo, None)
            self._do(TurnBack(), lambda: _present(self._devices.rotator, "rotator").move_mechanical(angle))

    def open_cover(self) -> None:
        """Open the cover where there is one.

        Raises:
            StepError: it did not open.
        """
        self._do(OpenCover(), self._open_cover)

    def move(self, step: Move) -> None:
        """Bring the equipment where a step wants it, unless this run has brought it there already.

        Raises:
            StepError: a device is missing or failed.
        """
        if self._reached.get(type(step)) == step:
            return
        self._reached.pop(type(step), None)
        self._do(step, lambda: self._move(step))
        self._reached[type(step)] = step

    def make_safe(self) -> tuple[bool, list[str]]:
        """Switch the panel off and restore the readout mode, each whether or not the other fails.

        Returns:
            Whether the panel is off, and what could not be done, one line each.
        """
        problems: list[str] = []
        try:
            is_off = self.switch_off(problems)
        finally:
            if self._attempt(RestoreReadoutMode(), self._restore_readout_mode, problems=problems):
                problems.extend(filter(None, [self._keep_mode_promise()]))
            self._reached.clear()
        return is_off, problems

    def shut(self, problems: list[str]) -> None:
        """Close the cover where there is one, after a run that did not come to its end; what stops it is told.

        A stop that is still asked for ends the waiting, not the cover's way.
        """
        if self._devices.panel is not None:
            self._attempt(CloseCover(), self._close_cover, problems=problems)

    def switch_off(self, problems: list[str]) -> bool:
        """Switch the panel off; return whether it is, and add to ``problems`` why not.

        A lost answer or an interrupt must not leave the panel lit: whatever ends the first try, there is a second one.
        """
        panel = self._devices.panel
        if panel is None:
            # Without a panel nothing shines, unless one was lit that is out of reach now.
            return not self._promise.is_open()
        tries: list[str] = []
        try:
            is_off = self._attempt(LightOff(), panel.light_off, problems=tries)
        except BaseException:
            if self._attempt(LightOff(), panel.light_off, problems=tries):
                self._promise.redeem()
            raise
        if is_off or self._attempt(LightOff(), panel.light_off, problems=tries):
            problems.extend(filter(None, [self._promise.redeem()]))
            return True
        problems.extend([tries[-1], *filter(None, [self._promise.give_if_possible("it could not be switched off")])])
        return False

    def _do(self, step: Step, action: Callable[[], None]) -> None:
        try:
            action()
        except DeviceError as error:
            raise StepError(step, error) from error

    def _attempt(self, step: Step, action: Callable[[], None], *, problems: list[str]) -> bool:
        """Do a step of the safe end; what stops it is told, not raised, so that the next one follows."""
        try:
            self._do(step, action)
        except (StepError, Cancelled) as error:
            problems.append(str(error))
            return False
        return True

    def _move(self, step: Move) -> None:
        match step:
            case RotateTo(mechanical_deg=angle):
                self._rotate(_present(self._devices.rotator, "rotator"), angle)
            case SetReadoutMode(readout_mode=None):
                self._remember_readout_mode()
                self._restore_readout_mode()
            case SetReadoutMode(readout_mode=int(mode)):
                self._set_readout_mode(_present(self._devices.camera, "camera"), mode)
            case SelectFilter(filter_name=name):
                _present(self._devices.wheel, "filter wheel").select(name)
            case LightOn(brightness=level):
                self._light(self._panel(), level)

    def _rotate(self, rotator: Rotator, angle_deg: float) -> None:
        if self._angle_before is None:
            self._angle_before = rotator.mechanical_deg()
        rotator.move_mechanical(angle_deg)

    def _light(self, panel: Panel, level: int) -> None:
        self._promise.give(f"lit at {level} for flats")
        panel.light_on(level)
        shown = panel.brightness()
        if shown != level:
            raise BrightnessError("panel", f"it was told to shine at {level} and shines at {shown}")

    def _set_readout_mode(self, camera: Camera, mode: int) -> None:
        now = camera.readout_mode()
        self._remember_readout_mode()
        if self._mode_before is None:
            self._mode_before = now
        if now != mode:
            self._promise.readout_mode.give(self._mode_before)
            camera.set_readout_mode(mode)

    def _remember_readout_mode(self) -> None:
        """Take what an earlier run still owes for the mode before this one, rather than what the camera shows."""
        if self._mode_before is None:
            self._mode_before = self._promise.readout_mode.mode_before()

    def _restore_readout_mode(self) -> None:
        if self._mode_before is not None:
            camera = _present(self._devices.camera, "camera")
            if camera.readout_mode() != self._mode_before:
                camera.set_readout_mode(self._mode_before)

    def _keep_mode_promise(self) -> str:
        # A run that touched no mode has restored none: what an earlier one owes stays owed.
        return "" if self._mode_before is None else self._promise.readout_mode.redeem()

    def _close_cover(self) -> None:
        panel = self._panel()
        state = _known(panel.cover_state())
        if state in (CoverState.NOT_PRESENT, CoverState.CLOSED):
            return
        panel.close_cover()
        after = _known(panel.cover_state())
        if after is not CoverState.CLOSED:
            raise DeviceError("panel", f"the cover is {after} after it was told to close")

    def _open_cover(self) -> None:
        panel = self._panel()
        if _known(panel.cover_state()) in (CoverState.NOT_PRESENT, CoverState.OPEN):
            return
        panel.open_cover()

    def _panel(self) -> Panel:
        panel = _present(self._devices.panel, "panel")
        if panel.max_brightness < 1:
            raise DeviceError("panel", "it has no light")
        return panel


def attempt(act: Callable[[], None], problems: list[str]) -> None:
    """Do a step of a run's regular end; what stops it is added to ``problems`` instead of being raised."""
    try:
        act()
    except StepError as error:
        problems.append(str(error))


def _remedy(step: Step, *, device: str) -> str:
    """Return what to do about a step that failed: with frames it may be another device than the camera that did."""
    kind = device.partition(' "')[0]
    if isinstance(step, (TakeFrames, LookAtFrame)) and kind not in ("camera", "disk"):
        return f"check that the {kind} is connected and works"
    return step.remedy


def _known(state: CoverState) -> CoverState:
    if state in (CoverState.UNKNOWN, CoverState.ERROR):
        raise DeviceError("panel", f"the cover's state is {state}")
    return state


def _present(device: _Device | None, kind: str) -> _Device:
    if device is None:
        raise DeviceError(kind, "not connected")
    return device
