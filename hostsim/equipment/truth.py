"""The truth about a frame, which simulators of hostsim tell beside the Alpaca protocol."""

from __future__ import annotations

import json

import requests

from hostsim.equipment.session import BoundedSession
from tsplug import DeviceError

_ANSWER_S = 60.0
_OK = 200


def frame_truth(base_url: str, device: str) -> str:
    """Return the truth about the last frame of the camera at an Alpaca ``base_url``, as JSON text.

    Args:
        base_url: the camera's, such as ``http://127.0.0.1:32323/api/v1/camera/0``.
        device: kind and name of the camera, for the error.

    Raises:
        DeviceError: the camera is none of hostsim's, has no frame, or the connection fails.
    """
    url = f"{base_url.replace('/api/', '/simulator/', 1)}/truth"
    with BoundedSession(_ANSWER_S) as session:
        try:
            response = session.get(url)
            if response.status_code == _OK:
                json.loads(response.content)
                return response.content.decode("utf-8")
            why = f"HTTP {response.status_code}"
        except (requests.RequestException, ValueError) as error:
            why = type(error).__name__
    raise DeviceError(device, f"does not tell the truth about its frames ({why}): only simulators of hostsim do")
