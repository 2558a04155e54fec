"""The vocabulary of image quality: one file per metric, collected by name.

A module of this package defines one constant ``METRIC``; a module without it, or a key used twice, is an error at
import.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from tsplug.metrics.metric import LARGEST, AmongPeers, Metric, is_measured

__all__ = ["LARGEST", "METRICS", "AmongPeers", "Metric", "is_measured"]


def _collect() -> dict[str, Metric]:
    found: dict[str, Metric] = {}
    for module_info in sorted(iter_modules(__path__), key=lambda info: info.name):
        if module_info.name == "metric":
            continue
        metric = getattr(import_module(f"{__name__}.{module_info.name}"), "METRIC", None)
        if not isinstance(metric, Metric):
            raise TypeError(f"tsplug.metrics.{module_info.name} defines no METRIC")
        if metric.key in found:
            raise ValueError(f"metric key {metric.key!r} is defined twice")
        found[metric.key] = metric
    return found


METRICS: dict[str, Metric] = _collect()
"""Every metric by its key, in key order of its module name."""
