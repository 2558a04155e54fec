"""Rules of images: the order of axes, the two formats, and that both tell the same."""

from __future__ import annotations

import numpy as np

from hostsim.conformance.device import INVALID_OPERATION, NOT_IMPLEMENTED, Device
from hostsim.conformance.envelope import KEYS, document, error_number
from hostsim.conformance.exposing import expose, set_frame, start_long
from hostsim.conformance.frame import ELEMENT_TYPES, IMAGE_BYTES, fetched, from_bytes, from_json, metadata
from hostsim.conformance.outcome import NotApplicableError, error_text, expect, shown
from hostsim.conformance.rule import Profile, RuleSet

RULES = RuleSet("image", "7 Images", device="Camera")

_JSON = "application/json"
_INT32 = 2
_COLOUR, _PLANES = 1, 3


def _exposed(camera: Device) -> tuple[int, int]:
    """Return width and height of the image that is ready, taking one if there is none."""
    if not camera.read("ImageReady") or camera.read("NumX") <= camera.read("NumY"):
        return expose(camera, binning=1, duration_s=0.1)
    return camera.read("NumX"), camera.read("NumY")


def _offers_bytes(camera: Device) -> None:
    if IMAGE_BYTES not in fetched(camera, IMAGE_BYTES).content_type.lower():
        raise NotApplicableError("the server has no ImageBytes")


def _bins(camera: Device) -> list[int]:
    return list(range(1, min(camera.read("MaxBinX"), camera.read("MaxBinY")) + 1))


def _forms(camera: Device) -> list[str]:
    return ["JSON", "ImageBytes"]


@RULES.rule("axes", "the array of a frame that is wider than high has NumX columns of NumY pixels", each=_bins)
def _axes(camera: Device, binning: int) -> str:
    width, height = expose(camera, binning=binning, duration_s=0.1)
    _, pixels = from_json(fetched(camera, _JSON))
    shape = pixels.shape[:2]
    expect(shape == (width, height), f"[{shape[0]}][{shape[-1]}]", expected=f"[{width}][{height}]")
    return f"[{width}][{height}]"


@RULES.rule("json", "the JSON form has the keys of the envelope, Type and Rank")
def _json(camera: Device) -> str:
    _exposed(camera)
    content, pixels = from_json(fetched(camera, _JSON))
    missing = [key for key in (*KEYS, "Type", "Rank", "Value") if key not in content]
    expect(not missing, f"no {', '.join(missing)}", expected="Type, Rank, Value and the envelope")
    expect(content["Rank"] == pixels.ndim, f"Rank {content['Rank']} for {pixels.ndim} dimensions", expected="the same")
    expect(content["Type"] in (1, 2, 3), f"Type {content['Type']}", expected="Type 1, 2 or 3")
    return f"Type {content['Type']}, Rank {content['Rank']}"


@RULES.rule("rank", "the image has three colour planes, innermost, if SensorType is 1, else none", each=_forms)
def _rank(camera: Device, form: str) -> str:
    kind = camera.need("SensorType")
    _exposed(camera)
    if form == "ImageBytes":
        _offers_bytes(camera)
        shape = metadata(fetched(camera, IMAGE_BYTES)).shape
    else:
        shape = from_json(fetched(camera, _JSON))[1].shape
    planes = (_PLANES,) if kind == _COLOUR else ()
    expect(shape[2:] == planes, f"{shape} for SensorType {kind}", expected=f"{(*shape[:2], *planes)}")
    return f"{shape}"


@RULES.rule("int32", "the image is one of 32-bit integers", profile=Profile.STRICT)
def _int32(camera: Device) -> None:
    _exposed(camera)
    content, _ = from_json(fetched(camera, _JSON))
    expect(content.get("Type") == _INT32, f"Type {content.get('Type')}", expected="Type 2")


@RULES.rule("bytes", "ImageBytes has metadata version 1, both ids, known element types and as many data as it says")
def _bytes(camera: Device) -> str:
    _exposed(camera)
    _offers_bytes(camera)
    ids = camera.ids()
    reply = fetched(camera, IMAGE_BYTES, ids=ids)
    header = metadata(reply)
    expect(header.version == 1, f"MetadataVersion {header.version}", expected="MetadataVersion 1")
    expect(
        str(header.client_transaction_id) == ids["ClientTransactionID"],
        f"ClientTransactionID {header.client_transaction_id}",
        expected=f"ClientTransactionID {ids['ClientTransactionID']}",
    )
    expect(header.server_transaction_id >= 1, "ServerTransactionID 0", expected="ServerTransactionID 1 or more")
    expect(header.image_type in ELEMENT_TYPES, f"ImageElementType {header.image_type}", expected="1 to 9")
    pixels = from_bytes(reply)
    return f"{pixels.shape} of {pixels.dtype.name}"


