"""YAML with line numbers: a document as plain data, and the line that every value of it stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.reader import ReaderError

_MOST_VALUES = 100_000
_DEEPEST = 50
_MOST_CHARACTERS = 2_000_000

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """Something wrong in a document: line from 1, path, what is wrong."""

    line: int
    path: str
    message: str


class _Loader(yaml.SafeLoader):
    """YAML's safe types; 16:30 stays a text instead of becoming the number 990, as YAML 1.1 would have it."""


_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*|[0-9][0-9_]*(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)


class Document:
    """A YAML text: ``data`` is what it holds, `line_of` where each part of it stands."""

    def __init__(self, text: str) -> None:
        """Read a text; ``problems`` tells what is wrong with it, and ``data`` is None then."""
        self.problems: list[Problem] = []
        self._lines: dict[Path, int] = {}
        self._count = 0
        self.data: Any = None
        if len(text) > _MOST_CHARACTERS:
            self._blame(
                1, path=(), message=f"a sequence file holds at most {_MOST_CHARACTERS} characters, not {len(text)}"
            )
            return
        try:
            loader = _Loader(text)
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self._blame(
                line, path=(), message=f"not YAML: the character #x{error.character:04x} does not belong in a text"
            )
            return
        try:
            node = loader.get_single_node()
            data = None if node is None else self._build(node, (), loader=loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._blame(mark.line + 1 if mark else 1, path=(), message=f"not YAML: {error.problem or error.context}")
        except RecursionError:
            self._blame(1, path=(), message=f"not usable: more than {_DEEPEST} levels")
        except (yaml.YAMLError, _TooLargeError) as error:
            self._blame(1, path=(), message=f"not usable: {' '.join(str(error).split())}")
        else:
            self.data = None if self.problems else data
        finally:
            loader.dispose()

    def line_of(self, path: Path) -> int:
        """Return the line, from 1, of the deepest part of a path that the text holds."""
        while path not in self._lines and path:
            path = path[:-1]
        return self._lines.get(path, 1)

    def known_path(self, location: Path, *, missing: bool) -> Path:
        """Return a location without the steps that are no keys or indices of the text, such as names of types.

        With ``missing`` its last step is a key that should be there.
        """
        path: Path = ()
        for position, step in enumerate(location):
            last = position == len(location) - 1
            if (*path, step) in self._lines or (last and missing):
                path = (*path, step)
        return path

    def _build(self, node: yaml.Node, path: Path, *, loader: _Loader) -> Any:
        self._count += 1
        if self._count > _MOST_VALUES or len(path) > _DEEPEST:
            raise _TooLargeError(
                f"more than {_MOST_VALUES} values or {_DEEPEST} levels, aliases included: does an alias hold itself?"
            )
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, loader=loader)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(child, (*path, index), loader=loader) for index, child in enumerate(node.value)]
        return self._scalar(node, loader=loader)

    def _scalar(self, node: yaml.Node, *, loader: _Loader) -> Any:
        try:
            return loader.construct_object(node, deep=True)
        except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
            # PyYAML's constructors take it for granted that a value fits its tag: !!int "", !!bool maybe, 2026-13-45.
            raise yaml.MarkedYAMLError(
                problem=f"{node.value!r} is no {node.tag.rpartition(':')[2]}", problem_mark=node.start_mark
            ) from error

    def _mapping(self, node: yaml.MappingNode, path: Path, *, loader: _Loader) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self._scalar(key_node, loader=loader) if isinstance(key_node, yaml.ScalarNode) else None
            if not isinstance(key, str):
                self._blame(line, path=path, message=f"a key must be a text: {key_node.value!r}")
                continue
            if key in data:
                self._blame(line, path=(*path, key), message="occurs twice")
            self._lines[(*path, key)] = line
            data[key] = self._build(value_node, (*path, key), loader=loader)
        return data

    def _blame(self, line: int, *, path: Path, message: str) -> None:
        self.problems.append(Problem(line, shown(path), message))


class _TooLargeError(Exception):
    """The document holds more than anyone writes by hand."""


def shown(path: Path) -> str:
    """Return a path as people write it: ``run[2].until.time``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
