"""A small YAML document as plain data, with the line that every value of it stands on."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

Location = tuple[int | str, ...]

_MOST_CHARACTERS = 200_000
_MOST_VALUES = 20_000


class YamlError(ValueError):
    """A text is no usable YAML.

    Attributes:
        line: where, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        """Keep the line."""
        super().__init__(message)
        self.line = line


class YamlText:
    """A YAML text: ``data`` is what it holds, `line_of` where each part of it stands."""

    def __init__(self, text: str) -> None:
        """Read a text.

        Raises:
            YamlError: it is not YAML, empty, too long, or says a key twice.
        """
        if len(text) > _MOST_CHARACTERS:
            raise YamlError(f"holds at most {_MOST_CHARACTERS} characters, not {len(text)}", 1)
        self._lines: dict[Location, int] = {}
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is None:
                raise YamlError("the file is empty", 1)
            self._mark(node, ())
            self.data: Any = yaml.safe_load(text)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise YamlError(f"not YAML: {error.problem or error.context}", mark.line + 1 if mark else 1) from error
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            raise YamlError(f"not YAML: the character #x{error.character:04x} is not allowed", line) from error
        except (ValueError, RecursionError) as error:
            if isinstance(error, YamlError):
                raise
            # PyYAML's constructors take it for granted that a value fits its tag, as a date of the 45th does not.
            raise YamlError(f"not usable: {error}", 1) from error

    def line_of(self, location: Location) -> int:
        """Return the line, from 1, of the deepest part of a location that the text holds."""
        while location and location not in self._lines:
            location = location[:-1]
        return self._lines.get(location, 1)

    def _mark(self, node: yaml.Node, location: Location) -> None:
        self._lines.setdefault(location, node.start_mark.line + 1)
        if len(self._lines) > _MOST_VALUES:
            raise ConstructorError(None, None, f"more than {_MOST_VALUES} values", node.start_mark)
        if isinstance(node, yaml.SequenceNode):
            for index, child in enumerate(node.value):
                self._mark(child, (*location, index))
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                here = (*location, str(key.value))
                if here in self._lines:
                    raise ConstructorError(None, None, f"{shown(here)} occurs twice", key.start_mark)
                self._lines[here] = key.start_mark.line + 1
                self._mark(child, here)


def shown(location: Location) -> str:
    """Return a location as people write it: ``clouds.banks[0].end_hours``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
