"""Addresses name their parts as paths do."""

from __future__ import annotations

from pathlib import Path

from tsplug.model import Address, frame_place


def test_an_address_names_its_parts() -> None:
    """Name, ending, folder, storage and the way in it; what is no address is a path."""
    address = frame_place("s3://bucket/M 42/a.fits.fz")
    assert isinstance(address, Address)
    assert (address.scheme, address.name, address.suffix) == ("s3", "a.fits.fz", ".fz")
    assert (address.parts, address.below) == (("bucket", "M 42", "a.fits.fz"), "M 42/a.fits.fz")
    assert (address.parent, address.parent / "b.fits") == ("s3://bucket/M 42", "s3://bucket/M 42/b.fits")
    assert (address.absolute(), str(address)) == (address, "s3://bucket/M 42/a.fits.fz")
    assert frame_place("/data/a.fits") == Path("/data/a.fits")
