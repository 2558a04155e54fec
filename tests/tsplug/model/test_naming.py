from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsplug.model.naming import free_name


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("foo", [], "foo"),
        ("foo", ["bar"], "foo"),
        ("foo", ["foo"], "foo (1)"),
        ("foo", ["foo", "foo (1)"], "foo (2)"),
        ("foo", ["foo", "foo (7)"], "foo (8)"),
        ("foo (1)", ["foo (1)"], "foo (2)"),
        ("foo (0)", ["foo (0)"], "foo (0) (1)"),
        ("NGC 1 (2) x", ["NGC 1 (2) x"], "NGC 1 (2) x (1)"),
        ("🔭", ["🔭"], "🔭 (1)"),
    ],
)
def test_copies_count_on_from_the_highest_suffix(name: str, taken: list[str], free: str) -> None:
    """A name that is taken gets its stem's highest suffix plus one; a free one stays."""
    assert free_name(name, taken) == free


@given(st.text(min_size=1, max_size=8), st.lists(st.text(min_size=1, max_size=8), max_size=5))
def test_a_free_name_is_never_taken(name: str, others: list[str]) -> None:
    """Whatever is taken, the name found is not."""
    taken = [name, *others]
    for _ in range(3):
        made = free_name(name, taken)
        assert made not in taken
        taken.append(made)
