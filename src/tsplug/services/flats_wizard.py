"""The flat wizard: looks on the real camera and panel for settings that give good flats, and keeps them as training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tsplug.errors import DeviceError
from tsplug.flats.steps import LightOn, SelectFilter, SetReadoutMode
from tsplug.flats.training import preferred_training
from tsplug.flats.wizard import Outcome, Reading, Search, Trial, Verdict, next_step
from tsplug.model import FlatSpec, TrainedFlat, TrainingReport, TrainingRequest, TrainingResult
from tsplug.ports import Context
from tsplug.services.flats_due import due_sessions
from tsplug.services.flats_equipment import BrightnessError, FlatEquipment, StepError, attempt
from tsplug.services.flats_look import CameraSettings, camera_settings, look, max_adu
from tsplug.services.flats_panel import MAY_BE_LIT, PanelPromise, settle
from tsplug.services.rigs import Rig, load_rig
from tsplug.services.training import save_training


def train_panel(request: TrainingRequest, context: Context) -> TrainingReport:
    """Find panel settings for filters, one after the other, and store each that is found as the profile's training.

    A filter without a setting costs no other; the panel is dark and the readout mode restored at the end.

    Raises:
        NotFoundError: no such profile.
        Cancelled: a stop was asked for; what was found until then is stored.
    """
    with context.store.read() as unit:
        rig = load_rig(unit, request.profile_guid)
    promise = PanelPromise(context, rig.profile.id or 0)
    said = settle(promise, context.devices.panel)
    specs = _specs(request, context, rig=rig)
    if not specs:
        message = "; ".join(filter(None, ("nothing is to be trained", said)))
        is_off = not said.startswith(MAY_BE_LIT)
        return TrainingReport(panel_off=is_off, message=message, finished=context.clock.now())
    wizard = _Wizard(request, context, rig, FlatEquipment(context.devices, promise))
    return wizard.run(specs, said=said)


def _specs(request: TrainingRequest, context: Context, *, rig: Rig) -> list[FlatSpec]:
    """Return what is to be trained, a camera setting after the other, filters in the wheel's order."""
    if request.needed:
        untrained = _untrained(context, rig=rig)
        return [spec for spec in untrained if not request.filters or spec.filter_name in request.filters]
    wheel = context.devices.wheel
    names = request.filters or (tuple(rig.profile.filters) if wheel is None else wheel.names)
    return [
        FlatSpec(
            filter_name=name,
            gain=request.gain,
            offset=request.offset,
            binning=request.binning,
            readout_mode=request.readout_mode,
            roi_percent=100.0,
            rotation_deg=None,
        )
        for name in dict.fromkeys(names)
    ]


def _untrained(context: Context, *, rig: Rig) -> list[FlatSpec]:
    with context.store.read() as unit:
        due = due_sessions(unit, rig, now=context.clock.now())
        trained = unit.list(TrainedFlat, profile_id=rig.profile.id)
    lacking = {
        session.spec.model_copy(update={"rotation_deg": None, "roi_percent": 100.0, "temperature_c": None}): None
        for session in due
        if preferred_training(session.spec, trained, preferences=rig.profile.flats) is None
    }
    return sorted(lacking, key=lambda spec: (repr(camera_settings(spec)), spec.filter_name))


