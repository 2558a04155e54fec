"""Keeps the promise that a camera gets its readout mode back: written before it changes, deleted once it is restored.

Whatever ends a run in between, lost power included, the promise is still there, and the next start keeps it.
"""

from __future__ import annotations

from tsplug.errors import TsplugError
from tsplug.model import ChangedReadoutMode
from tsplug.ports import Context

RESTORED = "an earlier run had changed the camera's readout mode"
NOT_RESTORED = "the camera may be in the readout mode of an earlier run"


class ReadoutModePromise:
    """The promise for the camera of one profile."""

    def __init__(self, context: Context, profile_id: int) -> None:
        """Keep it in the context's store; nothing is written yet."""
        self._context = context
        self._profile_id = profile_id

    def mode_before(self) -> int | None:
        """Return the mode that is still to be restored, whoever changed it; None where nothing is promised."""
        with self._context.store.read() as unit:
            promised = unit.find(ChangedReadoutMode, profile_id=self._profile_id)
        return None if promised is None else promised.mode_before

    def give(self, mode_before: int) -> None:
        """Write down which mode is to be restored; call it before the mode changes. An earlier promise stands.

        Raises:
            StoreError: it cannot be written, so the mode must stay.
        """
        with self._context.store.write() as unit:
            if unit.find(ChangedReadoutMode, profile_id=self._profile_id) is None:
                since = self._context.clock.now()
                unit.add(ChangedReadoutMode(profile_id=self._profile_id, mode_before=mode_before, since=since))

    def redeem(self) -> str:
        """Take the promise back, for the mode is restored; return what went wrong, empty if nothing did.

        A promise that stays costs the next start one look at the camera, so nothing is raised.
        """
        try:
            if self.mode_before() is not None:
                with self._context.store.write() as unit:
                    unit.delete_all(ChangedReadoutMode, profile_id=self._profile_id)
        except TsplugError as error:
            return f"the readout mode is restored, but that cannot be written down: {error}"
        return ""

    def settle(self) -> str:
        """Restore the mode if that was promised; return what came of it, empty where nothing was promised."""
        mode = self.mode_before()
        if mode is None:
            return ""
        camera = self._context.devices.camera
        if camera is None:
            return f"{NOT_RESTORED} and is not connected: connect it, and mode {mode} is restored"
        try:
            if camera.readout_mode() != mode:
                camera.set_readout_mode(mode)
        except TsplugError as error:
            return f"{NOT_RESTORED}, and mode {mode} cannot be restored: {error}"
        return "; ".join(filter(None, (f"{RESTORED}, mode {mode} is restored", self.redeem())))
