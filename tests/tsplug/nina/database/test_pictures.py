from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tsplug.nina.database.pictures import media_type, size_px


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_tells_its_size(kind: str) -> None:
    """Width and height are read from the first bytes of a real picture."""
    stream = BytesIO()
    Image.new("RGB", (121, 83)).save(stream, kind)
    assert size_px(stream.getvalue()) == (121, 83)
    assert media_type(stream.getvalue()) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\x00\x00"]
)
def test_what_does_not_tell_has_no_size(data: bytes) -> None:
    """A picture that is cut off, or of another kind, has none."""
    assert size_px(data) is None
