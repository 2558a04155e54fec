"""The budgets hold everywhere, and the check that says so sees an offence when there is one."""

from __future__ import annotations

import re

import pytest
from measured_source import (
    ROOT,
    Source,
    docstring_problems,
    name_problems,
    parameter_problems,
    size_problems,
    sources,
)

pytestmark = pytest.mark.xdist_group("quality")

SHIPPED = sources("src", "hostsim", "docs/examples", ".ci")
TESTS = sources("tests")

# "path::name": why this signature is not ours to choose.
FOREIGN_SIGNATURES: dict[str, str] = {
    "hostsim/commands.py::conformance": "typer makes the options of a command from its parameters",
    "hostsim/commands.py::run": "typer makes the options of a command from its parameters",
    "hostsim/commands.py::serve": "typer makes the options of a command from its parameters",
    "src/tsplug/web/uploads.py::_HeardResponse.__call__": "ASGI calls a response so",
}


def test_the_check_sees_the_code() -> None:
    """The budgets are checked on no fewer modules and functions than the project is known to have."""
    functions = sum(1 for source in SHIPPED for _ in source.functions())
    assert len(SHIPPED) >= 100
    assert functions >= 400
    assert {source.path.split("/")[0] for source in SHIPPED} == {"src", "hostsim", "docs", ".ci"}


def test_modules_and_functions_are_short() -> None:
    """No module has more than 400 lines, no function more than 40 lines of code."""
    assert [problem for source in SHIPPED for problem in size_problems(source)] == []


def test_signatures_are_short() -> None:
    """No function has more than 5 parameters, nor more than 2 that go by position."""
    found = [pair for source in SHIPPED for pair in parameter_problems(source)]
    assert [problem for key, problem in found if key not in FOREIGN_SIGNATURES] == []


def test_foreign_signatures_exist() -> None:
    """An exemption ends with the function that needed it."""
    found = {key for source in SHIPPED for key, _ in parameter_problems(source)}
    assert set(FOREIGN_SIGNATURES) - found == set()


def test_everything_public_is_documented() -> None:
    """Every public module, class, function and method starts its docstring with a full sentence."""
    seen = sum(1 for source in SHIPPED for _ in source.public())
    assert [problem for source in SHIPPED for problem in docstring_problems(source)] == []
    assert seen >= 400


def test_no_module_is_a_drawer() -> None:
    """No file or folder is called utils, helpers, common or misc."""
    assert [problem for source in SHIPPED + TESTS for problem in name_problems(source)] == []


def test_complexity_is_not_waved_through() -> None:
    """Nothing suppresses the rule that bounds complexity."""
    waved = re.compile(r"#\s*(ruff:\s*)?noqa(\s*$|.*\bC901\b)", re.MULTILINE | re.IGNORECASE)
    assert [source.path for source in SHIPPED + TESTS if waved.search(source.text)] == []
    assert "max-complexity = 8" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def sample(text: str, path: str = "src/tsplug/sample.py") -> Source:
    """Return source to check, as if it stood in the package."""
    return Source(path, text)


def test_a_long_function_is_found() -> None:
    """A function of 41 code lines is found; comments, blank lines and the docstring do not count."""
    padding = '    """Says.\n\n    more.\n    """\n    # reason\n\n'
    fits = sample("def f():\n" + padding + "    x = 1\n" * 39)
    over = sample("class C:\n    def f(self):\n" + "        x = 1\n" * 40)
    assert size_problems(fits) == []
    assert size_problems(over) == ["src/tsplug/sample.py:2 C.f: 41 code lines, at most 40"]


def test_lines_of_a_long_string_count() -> None:
    """Text that is data counts line by line."""
    assert size_problems(sample('def f():\n    x = """' + "\n" * 40 + '"""\n')) != []


def test_a_long_module_is_found() -> None:
    """A module of 401 lines is found, whatever its lines are."""
    assert size_problems(sample("#\n" * 400)) == []
    assert size_problems(sample("#\n" * 401)) == ["src/tsplug/sample.py: 401 lines, at most 400"]


@pytest.mark.parametrize(
    ("signature", "ends"),
    [
        ("a, b, *, c, d, e", None),
        ("self, a, b, *, c, d, e", None),
        ("a, b, *, c, d, e, f", "6 parameters, at most 5"),
        ("*a, b, c, d, e, **f", "6 parameters, at most 5"),
        ("a, b, c", "3 parameters by position, keyword-only after the second"),
        ("a, b, /, c", "3 parameters by position, keyword-only after the second"),
    ],
)
def test_a_long_signature_is_found(signature: str, ends: str | None) -> None:
    """Six parameters are one too many, and a third by position is too."""
    problems = parameter_problems(sample(f"def f({signature}): ..."))
    assert [text.rpartition(": ")[2] for _, text in problems] == ([] if ends is None else [ends])


def test_the_language_sets_signatures_of_dunders() -> None:
    """A dunder that the language calls has the parameters it has; a constructor has ours."""
    assert parameter_problems(sample("class C:\n    def __exit__(self, a, b, c): ...")) == []
    assert parameter_problems(sample("class C:\n    def __init__(self, a, b, c): ...")) != []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('"""A module."""\ndef _private(): ...\n', 0),
        ('"""A module."""\nclass _Private:\n    def method(self): ...\n', 0),
        ('"""A module."""\ndef f():\n    """Do it."""\n    def g(): ...\n', 0),
        ("x = 1\n", 1),
        ('"""A module"""\n', 1),
        ('"""A module."""\ndef f(): ...\n', 1),
        ('"""A module."""\nclass C:\n    """A class."""\n    def f(self): ...\n', 1),
        ('"""A module."""\nclass C:\n    """A class."""\n    @p.setter\n    def p(self, v): ...\n', 0),
    ],
)
def test_a_missing_docstring_is_found(text: str, count: int) -> None:
    """What is public needs a docstring that starts with a sentence; what is private or nested does not."""
    assert len(docstring_problems(sample(text))) == count


def test_a_drawer_is_found() -> None:
    """A module called after nothing is found by its file or folder name."""
    assert name_problems(sample("", "src/tsplug/utils.py")) != []
    assert name_problems(sample("", "hostsim/common/x.py")) != []
    assert name_problems(sample("", "hostsim/uncommon.py")) == []
