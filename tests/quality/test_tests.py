"""Tests say what they test, are short, and lie where the code they test lies."""

from __future__ import annotations

import ast

import pytest
from measured_source import ROOT, Source, size_problems, sources

pytestmark = pytest.mark.xdist_group("quality")

TESTS = sources("tests")
HOMES = {"tsplug": ROOT / "src" / "tsplug", "hostsim": ROOT / "hostsim"}


def undocumented(source: Source) -> list[str]:
    """Return the tests that do not say in a sentence which behaviour they show."""
    problems = []
    for name, function in source.functions():
        if function.name.startswith(("test_", "bench_")):
            first = (ast.get_docstring(function) or "").partition("\n")[0]
            if not first.endswith("."):
                problems.append(f"{source.path}:{function.lineno} {name}: no sentence says the behaviour")
    return problems


def test_every_test_says_the_behaviour() -> None:
    """Every test has a docstring that is a sentence."""
    seen = sum(1 for s in TESTS for _, function in s.functions() if function.name.startswith("test_"))
    assert [problem for source in TESTS for problem in undocumented(source)] == []
    assert seen >= 100


def test_tests_are_short() -> None:
    """No test has more than 40 lines of code, no test module more than 400 lines."""
    assert [problem for source in TESTS for problem in size_problems(source)] == []


def test_tests_mirror_the_code() -> None:
    """A folder of tests is named after the folder it tests, and is no package."""
    folders = {path.parent for home in HOMES for path in (ROOT / "tests" / home).rglob("test_*.py")}
    parts = [folder.relative_to(ROOT / "tests").parts for folder in folders]
    assert [part for part in parts if not HOMES[part[0]].joinpath(*part[1:]).is_dir()] == []
    assert list((ROOT / "tests").rglob("__init__.py")) == []
    assert len(parts) >= 4


def test_a_silent_test_is_found() -> None:
    """A test without a docstring is found, also in a class; a fixture needs none."""
    silent = "class TestIt:\n    def test_it(self): ...\n"
    assert undocumented(Source("tests/x.py", silent)) == ["tests/x.py:2 TestIt.test_it: no sentence says the behaviour"]
    assert undocumented(Source("tests/x.py", "def fixture(): ...\n")) == []
