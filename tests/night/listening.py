"""A plugin of somebody else, found by its entry point, that writes down everything it is told of a night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_PLUGIN = """
import json
from pathlib import Path
from tsplug import hookimpl
from tsplug.hookspecs import LISTENERS

HEARD = Path(__file__).with_name("heard.jsonl")


class Ears:
    pass


def hearing(hook):
    def hear(self, event, context):
        told = {"hook": hook, "now": context.clock.now().isoformat(), **event.model_dump(mode="json")}
        with HEARD.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(told) + "\\n")

    return hookimpl(hear)


for hook in LISTENERS.values():
    setattr(Ears, hook, hearing(hook))
ears = Ears()
"""


def install(folder: Path) -> Path:
    """Make a folder that a Python with it on its path takes for an installed plugin, and return it."""
    information = folder / "night_ears-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: night-ears\nVersion: 1.0\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[tsplug]\nears = night_ears:ears\n", encoding="utf-8")
    (folder / "night_ears.py").write_text(_PLUGIN, encoding="utf-8")
    return folder


def heard(folder: Path) -> list[dict[str, Any]]:
    """Return what the plugin in a folder was told, in order, each with its hook and the night's time."""
    lines = (folder / "heard.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
