from __future__ import annotations

import struct
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from archives import manifest, rewrite

from tsplug.app import create_profile_archive
from tsplug.errors import InputError
from tsplug.files.profile_zip import reading
from tsplug.files.profile_zip.layout import PARTS as NAMES
from tsplug.files.profile_zip.reading import opened
from tsplug.services.archive_parts import PARTS

LINES = [{"record": {"name": "Ä"}}, {"record": {"name": "b"}}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an archive with one part of two documents."""
    path = tmp_path / "rig.zip"
    with create_profile_archive(path) as sink:
        sink.write("targets", iter(LINES))
        sink.finish({"profile": {"name": "Rig"}})
    return path


def read(file: Path, part: str = "targets") -> list[dict[str, Any]]:
    """Return the documents of a part."""
    with opened(file) as archive:
        return list(archive.read(part))


def test_what_was_written_is_read(file: Path) -> None:
    """Documents come back in their order, with counts and the manifest; a part that is not there is empty."""
    assert read(file) == LINES
    assert read(file, "images") == []
    with opened(file) as archive:
        assert (archive.name, archive.count("targets"), archive.count("images")) == (str(file), 2, 0)
        assert archive.manifest["profile"] == {"name": "Rig"}


def test_services_and_files_name_the_same_parts() -> None:
    """What services write and what the reader knows are the same parts, in the same order."""
    assert tuple(part.name for part in PARTS) == NAMES


@pytest.mark.parametrize(
    "name", ["../targets.jsonl", "/etc/passwd", "C:\\x.jsonl", "targets.jsonl/", "virus.exe", "a/b.jsonl"]
)
def test_foreign_members_are_refused(file: Path, name: str) -> None:
    """A member of any other name, one that would lead out of a folder above all, is refused."""
    with ZipFile(file, "a") as archive:
        archive.writestr(name, b"{}")
    with pytest.raises(InputError, match="which no archive of a profile does"):
        read(file)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_refused(file: Path) -> None:
    """The same member twice is refused."""
    with ZipFile(file, "a") as archive:
        archive.writestr("targets.jsonl", b"{}")
    with pytest.raises(InputError, match=r"it holds targets\.jsonl twice"):
        read(file)


def test_bombs_are_refused(file: Path) -> None:
    """A member that is a thousand times larger than it looks is refused before it is unpacked."""
    rewrite(file, {"targets.jsonl": b" " * 40_000_000})
    with pytest.raises(InputError, match=r"targets\.jsonl would unpack to 38 MB"):
        read(file)


def test_a_large_manifest_is_refused(file: Path) -> None:
    """A manifest of megabytes is none."""
    rewrite(file, {"manifest.json": b" " * 2_000_000})
    with pytest.raises(InputError, match=r"manifest\.json would unpack to 1 MB"):
        read(file)


def test_long_lines_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line is read no further than the limit."""
    monkeypatch.setattr(reading, "LARGEST_LINE", 100)
    rewrite(file, {"targets.jsonl": b"{" + b" " * 200})
    with opened(file) as archive, pytest.raises(InputError, match="has a line of more than"):
        list(archive.read("targets"))


def test_sizes_that_lie_are_found(file: Path) -> None:
    """A member that says it is smaller than it is does not get past its checksum."""
    data = bytearray(file.read_bytes())
    with ZipFile(file) as archive:
        size = archive.getinfo("targets.jsonl").file_size
    place = data.find(b"PK\x01\x02")
    assert struct.unpack_from("<L", data, place + 24)[0] == size
    struct.pack_into("<L", data, place + 24, size - 5)
    file.write_bytes(data)
    with pytest.raises(InputError, match=r"is damaged|is no JSON"):
        read(file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
def test_a_truncated_archive_is_refused(file: Path, share: float) -> None:
    """An archive of which any end is missing is told to be cut off or empty."""
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match=r"is cut off, damaged or no zip|is empty"):
        read(file)


def test_a_flipped_byte_is_found(file: Path) -> None:
    """A damaged part does not get past its checksum."""
    data = bytearray(file.read_bytes())
    data[66] ^= 0xFF
    file.write_bytes(data)
    with pytest.raises(InputError, match="is damaged"):
        read(file)


def test_other_packings_are_refused(file: Path) -> None:
    """What is not packed as a zip usually is, or is encrypted, is refused."""
    with ZipFile(file, "a", ZIP_BZIP2) as archive:
        archive.writestr("images.jsonl", b"{}")
    with pytest.raises(InputError, match="encrypted or packed"):
        read(file)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "targets.jsonl line 1 is no JSON"),
        (b"[]", "line 1 is no JSON object"),
        (b"[" * 200_000, "line 1 is no JSON"),
        (b"\xff\xfe{}", "line 1 is no JSON"),
        (b'{"a": ' + b"9" * 30 + b"}", "is too large"),
        (b"{}\n{}\n{}", "has 3 lines where the manifest says 2"),
        (b"", "has 0 lines where the manifest says 2"),
    ],
)
def test_wrong_lines_are_refused(file: Path, line: bytes, words: str) -> None:
    """A line that is no JSON object is told by its number, and lines are counted."""
    rewrite(file, {"targets.jsonl": line})
    with pytest.raises(InputError, match=words):
        read(file)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 2}, r"written by a newer tsplug \(format 2, this one reads 1\); update tsplug"),
        ({"format_version": "1"}, "is not that of a profile"),
        ({"format": "something"}, "is not that of a profile"),
        ({"counts": [1]}, "does not say how many"),
        ({"counts": {"targets": "two"}}, "does not say how many"),
    ],
)
def test_other_manifests_are_refused(file: Path, changes: dict[str, Any], words: str) -> None:
    """An archive of a newer format, or of something else, is refused as a whole."""
    rewrite(file, {"manifest.json": manifest(file) | changes})
    with pytest.raises(InputError, match=words):
        read(file)


def test_what_is_no_archive_is_refused(file: Path, tmp_path: Path) -> None:
    """A folder, a missing file, text and a zip of something else are said to be that."""
    rewrite(file, {"manifest.json": None})
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "none.zip", "No such file"),
        (file, "has no manifest"),
        (Path(__file__), "no zip"),
    ):
        with pytest.raises(InputError, match=words):
            read(path)


def test_links_are_only_names(file: Path) -> None:
    """A symbolic link in a zip is a member like any other: a foreign one is refused, nothing is followed."""
    link = ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with ZipFile(file, "a", ZIP_DEFLATED) as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="'link'"):
        read(file)