@dataclass
class _Wizard:
    request: TrainingRequest
    context: Context
    rig: Rig
    equipment: FlatEquipment
    bias_adu: dict[CameraSettings, float] = field(default_factory=dict)

    def run(self, specs: Sequence[FlatSpec], *, said: str) -> TrainingReport:
        results: list[TrainingResult] = []
        try:
            self._train_all(specs, results)
        finally:
            is_off, problems = self.equipment.make_safe()
            for problem in problems:
                self.context.progress.report(problem)
        if self.request.cover_at_end == "open" and is_off:
            attempt(self.equipment.open_cover, problems)
        found = sum(result.found for result in results)
        message = f"{found} of {len(results)} panel settings found"
        return TrainingReport(
            results=tuple(results),
            panel_off=is_off,
            message="; ".join(filter(None, [message, said, *problems])),
            finished=self.context.clock.now(),
        )

    def _train_all(self, specs: Sequence[FlatSpec], results: list[TrainingResult]) -> None:
        self.context.cancellation.check()
        stopped = ""
        try:
            self.equipment.close_cover()
        except DeviceError as error:
            stopped = str(error)
        for number, spec in enumerate(specs):
            readings: list[Reading] = []
            self.context.progress.report(f"train the panel for {spec.filter_name}", done=number, total=len(specs))
            if stopped:
                results.append(_result(spec, readings, reason=f"not tried: {stopped}"))
                continue
            try:
                outcome = self._train(spec, readings)
            except StepError as error:
                results.append(_result(spec, readings, reason=str(error)))
                is_panel = isinstance(error.step, LightOn) and not isinstance(error.__cause__, BrightnessError)
                stopped = str(error) if is_panel else ""
            else:
                results.append(self._kept(spec, outcome, readings=readings))

    def _train(self, spec: FlatSpec, readings: list[Reading]) -> Outcome:
        self._ready(spec)
        search = self._search(spec)
        while True:
            step = next_step(search, readings)
            if isinstance(step, Outcome):
                return step
            self.context.cancellation.check()
            self.equipment.move(LightOn(brightness=step.brightness))
            levels = look(self.context, spec, exposure_s=step.exposure_s)
            # The camera may round what it is asked for.
            seen = Trial(step.brightness, levels.exposure_s or step.exposure_s)
            readings.append(Reading(seen, levels.adu_median))

    def _ready(self, spec: FlatSpec) -> None:
        """Bring camera and wheel there; what the camera adds without light is measured once for its settings."""
        self.context.cancellation.check()
        self.equipment.move(SetReadoutMode(readout_mode=spec.readout_mode))
        if camera_settings(spec) not in self.bias_adu:
            self.equipment.darken()
            levels = look(self.context, spec, exposure_s=self.request.minimum_exposure_s, kind="DARKFLAT")
            self.bias_adu[camera_settings(spec)] = levels.adu_median
        self.equipment.move(SelectFilter(filter_name=spec.filter_name))

    def _search(self, spec: FlatSpec) -> Search:
        request, profile = self.request, self.rig.profile
        dimmest = max(1, request.minimum_brightness or profile.panel_min_brightness)
        brightest = self._brightest(request.maximum_brightness or profile.panel_max_brightness, dimmest=dimmest)
        top = max_adu(self.context)
        return Search(
            target_adu=top * request.target_percent / 100.0,
            max_adu=top,
            exposures_s=(request.minimum_exposure_s, request.maximum_exposure_s),
            brightnesses=(min(dimmest, brightest), brightest),
            tolerance_percent=request.tolerance_percent,
            bias_adu=self.bias_adu[camera_settings(spec)],
            frames=request.frames,
        )

    def _brightest(self, allowed: int | None, *, dimmest: int) -> int:
        panel = self.context.devices.panel
        if panel is None:
            return allowed or 0
        try:
            there = panel.max_brightness
        except DeviceError as error:
            raise StepError(LightOn(brightness=dimmest), error) from error
        return min(allowed or there, there)

    def _kept(self, spec: FlatSpec, outcome: Outcome, *, readings: Sequence[Reading]) -> TrainingResult:
        if outcome.verdict is not Verdict.FOUND or outcome.reading is None:
            return _result(spec, readings, reason=outcome.reason)
        found = outcome.reading
        training = TrainedFlat(
            profile_id=self.rig.profile.id or 0,
            **spec.model_dump(include={"filter_name", "gain", "offset", "binning", "readout_mode"}),
            brightness=found.trial.brightness,
            exposure_s=found.trial.exposure_s,
            target_adu=found.adu,
            bias_adu=self.bias_adu[camera_settings(spec)],
            trained_at=self.context.clock.now(),
        )
        with self.context.store.write() as unit:
            save_training(unit, training)
        return _result(spec, readings, found=found, reason=outcome.reason)


def _result(
    spec: FlatSpec, readings: Sequence[Reading], *, found: Reading | None = None, reason: str
) -> TrainingResult:
    return TrainingResult(
        **spec.model_dump(include={"filter_name", "gain", "offset", "binning", "readout_mode"}),
        found=found is not None,
        brightness=None if found is None else found.trial.brightness,
        exposure_s=None if found is None else found.trial.exposure_s,
        adu_median=None if found is None else found.adu,
        frames=len(readings),
        reason=reason,
    )
