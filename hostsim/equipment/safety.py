"""How equipment is left that cannot go on: dark panel, no exposure, nothing moves, parked mount, closed cover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostsim.equipment.calls import reason
from hostsim.equipment.mount import CannotParkError
from tsplug import DeviceError

if TYPE_CHECKING:
    from hostsim.equipment.rig import Rig


@dataclass
class Leaving:
    """What was done to leave equipment, and what failed, by its reason; ``may_pass``: trying that again may help."""

    done: list[str] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    may_pass: bool = False

    def attempt(self, outcome: str, act: Callable[[], None]) -> bool:
        """Do something whose outcome reads like ``panel dark``; return whether it was done."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - whatever one device does, the next one must still be made safe
            self.failed.setdefault(reason(error), []).append(outcome.partition(" ")[0])
            self.may_pass = self.may_pass or not isinstance(error, CannotParkError)
            return False
        self.done.append(outcome)
        return True

    def stop(self, outcome: str, halt: Callable[[], bool]) -> None:
        """Stop something that may move; nothing is said of what stood still."""
        try:
            moved = halt()
        except Exception as error:  # noqa: BLE001 - as above
            self.failed.setdefault(reason(error), []).append(outcome.partition(" ")[0])
        else:
            self.done += [outcome] if moved else []

    def add(self, later: Leaving) -> None:
        """Add what else was done, to be told after the rest."""
        self.done += later.done
        for why, names in later.failed.items():
            self.failed.setdefault(why, []).extend(names)

    @property
    def words(self) -> str:
        """Say what is left safe and what is not, each reason once."""
        failed = ", ".join(f"{', '.join(names)} ({why})" for why, names in self.failed.items())
        parts = [f"left safe: {', '.join(self.done)}"] if self.done else []
        return "; ".join([*parts, f"NOT left safe: {failed}"] if failed else parts)


class NotConnectedError(DeviceError):
    """A device could not be connected; ``unsafe`` names what may therefore move, shine or expose on."""

    def __init__(self, device: str, message: str, *, unsafe: tuple[str, ...]) -> None:
        """Say which device it is, why, and what nobody can leave safe."""
        super().__init__(device, message)
        self.unsafe = unsafe


def leave_safe(
    rig: Rig,
    error: BaseException | None = None,
    *,
    second: Rig | None = None,
    again: Callable[[str], bool] = lambda said: False,
) -> str:
    """Bring the equipment to a safe end as far as it obeys, and say in words what was done and what was not.

    Focuser, rotator and mount are stopped where they move. A mount that does not park then stays where it is, without
    tracking. The cooler goes on: a cold sensor takes no
    harm, and the night may be resumed. ``error`` is why it cannot go on: without a
    connection nobody knows how the equipment stands. ``second`` is the rig of a second camera on the mount. Where the
    cover does not close or the mount does not park, ``again`` is told so in words, lets time pass, and says whether
    that is tried again.
    """
    if not rig.devices:
        if isinstance(error, NotConnectedError) and error.unsafe:
            return f"NOT left safe: {', '.join(error.unsafe)} could not be connected"
        return "left safe: nothing is connected"
    return make_safe(rig, second=second, again=again).words or "left safe: nothing moves"


def make_safe(rig: Rig, *, second: Rig | None = None, again: Callable[[str], bool] = lambda said: False) -> Leaving:
    """Bring the equipment to a safe end as far as it obeys, with what a second camera has for itself; see above."""
    leaving = Leaving()
    if rig.panel is not None:
        leaving.attempt("panel dark", rig.panel.light_off)
    cameras = {"exposure": rig} if second is None else {"exposure": rig, "second exposure": second}
    for exposure, each in cameras.items():
        if each.camera is not None:
            leaving.attempt(f"{exposure} ended", each.camera.abort)
    for each in cameras.values():
        if each.focuser is not None:
            leaving.stop("focuser stopped", each.focuser.halt)
    if rig.rotator is not None:
        leaving.stop("rotator stopped", rig.rotator.halt)
    _bring_to_rest(rig, leaving, again=again)
    return leaving


def _bring_to_rest(rig: Rig, leaving: Leaving, *, again: Callable[[str], bool]) -> None:
    """Close the cover, which a mount that takes its time or hangs must not keep open, then park; told the other way."""
    cover, mount = _covered(rig), _parked(rig)
    while (cover.may_pass or mount.may_pass) and again(_both(mount, cover).words):
        cover = _covered(rig) if cover.may_pass else cover
        mount = _parked(rig) if mount.may_pass else mount
    leaving.add(_both(mount, cover))


def _both(mount: Leaving, cover: Leaving) -> Leaving:
    both = Leaving()
    both.add(mount)
    both.add(cover)
    return both


def _covered(rig: Rig) -> Leaving:
    cover = Leaving()
    if rig.panel is not None:
        cover.attempt("cover closed", rig.panel.close_cover)
    return cover


def _parked(rig: Rig) -> Leaving:
    """Park the mount; one that does not park stands still."""
    parked, mount = Leaving(), rig.mount
    if mount is not None and not parked.attempt("mount parked", mount.park):
        may_pass = parked.may_pass
        parked.attempt("slew stopped", mount.stop)
        parked.attempt("tracking off", lambda: mount.track(False))
        # A mount that has no park is at rest where it stands still.
        parked.may_pass = may_pass or "tracking off" not in parked.done
    return parked
