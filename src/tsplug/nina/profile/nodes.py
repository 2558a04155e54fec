"""Elements of a serialised N.I.N.A. profile by their plain names, with values that may be missing, nil or wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Node:
    """An element or what stands for a missing one; namespaces are left out of names, which occur once each."""

    def __init__(self, element: Element | None, path: str, *, complaints: list[str]) -> None:
        self._element = element
        self._path = path
        self._complaints = complaints

    @property
    def there(self) -> bool:
        """Return whether the element exists and is not nil."""
        return self._element is not None and self._element.get(_NIL) not in ("true", "1")

    def child(self, name: str) -> Node:
        """Return the first child of a name, private fields (``_name``) and properties (``Name``) being the same."""
        found = next((each for each in self._children() if plain_name(each) == name.lower()), None)
        return Node(found, f"{self._path}/{name}".lstrip("/"), complaints=self._complaints)

    def all(self) -> Iterator[Node]:
        """Yield all children that are not nil."""
        for number, each in enumerate(self._children(), start=1):
            node = Node(each, f"{self._path}[{number}]", complaints=self._complaints)
            if node.there:
                yield node

    def text(self, name: str) -> str:
        """Return the text of a child without blanks around it; nothing where it is missing, nil or empty."""
        child = self.child(name)
        return (child._element.text or "").strip() if child.there and child._element is not None else ""

    def number(self, name: str, *, low: float = -math.inf, high: float = math.inf) -> float | None:
        """Return the number of a child, or None where it is missing, NaN, or wrong, which is complained of."""
        text = self.text(name)
        if not text or text == "NaN":
            return None
        try:
            value = float(text)
        except ValueError:
            self.complain(name, f"{text[:40]!r} is no number")
            return None
        if not low <= value <= high or math.isinf(value):
            self.complain(name, f"{text} is not within {low:g} to {high:g}")
            return None
        return value

    def whole(self, name: str, *, low: int, high: int) -> int | None:
        """Return the whole number of a child; None as for `number`."""
        value = self.number(name, low=low, high=high)
        return None if value is None else round(value)

    def complain(self, name: str, what: str) -> None:
        """Note what is wrong with a child."""
        self._complaints.append(f"{self._path}/{name}: {what}".lstrip("/"))

    def _children(self) -> list[Element]:
        return list(self._element) if self.there and self._element is not None else []


def plain_name(element: Element) -> str:
    """Return an element's name in lower case without its namespace and a private field's underscore."""
    return element.tag.rpartition("}")[2].lstrip("_").lower()