@RULES.rule("bytes-type", "ImageBytes comes with exactly its Content-Type, without a suffix")
def _bytes_type(camera: Device) -> str:
    _exposed(camera)
    _offers_bytes(camera)
    seen = fetched(camera, IMAGE_BYTES).content_type
    reason = "alpyca from 3.1.3 on takes it, older ones and other clients that compare literally do not"
    camera.tolerate(seen == IMAGE_BYTES, shown(seen), expected=f"{IMAGE_BYTES}, without a suffix", reason=reason)
    return seen


@RULES.rule("bytes-length", "ImageBytes comes with its Content-Length", profile=Profile.STRICT)
def _bytes_length(camera: Device) -> str:
    _exposed(camera)
    _offers_bytes(camera)
    reply = fetched(camera, IMAGE_BYTES)
    expect(reply.announced == len(reply.body), f"Content-Length {reply.announced}", expected=f"{len(reply.body)}")
    return f"{reply.announced} bytes"


@RULES.rule("accept", "ImageBytes comes if the Accept header has it among others, JSON if it does not")
def _accept(camera: Device) -> None:
    _exposed(camera)
    from_json(fetched(camera, "*/*"))
    _offers_bytes(camera)
    from_bytes(fetched(camera, f"{_JSON}, {IMAGE_BYTES}"))


@RULES.rule("bytes-error", "who asks for ImageBytes where there is no image is told error 0x40B, as JSON or ImageBytes")
def _bytes_error(camera: Device) -> str:
    if camera.read("CanAbortExposure"):
        set_frame(camera, binning=1)
        start_long(camera)
        camera.put("AbortExposure")
        camera.wait_for("CameraState", 0)
    if camera.read("ImageReady"):
        raise NotApplicableError("there is an image")
    reply = fetched(camera, IMAGE_BYTES)
    coded = IMAGE_BYTES in reply.content_type.lower()
    number = metadata(reply).error if coded else error_number(document(reply))
    expect(number == INVALID_OPERATION, error_text(number), expected="error 0x40b")
    return f"{error_text(number)} as {'ImageBytes' if coded else 'JSON'}"


@RULES.rule("bytes-axes", "ImageBytes has Dimension1 = NumX and Dimension2 = NumY", each=_bins)
def _bytes_axes(camera: Device, binning: int) -> str:
    width, height = expose(camera, binning=binning, duration_s=0.1)
    _offers_bytes(camera)
    shape = metadata(fetched(camera, IMAGE_BYTES)).shape
    expect(shape[:2] == (width, height), f"dimensions {shape}", expected=f"({width}, {height})")
    return f"({width}, {height})"


@RULES.rule("same", "ImageBytes and JSON give the same pixels at the same places")
def _same(camera: Device) -> str:
    _exposed(camera)
    _offers_bytes(camera)
    binary = from_bytes(fetched(camera, IMAGE_BYTES))
    _, listed = from_json(fetched(camera, _JSON))
    expect(binary.shape == listed.shape, f"ImageBytes {binary.shape}, JSON {listed.shape}", expected="the same shape")
    different = int(np.count_nonzero(binary != listed))
    expect(different == 0, f"{different} of {listed.size} pixels differ", expected="the same pixels")
    return f"{listed.size} pixels alike"


@RULES.rule("range", "no pixel is above MaxADU", profile=Profile.STRICT)
def _range(camera: Device) -> str:
    _exposed(camera)
    _, pixels = from_json(fetched(camera, _JSON))
    highest, limit = pixels.max(), camera.read("MaxADU")
    expect(bool(highest <= limit), f"{highest}", expected=f"at most MaxADU, {limit}")
    return f"{pixels.min()} to {highest}"


@RULES.rule("again", "reading the image twice gives the same image")
def _again(camera: Device) -> None:
    _exposed(camera)
    first, second = (from_json(fetched(camera, _JSON))[1] for _ in range(2))
    expect(first.shape == second.shape and bool((first == second).all()), "two different images", expected="the same")


@RULES.rule("variant", "ImageArrayVariant has an image or is not implemented: 0x400", profile=Profile.STRICT)
def _variant(camera: Device) -> str:
    number = camera.error("ImageArrayVariant")
    expect(number in (0, NOT_IMPLEMENTED), f"error {number:#x}", expected="no error, or 0x400")
    return "not implemented" if number else "an image"
