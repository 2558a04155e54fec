"""Which modules work on a frame, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast

from tsplug.errors import InputError
from tsplug.model import PipelinePreferences
from tsplug.ports import FrameAtWork, ModuleOutcome, PipelineModule, failed
from tsplug.services.pipeline.modules import BUILT_IN


class BrokenModule:
    """Stands for a third party's module that could not be loaded, so that every frame tells of it."""

    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()

    def __init__(self, name: str, problem: str) -> None:
        """Take the name of the entry point, and what is wrong."""
        self.name = name
        self.title = f"Could not be loaded: {problem}."
        self._problem = problem

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Fail with the problem."""
        return failed(f"the module {self.name} cannot be used: {self._problem}; correct or uninstall what brings it")


class StoppedModule:
    """Stands for a module that took too long with a frame and is not tried again with it."""

    needs: tuple[str, ...] = ()

    def __init__(self, module: PipelineModule, problem: str) -> None:
        """Take the module, and what became of it."""
        self.name, self.title, self.gives = module.name, module.title, module.gives
        self._problem = problem

    def run(self, frame: FrameAtWork) -> ModuleOutcome:
        """Fail with the problem."""
        return failed(self._problem)


class ModuleSource(Protocol):
    """Names a module of a third party, as an entry point does."""

    @property
    def name(self) -> str:
        """Return the name it has there."""
        ...

    def load(self) -> object:
        """Return the module; may raise anything."""
        ...


def loaded_modules(sources: Iterable[ModuleSource]) -> tuple[PipelineModule, ...]:
    """Return the modules of third parties; one that cannot be loaded, or is none, stands as a `BrokenModule`."""
    return tuple(_loaded(source) for source in sources)


def _loaded(source: ModuleSource) -> PipelineModule:
    try:
        module = source.load()
    except Exception as error:  # noqa: BLE001 - what others install may raise anything, and must not stop the pipeline
        return BrokenModule(source.name, f"{type(error).__name__}: {error}")
    missing = [name for name in ("name", "title", "needs", "gives", "run") if not hasattr(module, name)]
    if missing:
        return BrokenModule(source.name, f"it has no {', '.join(missing)}")
    return cast(PipelineModule, module)


def ordered_modules(third_party: Iterable[PipelineModule] = ()) -> tuple[PipelineModule, ...]:
    """Return the built-in modules in their order, and those of others, each after what gives what it needs.

    One of others that has a name which is taken, or needs what nobody gives before it, stands for itself as a
    `BrokenModule`.
    """
    modules: list[PipelineModule] = list(BUILT_IN)
    waiting = sorted(third_party, key=lambda module: module.name)
    while waiting:
        given = {name for module in modules for name in module.gives}
        ready = [module for module in waiting if given.issuperset(module.needs)]
        if not ready:
            modules += [BrokenModule(each.name, f"nobody gives {_unmet(each, given)}") for each in waiting]
            break
        for module in ready:
            taken = any(each.name == module.name for each in modules)
            modules.append(BrokenModule(f"{module.name} (second)", "its name is taken") if taken else module)
        waiting = [module for module in waiting if module not in ready]
    return tuple(modules)


def chosen_modules(
    modules: Sequence[PipelineModule],
    preferences: PipelinePreferences,
    *,
    switched: Mapping[str, bool] | None = None,
) -> tuple[PipelineModule, ...]:
    """Return the modules that are switched on: by the job where it says so, else by the rig; all others are on.

    Raises:
        InputError: the job names a module there is not; with those there are.
    """
    wanted = {**preferences.modules, **(switched or {})}
    names = [module.name for module in modules]
    unknown = [name for name in switched or {} if name not in names]
    if unknown:
        raise InputError(f"there is no module {unknown[0]!r}: name one of {', '.join(names)}")
    return tuple(module for module in modules if wanted.get(module.name, True))


def _unmet(module: PipelineModule, given: set[str]) -> str:
    return ", ".join(need for need in module.needs if need not in given)
