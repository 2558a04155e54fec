"""The generated parts of the pages say what the code says, and everything that needs an entry has one."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from hostsim.commands import app as hostsim_app
from hostsim.faults import FAULTS
from hostsim.saving.pattern import PATTERNS
from hostsim.sequence.instructions import INSTRUCTIONS
from tsplug import METRICS, hookspecs
from tsplug.cli.application import application
from tsplug.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))
generate = import_module("generate")


PAGES = {page.relative_to(DOCS).as_posix(): page.read_text(encoding="utf-8") for page in generate.pages()}


def hook_names() -> set[str]:
    """Return the names of the hooks that the hookspecs declare."""
    return {name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT_NAME}_spec")}


@pytest.mark.parametrize("name", [name for name, text in PAGES.items() if generate.blocks_in(text)])
def test_generated_parts_match_the_code(name: str) -> None:
    """A page's generated blocks are what the code makes of them now."""
    assert PAGES[name] == generate.refreshed(PAGES[name]), (
        f"docs/{name} and the code differ: run .venv/bin/python docs/generate.py"
    )


def test_every_block_is_shown_once() -> None:
    """Each block that can be generated stands on exactly one page."""
    shown = [block for text in PAGES.values() for block in generate.blocks_in(text)]
    assert sorted(shown) == sorted(generate.BLOCKS)
    assert len(shown) >= 15


def test_every_hook_has_an_entry() -> None:
    """The page of the hooks has a heading for every hook there is, and a line for each that only listens."""
    names = hook_names()
    assert names == {*generate.HOOKS, *generate.LISTENERS}
    page = PAGES["reference/hooks.md"]
    assert [name for name in generate.HOOKS if f"\n### {name}\n" not in page] == []
    assert [name for name in generate.LISTENERS if f"\n| `{name}` | [" not in page] == []


def test_every_metric_has_an_entry() -> None:
    """The page of the metrics has a line for every metric."""
    assert [key for key in METRICS if f"\n| `{key}` |" not in PAGES["reference/metrics.md"]] == []
    assert len(METRICS) >= 25


def test_every_fault_has_an_entry() -> None:
    """The page of the faults has a heading for every fault there is."""
    assert [name for name in FAULTS if f"\n### {name}\n" not in PAGES["reference/faults.md"]] == []
    assert len(FAULTS) >= 19


def test_every_instruction_has_an_entry() -> None:
    """The page of the sequence format has a heading for every instruction and container."""
    names = [*INSTRUCTIONS, "loop", "sequential"]
    assert [name for name in names if f"\n### {name}\n" not in PAGES["reference/sequence.md"]] == []
    assert len(names) >= 15


def test_every_command_and_setting_has_an_entry() -> None:
    """The page of the commands has a heading for every command and a line for every setting."""
    names = [*generate.commands.commands(application(), "tsplug"), *generate.commands.commands(hostsim_app, "hostsim")]
    page = PAGES["reference/cli.md"]
    assert [name for name in names if f"\n### {name}\n" not in page] == []
    assert [name for name in Settings.model_fields if f"| `TSPLUG_{name.upper()}` |" not in page] == []
    assert len(names) >= 20


def test_every_file_pattern_has_an_entry_and_no_other() -> None:
    """The page of the files names exactly the patterns that the host knows."""
    section = PAGES["reference/files.md"].partition("## File name patterns")[2]
    assert set(re.findall(r"\$\$(\w+)\$\$", section)) == set(PATTERNS)
