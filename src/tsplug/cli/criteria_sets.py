"""Which set of criteria a command means: a stored one, the built-in one, or one in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsplug.app import read_text
from tsplug.cli.opening import Common, store_is_missing
from tsplug.errors import InputError
from tsplug.grading.criteria import Criteria
from tsplug.ports import Unit
from tsplug.services.criteria import DEFAULT_NAME, default_criteria, load_criteria
from tsplug.services.criteria_documents import Document, criteria_of, parse_yaml

_FILES = (".yaml", ".yml")


@contextmanager
def reading(common: Common, name: str) -> Iterator[Unit | None]:
    """Open the store for reading only where a name may be that of a stored set.

    Raises:
        InputError: the name is that of a folder or of a file of another kind.
    """
    if "/" in name and not is_file(name):
        kind = "a folder" if Path(name).is_dir() else "no file that ends in .yaml"
        raise InputError(f"{name} is {kind}: a set of criteria is a name, or a file like draft.yaml")
    built_in = name.casefold() in ("", DEFAULT_NAME.casefold()) and store_is_missing(common)
    if is_file(name) or built_in:
        yield None
        return
    with common.store() as store, store.read() as unit:
        yield unit


def chosen_criteria(name: str, unit: Unit | None) -> Criteria:
    """Return the set of a name or file; the built-in one without a name.

    Raises:
        NotFoundError: there is none.
        InputError: the file holds no valid set.
    """
    if is_file(name):
        document = read_set_file(name)
        document.setdefault("name", Path(name).stem)
        return criteria_of(document, source=name)
    return default_criteria() if unit is None else load_criteria(unit, name or DEFAULT_NAME)


def is_file(name: str) -> bool:
    """Return whether a set's name is that of a file."""
    return name.lower().endswith(_FILES)


def read_set_file(file: str) -> Document:
    """Return the document in a file.

    Raises:
        InputError: it cannot be read, or is no YAML.
    """
    return parse_yaml(read_text(Path(file), wanted="a set of criteria (YAML)"), source=file)
