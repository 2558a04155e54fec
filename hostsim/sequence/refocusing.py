"""When a container focuses again: after time, temperature, exposures, or when the stars have grown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hostsim.sequence.focusing import FocusSettings, NoFocusFoundError, autofocus
from hostsim.sequence.host import Host
from hostsim.sequence.shelter import UnsafeError, check_safe
from hostsim.sequence.starsize import star_size_px
from hostsim.sequence.state import Focus
from tsplug import Cancelled, TsplugError

_TELLING = 3
_FEWEST = 4


class RefocusSettings(Protocol):
    """What a container lets its author choose of it."""

    @property
    def autofocus(self) -> bool:
        """Return the setting `autofocus`."""
        ...

    @property
    def autofocus_every_min(self) -> float:
        """Return the setting `autofocus_every_min`."""
        ...

    @property
    def autofocus_every_c(self) -> float:
        """Return the setting `autofocus_every_c`."""
        ...

    @property
    def autofocus_every_exposures(self) -> int:
        """Return the setting `autofocus_every_exposures`."""
        ...

    @property
    def autofocus_hfr_percent(self) -> float:
        """Return the setting `autofocus_hfr_percent`."""
        ...

    @property
    def focus(self) -> FocusSettings:
        """Return the setting `focus`."""
        ...


def growth_percent(sizes: Sequence[float]) -> float | None:
    """Return by how many percent the stars of successive lights have grown, None before four lights.

    The medians of the first and the last three are compared, so that one light spoilt by wind decides nothing.
    """
    if len(sizes) < _FEWEST:
        return None
    first, last = statistics.median(sizes[:_TELLING]), statistics.median(sizes[-_TELLING:])
    return 100.0 * (last / first - 1.0)


class Refocus:
    """Focuses for one container as its settings say."""

    def __init__(self, host: Host, settings: RefocusSettings) -> None:
        """Prepare; nothing moves yet."""
        self._host = host
        self._settings = settings
        self._look_out = partial(check_safe, host)

    @property
    def possible(self) -> bool:
        """Return whether the container wants to focus and there is a focuser."""
        return self._settings.autofocus and self._host.rig.focuser is not None

    def if_due(self) -> None:
        """Focus where that is due.

        Raises:
            UnsafeError: it is not safe any more.
            DeviceError: the focuser or the camera failed.
        """
        if self.possible and self._why() is not None:
            self.now()

    def now(self) -> None:
        """Focus.

        Raises:
            UnsafeError: it is not safe any more.
            DeviceError: the focuser or the camera failed.
        """
        host, state = self._host, self._host.journal.state
        try:
            autofocus(self._settings.focus, host, look=self._look_out)
        except NoFocusFoundError as error:
            # A cloud must not end the night: the old focus is better than no frames, and the next try is not far.
            host.warn(f"{error}; imaging goes on at the old focus")
            state.focus = Focus(moment=host.clock.now(), temperature_c=host.focuser().temperature_c())
        if state.focus is not None:
            state.focus.lights = state.led
        if host.second is not None and host.second.rig.focuser is not None:
            self._second(host.second)

    def _second(self, second: Host) -> None:
        """Focus the second camera, whose focus is due whenever the first one's is; its failure is its own."""
        try:
            autofocus(self._settings.focus, second, look=self._look_out)
        except (Cancelled, UnsafeError):
            raise
        except TsplugError as error:
            second.warn(f"second camera: {error}; imaging goes on at its old focus")

    def look(self, pixels: NDArray[np.uint16]) -> None:
        """Note how large the stars of a light are, where that may ask for a new focus."""
        focus, wheel = self._host.journal.state.focus, self._host.rig.wheel
        if focus is None or self._settings.autofocus_hfr_percent <= 0 or not self.possible:
            return
        hfr_px = star_size_px(pixels, self._host)
        if hfr_px is not None:
            focus.hfr_px.setdefault(wheel.current() if wheel else "", []).append(hfr_px)

    def _why(self) -> str | None:
        """Return why it is time to focus, None if it is not."""
        settings, state = self._settings, self._host.journal.state
        last = state.focus
        if last is None:
            return "the first time"
        passed = self._host.clock.now() - last.moment
        if settings.autofocus_every_min > 0 and passed >= timedelta(minutes=settings.autofocus_every_min):
            return f"{passed.total_seconds() / 60.0:.0f} min have passed"
        if 0 < settings.autofocus_every_exposures <= state.led - last.lights:
            return f"{state.led - last.lights} exposures"
        return self._grown(last) or self._warmer(last)

    def _grown(self, last: Focus) -> str | None:
        limit, wheel = self._settings.autofocus_hfr_percent, self._host.rig.wheel
        if limit <= 0:
            return None
        grown = growth_percent(last.hfr_px.get(wheel.current() if wheel else "", []))
        if grown is None or grown < limit:
            return None
        self._host.display.note(f"the stars have grown by {grown:.0f} % since the last focus")
        return "the stars have grown"

    def _warmer(self, last: Focus) -> str | None:
        celsius = self._host.focuser().temperature_c()
        if self._settings.autofocus_every_c <= 0 or celsius is None or last.temperature_c is None:
            return None
        return "temperature" if abs(celsius - last.temperature_c) >= self._settings.autofocus_every_c else None
