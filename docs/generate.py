"""Fills the generated parts of the pages from the code: ``.venv/bin/python docs/generate.py``.

A page holds a block between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the block's text is made by the function
of that name in `BLOCKS`. Everything outside such blocks is written by hand. A test compares pages and code.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path

from generator import astrobin, commands, faults, flats, frames, scenarios, sequences, servers
from generator.tables import as_markdown, fields, first_paragraph, shown_number, table, type_text
from pydantic import BaseModel

import tsplug
from tsplug import hookspecs, ports
from tsplug.flats.rules import RULES as FLAT_RULES
from tsplug.grading.checks import METRIC_CHECKS
from tsplug.metrics import Metric
from tsplug.model import project
from tsplug.planning.rules import RULES as SCORING_RULES
from tsplug.settings import Settings

DOCS = Path(__file__).parent
HOOKS = ("on_exposure_saved", "grade_plan", "flat_instruction_run")
LISTENERS = tuple(hookspecs.LISTENERS.values())
_BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: str) -> str:
    """Return a page with every generated block made anew.

    Raises:
        KeyError: the page asks for a block that does not exist.
    """
    return _BLOCK.sub(lambda match: f"{match[1]}\n{BLOCKS[match[2]]().strip()}\n\n{match[3]}", page)


def blocks_in(page: str) -> list[str]:
    """Return the names of the blocks a page asks for."""
    return [match[2] for match in _BLOCK.finditer(page)]


def pages() -> list[Path]:
    """Return every page of the documentation."""
    return sorted(page for page in DOCS.rglob("*.md") if "examples" not in page.relative_to(DOCS).parts)


def main() -> int:
    """Write the pages whose generated blocks have changed, and name them."""
    for page in pages():
        old = page.read_text(encoding="utf-8")
        new = refreshed(old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            sys.stdout.write(f"written: {page.relative_to(DOCS)}\n")
    return 0


def _hooks() -> str:
    return "\n\n".join(_hook(name) for name in HOOKS)


def _listeners() -> str:
    rows = []
    for kind, name in hookspecs.LISTENERS.items():
        meaning = first_paragraph(getattr(hookspecs, name).__doc__)
        rows.append([f"`{name}`", f"[{kind.__name__}](#{kind.__name__.lower()})", as_markdown(meaning)])
    return table(["hook", "event", "what it is for"], rows)


def _news() -> str:
    return "\n\n".join(_value(kind) for kind in hookspecs.LISTENERS)


def _hook(name: str) -> str:
    function = getattr(hookspecs, name)
    text = inspect.cleandoc(function.__doc__ or "")
    summary, arguments, returns = re.split(r"\n\n(?:Args|Returns):\n", text)
    taken = re.findall(r"^ +(\w+): (.*?)(?=\n +\w+: |\Z)", arguments, re.DOTALL | re.MULTILINE)
    types_of = inspect.signature(function).parameters
    rows = [[f"`{key}`", f"`{types_of[key].annotation}`", meaning] for key, meaning in taken]
    rule = "the first answer wins" if function.tsplug_spec["firstresult"] else "every plugin is called"
    signature = f"{name}{inspect.signature(function)}".replace("'", "")
    return "\n\n".join(
        (
            f"### {name}",
            f"`{signature}`: {rule}.",
            summary,
            table(["parameter", "type", "meaning"], rows),
            f"**Result.** {' '.join(returns.split())}",
        )
    )


def _values() -> str:
    names = (
        "ExposureSaved",
        "ExposureOutcome",
        "GradePlan",
        "PlanGrades",
        "GraderVerdict",
        "ImageGrade",
        "FlatInstruction",
        "FlatRunReport",
        "FlatSetReport",
        "FlatSpec",
    )
    return "\n\n".join(_value(getattr(tsplug, name)) for name in names)


def _value(kind: type[BaseModel]) -> str:
    text = as_markdown(inspect.cleandoc(kind.__doc__ or ""))
    return f"### {kind.__name__}\n\n{text}\n\n{fields(kind, words={})}"


def _context() -> str:
    members = [name for name in vars(ports.Context) if isinstance(vars(ports.Context)[name], property)]
    rows = []
    for name in members:
        getter = vars(ports.Context)[name].fget
        rows.append([f"`{name}`", f"`tsplug.ports.{getter.__annotations__['return']}`", _meaning(getter.__doc__)])
    return table(["member", "Protocol", "what it is"], rows)


def _meaning(text: str | None) -> str:
    return first_paragraph(text).removeprefix("Return ").rstrip(".")


def _metrics() -> str:
    rows = [
        [
            f"`{metric.key}`",
            metric.title,
            metric.unit,
            metric.better or "",
            shown_number(metric.good),
            shown_number(metric.bad),
            _among_peers(metric),
        ]
        for metric in tsplug.METRICS.values()
    ]
    return table(["key", "name", "unit", "better", "good", "bad", "against other frames"], rows)


def _among_peers(metric: Metric) -> str:
    if metric.key not in METRIC_CHECKS:
        return "by its own test"
    return f"as {metric.among_peers.scale}s, {'graded' if metric.among_peers.graded else 'on request'}"


def _scoring_rules() -> str:
    weights = project.RULE_WEIGHTS
    rows = [[rule.name, f"{weights[rule.name]:g}", rule.meaning] for rule in SCORING_RULES.values()]
    return table(["rule", "default weight", "value of a target, 0 to 1"], rows)


def _flat_rules() -> str:
    rows = []
    for rule in FLAT_RULES.values():
        meaning = first_paragraph(sys.modules[getattr(rule.judge, "__module__", "")].__doc__).partition(": ")[2]
        rows.append([rule.name, ", ".join(f"`{value}`" for value in sorted(rule.handlings)), meaning])
    return table(["rule", "`flats_handling`", "when flats are due"], rows)


def _settings() -> str:
    rows = [
        [f"`TSPLUG_{name.upper()}`", type_text(field.annotation, words={}), field.description]
        for name, field in Settings.model_fields.items()
    ]
    return table(["variable", "type", "meaning"], rows)


BLOCKS: dict[str, Callable[[], str]] = {
    "altitude": sequences.altitude,
    "any-device": servers.any_device,
    "astrobin-columns": astrobin.astrobin_columns,
    "astrobin-keywords": astrobin.astrobin_keywords,
    "astrobin-settings": astrobin.astrobin_settings,
    "catalogue": sequences.catalogue,
    "centering": sequences.centering,
    "containers": sequences.containers,
    "context": _context,
    "devices": servers.devices,
    "document": sequences.document,
    "events": sequences.events,
    "every-instruction": sequences.every_instruction,
    "every-fault": faults.every_fault,
    "faults": faults.faults,
    "fits-keywords": frames.fits_keywords,
    "flat-rules": _flat_rules,
    "flats-week-flats": flats.week_flats,
    "flats-week-lights": flats.week_lights,
    "flip": sequences.flip,
    "focus": sequences.focus,
    "solving": sequences.solving,
    "guiding": sequences.guiding,
    "hooks": _hooks,
    "listeners": _listeners,
    "news": _news,
    "hostsim-cli": commands.hostsim_cli,
    "instructions": sequences.instructions,
    "metrics": _metrics,
    "safety": sequences.safety,
    "second-camera": sequences.second_camera,
    "scenario-file": scenarios.scenario_file,
    "scenarios": scenarios.scenarios,
    "scoring-rules": _scoring_rules,
    "server": servers.server,
    "settings": _settings,
    "simulator-settings": servers.simulator_settings,
    "tsplug-cli": commands.tsplug_cli,
    "tsplug-shared": commands.tsplug_shared,
    "until": sequences.until,
    "values": _values,
}
"""What makes each generated block, by its name."""


if __name__ == "__main__":
    sys.exit(main())
