"""A short night with faults, run in this process, and what it leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from nights import Death, Night

from hostsim.clock import SystemClock
from hostsim.night import NightOptions, run_night
from tsplug import AcquiredImage, TsplugError, open_store
from tsplug.model import FlatHistory, FlatSet, FlatSetFile, FlatSetState

FAULTY_NIGHT = Path(__file__).parent / "faulty_night.yaml"
LIGHTS, FLATS = 4, 6

Faults = list[dict[str, Any]]


@dataclass(frozen=True)
class FaultyNight:
    """One night with a schedule of faults, in a folder of its own."""

    folder: Path
    screen: pytest.CaptureFixture[str]
    faults: Faults

    @property
    def out(self) -> Path:
        """Return the output folder."""
        return self.folder / "out"

    def run(self) -> tuple[str, str]:
        """Run the night, or go on with it; return the error it ended with, if any, and what was shown meanwhile."""
        error = ""
        try:
            run_night(NightOptions(self._sequence(), self.out))
        except TsplugError as caught:
            error = str(caught)
        return error, self.screen.readouterr().err

    def run_until_killed(self, *, lights: int) -> None:
        """Run the night in a process of its own, and kill that when so many lights have been saved."""
        Night(self.out).run_until_killed(self._sequence(), Death(text=f"[{lights + 1}/"))

    def _sequence(self) -> Path:
        document = yaml.load(FAULTY_NIGHT.read_text(encoding="utf-8"), yaml.BaseLoader)
        sequence = self.folder / "faulty.yaml"
        sequence.write_text(json.dumps(_plain({**document, "faults": self.faults})), encoding="utf-8")
        return sequence

    def frames(self, folder: str) -> list[Path]:
        """Return the FITS files below a folder."""
        return sorted((self.out / folder).rglob("*.fits"))

    def flagged(self) -> list[Path]:
        """Return the flats that were set aside because their level is wrong."""
        return sorted((self.out / "flats").rglob("*.fits.flagged"))

    def log(self) -> str:
        """Return the night's log."""
        return (self.out / "night.log").read_text(encoding="utf-8")

    def state(self) -> dict[str, Any]:
        """Return the night's state as it was kept last."""
        return Night(self.out).state()

    def devices(self) -> dict[str, Any]:
        """Return the state of the simulated devices as the night left them."""
        devices: dict[str, Any] = self.state()["simulators"]["devices"]
        return devices

    def check_books(self) -> None:
        """Hold records against files: the same lights and flats, nothing half-written, no set lacks frames."""
        assert list(self.out.rglob("*.part")) == []
        store = open_store(str(self.out / "store.sqlite"), SystemClock())
        with store.read() as unit:
            lights = [Path(image.file) for image in unit.list(AcquiredImage)]
            flats = [Path(frame.file) for frame in unit.list(FlatSetFile)]
            sets = {each.id: each for each in unit.list(FlatSet)}
            linked = {entry.flat_set_id for entry in unit.list(FlatHistory)}
            counted = {key: len(unit.list(FlatSetFile, flat_set_id=key)) for key in sets}
        store.close()
        assert sorted(lights) == [file.resolve() for file in self.frames("lights")]
        assert sorted(flats) == sorted(file.resolve() for file in [*self.frames("flats"), *self.flagged()])
        complete = {key for key, each in sets.items() if each.state is FlatSetState.COMPLETE}
        assert linked == complete
        assert all(counted[key] == sets[key].wanted for key in complete)

    def check_safe(self) -> None:
        """Assert that the panel is dark, the camera does nothing, and the mount is parked."""
        devices = self.devices()
        panel, camera, mount = devices["covercalibrator/0"], devices["camera/0"], devices["telescope/0"]["mount"]
        assert not panel["lit"]
        assert camera["status"] in (0, 5)
        assert mount["slew"] is None
        assert not mount["tracking"]
        assert mount["at_park"]


def _plain(value: Any) -> Any:
    """Return what a YAML document holds with numbers for what looks like them, clock times aside."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, str) or ":" in value:
        return value
    return yaml.safe_load(value) if value[:1] in "-0123456789" or value in ("true", "false") else value
