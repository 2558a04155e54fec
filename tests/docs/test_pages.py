"""What the pages say can be followed: links lead somewhere, code runs, sequences are valid."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown import markdown

from hostsim.commands import app as hostsim_app
from hostsim.sequence.parse import parse
from tsplug.cli.application import application

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
commands = import_module("generator.commands").commands
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
COMMANDS = {**commands(application(), "tsplug"), **commands(hostsim_app, "hostsim")}
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of a page in a language."""
    return [text for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def anchors(page: Path) -> set[str]:
    """Return what can follow # in a link to a page."""
    return set(
        re.findall(r'id="([^"]+)"', markdown(page.read_text(encoding="utf-8"), extensions=["toc", "fenced_code"]))
    )


def broken_links(page: Path) -> list[str]:
    """Return the links of a page to files or headings that are not there."""
    broken = []
    for link in _LINK.findall(_BLOCK.sub("", page.read_text(encoding="utf-8"))):
        path, _, anchor = link.partition("#")
        target = page if not path else (page.parent / path)
        if "://" in link:
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a page, picture, folder or heading of the project has its target."""
    assert broken_links(page) == []


def test_links_are_seen() -> None:
    """The test of links looks at as many as the pages are known to have."""
    assert sum(len(_LINK.findall(page.read_text(encoding="utf-8"))) for page in PAGES) >= 60


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    """A link to a missing page and one to a missing heading are found, others pass."""
    page = tmp_path / "page.md"
    page.write_text("# Here\n[a](gone.md) [b](#here) [c](#there) [d](https://example.org)\n", encoding="utf-8")
    assert broken_links(page) == ["gone.md", "#there"]


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_python_of_a_how_to_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of a page, read from top to bottom, runs in an empty folder."""
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks(page, "python")), encoding="utf-8")
    runpy.run_path(str(script))


def test_python_is_seen() -> None:
    """There is Python on the pages, and nowhere but in the how-to guides, where it is run."""
    assert sum(len(blocks(page, "python")) for page in HOW_TO) >= 8
    assert [page for page in PAGES if page not in HOW_TO and blocks(page, "python")] == []


def test_sequences_are_valid(tmp_path: Path) -> None:
    """The complete sequence is valid, and stays so with each of the fragments added to its instructions."""
    complete, *fragments = blocks(DOCS / "how-to" / "write-a-sequence.md", "yaml")
    file = tmp_path / "night.yaml"
    for text in blocks(DOCS / "how-to" / "rehearse-what-can-go-wrong.md", "yaml"):
        file.write_text(text + complete, encoding="utf-8")
        assert len(parse(file).sequence.faults) == len(yaml.safe_load(text)["faults"])
    for text in ("", *fragments):
        file.write_text(complete + textwrap.indent(text, "  "), encoding="utf-8")
        added = yaml.safe_load(text) or []
        assert len(parse(file).sequence.run) == len(yaml.safe_load(complete)["run"]) + len(added)
    assert len(fragments) >= 3


def shown_command(line: str) -> tuple[Any, list[str]] | None:
    """Return the command of a line of shell and the options given to it, None where it is none of ours."""
    words = shlex.split(line.rstrip(" &"), comments=True)
    if not words or words[0] not in ("tsplug", "hostsim"):
        return None
    found = [COMMANDS[name] for name in (" ".join(words[:length]) for length in (2, 3)) if name in COMMANDS]
    assert found, f"there is no such command: {line}"
    return found[0], [word for word in words if word.startswith("--")]


def test_commands_exist() -> None:
    """Every tsplug or hostsim command shown exists and has the options it is shown with."""
    lines = [line for page in PAGES for text in blocks(page, "sh") for line in text.splitlines()]
    shown = [found for found in map(shown_command, lines) if found is not None]
    for command, options in shown:
        known = {name for parameter in command.params for name in parameter.opts}
        assert set(options) <= known, command.name
    assert len(shown) >= 12


def test_the_pages_name_no_machine() -> None:
    """No page holds an absolute path of somebody's machine."""
    suspicious = re.compile(r"(?<![\w.])/(?:work|home|root|tmp|Users)/")
    assert [page.name for page in PAGES if suspicious.search(page.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("name", "largest"), [("first-night", 400_000), ("calibration-proof", 400_000), ("scenarios", 700_000)]
)
def test_pictures_are_small(name: str, largest: int) -> None:
    """No picture makes a page slow to load."""
    assert 10_000 < (DOCS / "images" / f"{name}.png").stat().st_size <= largest
