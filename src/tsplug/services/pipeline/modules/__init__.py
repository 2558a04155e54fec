"""The built-in modules of the image pipeline, one file each, and their order.

A module of this package defines one constant ``MODULE``; one that is missing in `ORDER`, or the other way round, is
an error at import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.ports import PipelineModule

__all__ = ["BUILT_IN", "ORDER"]

ORDER = ("header_update", "preview", "plate_solve", "quality_analysis", "quality_headers")
"""The names of the modules in the order in which they work on a frame."""


def _collect() -> tuple[PipelineModule, ...]:
    found: dict[str, PipelineModule] = {}
    for module_info in iter_modules(__path__):
        module: PipelineModule | None = getattr(import_module(f"{__name__}.{module_info.name}"), "MODULE", None)
        if module is None or module.name != module_info.name:
            raise TypeError(f"{__name__}.{module_info.name} defines no MODULE of that name")
        found[module.name] = module
    if sorted(found) != sorted(ORDER):
        raise ValueError(f"modules {sorted(found)} are not those of the order {sorted(ORDER)}")
    return tuple(found[name] for name in ORDER)


BUILT_IN: tuple[PipelineModule, ...] = _collect()
"""Every built-in module, in order."""
