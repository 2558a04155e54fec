"""Train the panel."""

from __future__ import annotations

from typing import ClassVar, Literal

from hostsim.sequence.flats import for_each_camera
from hostsim.sequence.host import Host
from hostsim.sequence.instruction import EachCamera
from hostsim.sequence.target_flats import leave_open
from tsplug import TsplugError
from tsplug.instructions import FlatWizard as Wizard


class FlatWizard(EachCamera, Wizard.Parameters):
    """Finds panel settings for good flats; its parameters are those of tsplug's instruction."""

    help: ClassVar[str] = Wizard.help
    is_long: ClassVar[bool] = True
    type: Literal["flat_wizard"] = "flat_wizard"

    def run(self, host: Host) -> None:
        """Let tsplug train the panel for camera after camera, and tell what it found.

        Raises:
            UnsafeError: the cover is to open at the end, and it is not safe, amid the night of a container.
            TsplugError: something is missing, no setting was found for a filter, or the panel may still shine.
        """
        for_each_camera(self._train, host, camera=self.camera)
        if self.cover_at_end == "open":
            leave_open(host)

    def _train(self, host: Host) -> None:
        wizard = Wizard()
        asked = {name: getattr(self, name) for name in Wizard.Parameters.model_fields}
        parameters = Wizard.Parameters(**asked | {"cover_at_end": "closed"})
        host.ready(wizard.validate(parameters, host.session))
        report = wizard.run(parameters, host.session)
        whose = "" if host.leads else f" for {host.profile.name}"
        lost = [result for result in report.results if not result.found]
        for result in report.results:
            if result.found:
                host.display.note(
                    f"trained {result.filter_name}{whose}: brightness {result.brightness}, {result.exposure_s:.3g} s, "
                    f"{result.adu_median:.0f} ADU, {result.frames} frames"
                )
            else:
                host.warn(f"not trained{whose}, {result.filter_name}: {result.reason}")
        if not report.results:
            host.display.note(f"flat wizard: {report.message}")
        if lost:
            raise TsplugError(f"{len(lost)} of {len(report.results)} filters not trained: {lost[0].reason}")
        if not report.panel_off:
            raise TsplugError(f"the panel may still shine: {report.message}")


INSTRUCTION = FlatWizard
