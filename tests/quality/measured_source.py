"""Measures Python source against the budgets: sizes, parameters, docstrings and names."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES = 40
MODULE_LINES = 400
PARAMETERS = 5
POSITIONAL = 2
# Methods whose signature is ours; that of any other dunder is the language's.
OUR_DUNDERS = {"__init__", "__new__", "__call__"}
DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc"}
SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


@dataclass(frozen=True)
class Source:
    """One module: where it is and what it says."""

    path: str
    text: str

    @classmethod
    def read(cls, path: Path) -> Source:
        """Return the module at ``path``, named relative to the root of the repository."""
        return cls(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        """Return the parsed module."""
        return ast.parse(self.text)

    @cached_property
    def definitions(self) -> tuple[tuple[str, Function | ast.ClassDef], ...]:
        """Return every function, method and class, nested ones too, with its dotted name."""
        return tuple(_definitions(self.tree, ""))

    @cached_property
    def code_lines(self) -> frozenset[int]:
        """Return the numbers of the lines that are neither blank nor comment nor docstring."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        lines = {n for t in tokens if t.type not in SILENT for n in range(t.start[0], t.end[0] + 1)}
        for node in (self.tree, *(node for _, node in self.definitions)):
            if ast.get_docstring(node) is not None:
                lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
        return frozenset(lines)

    def functions(self) -> Iterator[tuple[str, Function]]:
        """Yield every function and method, nested ones too, with its dotted name."""
        for name, node in self.definitions:
            if isinstance(node, Function):
                yield name, node

    def length(self, function: Function) -> int:
        """Return the code lines of a function, its signature included."""
        return len(self.code_lines & set(range(function.lineno, (function.end_lineno or 0) + 1)))

    def public(self) -> Iterator[tuple[str, Documented]]:
        """Yield the module and whatever in it is public: reachable without an underscore, and not inside a function."""
        yield "", self.tree
        yield from _public(self.tree, "")


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Return every module below the folders, in order of path."""
    return tuple(Source.read(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def size_problems(source: Source) -> list[str]:
    """Return what is longer than its budget."""
    lines = len(source.text.splitlines())
    problems = [f"{source.path}: {lines} lines, at most {MODULE_LINES}"] if lines > MODULE_LINES else []
    for name, function in source.functions():
        length = source.length(function)
        if length > FUNCTION_LINES:
            problems.append(f"{source.path}:{function.lineno} {name}: {length} code lines, at most {FUNCTION_LINES}")
    return problems


def parameter_problems(source: Source) -> list[tuple[str, str]]:
    """Return (``path::name``, problem) of functions with too many parameters, or too many that go by position."""
    problems = []
    for name, function in source.functions():
        if function.name.startswith("__") and function.name not in OUR_DUNDERS:
            continue
        positional, total = _parameters(function)
        key, place = f"{source.path}::{name}", f"{source.path}:{function.lineno} {name}"
        if total > PARAMETERS:
            problems.append((key, f"{place}: {total} parameters, at most {PARAMETERS}"))
        elif positional > POSITIONAL:
            problems.append((key, f"{place}: {positional} parameters by position, keyword-only after the second"))
    return problems


def docstring_problems(source: Source) -> list[str]:
    """Return what is public and lacks a docstring whose first line is a sentence."""
    problems = []
    for name, node in source.public():
        first = (ast.get_docstring(node) or "").partition("\n")[0]
        if not first.endswith("."):
            what = "first line of the docstring has no full stop" if first else "no docstring"
            problems.append(f"{source.path}:{getattr(node, 'lineno', 1)} {name}: {what}")
    return problems


def name_problems(source: Source) -> list[str]:
    """Return whether the module, or a folder above it, is a drawer for anything."""
    drawers = DRAWERS.intersection(Path(source.path).with_suffix("").parts)
    return [f"{source.path}: name it after what it does, not {name!r}" for name in sorted(drawers)]


def imported(source: Source) -> set[str]:
    """Return the dotted names that the module imports, at the top or in a function."""
    names: set[str] = set()
    for node in _statements(source.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _definitions(parent: ast.AST, prefix: str) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in _inside(parent):
        if isinstance(node, Function | ast.ClassDef):
            yield f"{prefix}{node.name}", node
            yield from _definitions(node, f"{prefix}{node.name}.")
        else:
            yield from _definitions(node, prefix)


def _statements(parent: ast.AST) -> Iterator[ast.AST]:
    for node in _inside(parent):
        yield node
        yield from _statements(node)


def _inside(parent: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands directly in the blocks of a statement: no expression holds a definition or an import."""
    for block in ("body", "handlers", "orelse", "finalbody", "cases"):
        inside = getattr(parent, block, ())
        yield from inside if isinstance(inside, list) else ()


def _public(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Documented]]:
    for node in parent.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_") and not _continues(node):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node, f"{prefix}{node.name}.")


def _continues(node: Function | ast.ClassDef) -> bool:
    """Return whether the node belongs to a name documented elsewhere: an overload, or a property's setter."""
    texts = [ast.unparse(decorator) for decorator in node.decorator_list]
    return any(text == "overload" or text.endswith((".overload", ".setter", ".deleter")) for text in texts)


def _parameters(function: Function) -> tuple[int, int]:
    """Return how many parameters go by position, and how many there are, without self and cls."""
    arguments = function.args
    positional = [argument.arg for argument in arguments.posonlyargs + arguments.args]
    if positional[:1] in (["self"], ["cls"]):
        positional.pop(0)
    stars = (arguments.vararg is not None) + (arguments.kwarg is not None)
    return len(positional), len(positional) + len(arguments.kwonlyargs) + stars
