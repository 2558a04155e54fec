"""Running modules over one frame, one after the other: what fails costs its dependents, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tsplug.errors import Cancelled, OutOfReachError, StoreError, TsplugError
from tsplug.model import ModuleState
from tsplug.ports import Cancellation, ModuleOutcome, PipelineModule, SteadyClock, failed
from tsplug.services.pipeline.frame import PipelineFrame


@dataclass(frozen=True)
class ModuleReport:
    """How far one module came with a frame; ``duration_s`` is 0 until it ended, ``outputs`` the names it gave."""

    module: str
    state: ModuleState
    message: str = ""
    duration_s: float = 0.0
    outputs: tuple[str, ...] = field(default=())


OnState = Callable[[ModuleReport], None]
"""Is told of every change of a module's state, as soon as it happens."""


def run_modules(
    frame: PipelineFrame,
    modules: Sequence[PipelineModule],
    *,
    clock: SteadyClock,
    on_state: OnState = lambda report: None,
    cancellation: Cancellation | None = None,
) -> tuple[ModuleReport, ...]:
    """Run modules over a frame in their order and return how each ended.

    A module whose needs nobody gave is skipped, with the reason; the rest go on. What a module gives stands in
    ``frame.outputs`` for those after it.

    Args:
        frame: the frame; its ``outputs`` are filled.
        modules: in an order in which each comes after those that give what it needs; see `ordered_modules`.
        clock: tells durations.
        on_state: is told each module's pending, running and end.
        cancellation: asked before each module.

    Raises:
        Cancelled: a stop was asked for; what ended before was told to ``on_state``.
        StoreError: the store failed: another attempt may succeed.
        OutOfReachError: so it may where a disk or a storage did not answer.
    """
    for module in modules:
        on_state(ModuleReport(module.name, ModuleState.PENDING))
    ended: dict[str, ModuleReport] = {}
    for module in modules:
        if cancellation is not None:
            cancellation.check()
        lacking = _lacking(module, modules, frame=frame, ended=ended)
        if lacking:
            report = ModuleReport(module.name, ModuleState.SKIPPED, lacking)
        else:
            on_state(ModuleReport(module.name, ModuleState.RUNNING))
            report = _run(module, frame, clock=clock)
        ended[module.name] = report
        on_state(report)
    return tuple(ended.values())


def _run(module: PipelineModule, frame: PipelineFrame, *, clock: SteadyClock) -> ModuleReport:
    began_s = clock.monotonic()
    outcome = _outcome(module, frame)
    given = {name: value for name, value in outcome.outputs.items() if name in module.gives}
    frame.outputs.update(given)
    report = ModuleReport(module.name, outcome.state, outcome.message, outputs=tuple(given))
    return replace(report, duration_s=clock.monotonic() - began_s)


def _outcome(module: PipelineModule, frame: PipelineFrame) -> ModuleOutcome:
    try:
        # A module may be anybody's, and of no type that was checked.
        outcome: object = module.run(frame)
    except (Cancelled, StoreError, OutOfReachError):
        raise
    except TsplugError as error:
        return failed(str(error))
    except SystemExit as error:
        return failed(f"{module.name} ended its process with status {error.code}, which is not its own to end")
    except Exception as error:  # noqa: BLE001 - a module may be anybody's; its fault must not cost the others their work
        return failed(f"{frame.place}: {type(error).__name__}: {error}".removesuffix(": "))
    if not isinstance(outcome, ModuleOutcome):
        return failed(f"{module.name} returned {outcome!r:.40}, which is none of completed, skipped and failed")
    return outcome


def _lacking(
    module: PipelineModule,
    modules: Sequence[PipelineModule],
    *,
    frame: PipelineFrame,
    ended: Mapping[str, ModuleReport],
) -> str:
    """Return why a module cannot run; empty when all it needs was given."""
    for need in module.needs:
        if need in frame.outputs:
            continue
        givers = [each.name for each in modules if need in each.gives]
        if not givers:
            return f"needs {need}, which no module that is switched on gives"
        told = ended.get(givers[0])
        return f"needs {need}, and {givers[0]} {'comes later' if told is None else told.state}"
    return ""
