"""Keeps the promise that a panel is lit: written before the light goes on, taken back when it is seen to be off.

Whatever ends a run in between, lost power included, the promise is still there, and the next start keeps it.
"""

from __future__ import annotations

from tsplug.errors import NotFoundError, TsplugError
from tsplug.model import LitPanel, Profile
from tsplug.ports import Context, Panel
from tsplug.services.flats_mode import ReadoutModePromise

SWITCHED_OFF = "the panel was lit by an earlier run and is off now"
MAY_BE_LIT = "the panel may be lit by an earlier run"


class PanelPromise:
    """The promise for the panel of one profile, and beside it the one for its camera.

    Attributes:
        readout_mode: the promise that the camera gets its readout mode back.
    """

    def __init__(self, context: Context, profile_id: int) -> None:
        """Keep it in the context's store; nothing is written yet."""
        self._context = context
        self._profile_id = profile_id
        self._given = False
        self.readout_mode = ReadoutModePromise(context, profile_id)

    def give(self, why: str) -> None:
        """Write down that the panel is lit now; call it before the light goes on.

        Raises:
            StoreError: it cannot be written, so the light must stay off.
        """
        if self._given:
            return
        with self._context.store.write() as unit:
            if unit.find(LitPanel, profile_id=self._profile_id) is None:
                unit.add(LitPanel(profile_id=self._profile_id, since=self._context.clock.now(), why=why))
        self._given = True

    def give_if_possible(self, why: str) -> str:
        """Write down that the panel may be lit, for the next start to look after; return what went wrong, if anything.

        Nothing is raised, for the panel could not be reached already.
        """
        try:
            self.give(why)
        except TsplugError as error:
            return f"that cannot be written down: {error}"
        return ""

    def is_open(self) -> bool:
        """Return whether a panel was lit, by whom ever, and not seen to be off since."""
        with self._context.store.read() as unit:
            return unit.find(LitPanel, profile_id=self._profile_id) is not None

    def redeem(self) -> str:
        """Take the promise back, for the panel is off; return what went wrong, empty if nothing did.

        A promise that stays costs the next start one command to a dark panel, so nothing is raised.
        """
        try:
            if self._given or self.is_open():
                with self._context.store.write() as unit:
                    unit.delete_all(LitPanel, profile_id=self._profile_id)
        except TsplugError as error:
            return f"the panel is off, but that cannot be written down: {error}"
        self._given = False
        return ""


def settle_panel(profile_guid: str, context: Context) -> str:
    """Switch the panel off and restore the readout mode that a run which never came to its end left behind.

    Call it when the equipment is connected.

    Returns:
        What was done or could not be done, empty where nothing was left behind.

    Raises:
        NotFoundError: no such profile.
    """
    with context.store.read() as unit:
        profile = unit.find(Profile, guid=profile_guid)
    if profile is None:
        raise NotFoundError(f"no profile has the id {profile_guid}; list them with: tsplug profile list")
    return settle(PanelPromise(context, profile.id or 0), context.devices.panel)


def settle(promise: PanelPromise, panel: Panel | None) -> str:
    """Keep what was promised of panel and readout mode; return what came of it, empty where nothing was promised.

    What is said of the panel comes first.
    """
    return "; ".join(filter(None, (_settle_light(promise, panel), promise.readout_mode.settle())))


def _settle_light(promise: PanelPromise, panel: Panel | None) -> str:
    if not promise.is_open():
        return ""
    if panel is None:
        return f"{MAY_BE_LIT} and is not connected: connect it, or switch it off by hand"
    try:
        panel.light_off()
    except TsplugError as error:
        return f"{MAY_BE_LIT}, and cannot be switched off: {error}"
    return "; ".join(filter(None, (SWITCHED_OFF, promise.redeem())))
