from __future__ import annotations

from pathlib import Path

import pytest
from nina_profiles import GUID, profile_xml, write_profile

from tsplug.errors import InputError
from tsplug.files.nina_profile import find_horizon, read_horizon, read_nina_profile

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><Profile><Name>&i;</Name></Profile>"
)
OUTSIDE = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Profile><Name>&x;</Name></Profile>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("declared", ["", '<?xml version="1.0" encoding="utf-16"?>\n', '<?xml version="1.0"?>'])
def test_every_encoding_is_read(tmp_path: Path, encoding: str, declared: str) -> None:
    """A profile is read in any encoding, with a mark or without, whatever its declaration says."""
    file = write_profile(tmp_path, declared + profile_xml(), encoding=encoding)
    assert read_nina_profile(file).name == "Rig Süd"


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<!DOCTYPE html><html/>"])
def test_document_types_are_refused(tmp_path: Path, text: str) -> None:
    """Entities are neither expanded nor fetched: a document type is refused before."""
    with pytest.raises(InputError, match="has a document type or entities"):
        read_nina_profile(write_profile(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (profile_xml()[:1500], "is cut off, damaged or no XML"),
        ("", "is empty"),
        ("hello", "is cut off, damaged or no XML"),
        ("\0" * 400, "is not text"),
        ("<Sequence/>", "not a N.I.N.A. profile: it begins with 'sequence'"),
        ("<Profile><Name>x</Name></Profile>", "has no Id"),
        ("<Profile>" + "<a>" * 50_000, "is cut off"),
    ],
)
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """Whatever is wrong with a file is said in one line that names it once."""
    with pytest.raises(InputError, match=words) as caught:
        read_nina_profile(write_profile(tmp_path, text))
    assert str(caught.value).count(GUID) == 1
    assert "\n" not in str(caught.value)


def test_a_horizon_is_looked_for_beside_the_profile(tmp_path: Path) -> None:
    """The horizon of a profile from Windows is found by its name in the profile's folder, else not at all."""
    profile = write_profile(tmp_path)
    named = "C:\\N.I.N.A\\garden.hrz"
    assert find_horizon(profile, named) is None
    assert find_horizon(profile, "") is None
    beside = tmp_path / "garden.hrz"
    beside.write_text("# garden\n0 10\n180, 20.5\n", encoding="utf-8")
    assert find_horizon(profile, named) == beside
    assert read_horizon(beside) == [(0.0, 10.0), (180.0, 20.5)]
    beside.write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError, match=r"garden\.hrz is no horizon file: line 1"):
        read_horizon(beside)
