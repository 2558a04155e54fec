"""The side API of truth: what really is on the last frame of a camera."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hostsim.alpaca.origin import is_addressed
from hostsim.devices.camera import Camera
from hostsim.devices.observatory import Observatory
from hostsim.devices.parts.errors import AlpacaError
from hostsim.devices.parts.frame import Frame

_BY_ADDRESS = "the truth is told to who names this server by its address, or as localhost"


class TruthApi:
    """Answers ``/simulator/v1/camera/{number}/truth`` with JSON, errors as ``{"error": TEXT}``."""

    def __init__(self, observatory: Observatory) -> None:
        """Tell of the cameras of ``observatory``."""
        self._observatory = observatory
        self._cameras = {str(camera.config.number): camera for camera in observatory.of(Camera)}

    async def handle(self, request: Request) -> Response:
        """Answer the truth about the last frame, connected or not."""
        if not is_addressed(request):
            return JSONResponse({"error": _BY_ADDRESS}, status_code=403)
        number = request.path_params["number"]
        camera = self._cameras.get(number)
        if camera is None:
            return JSONResponse({"error": f"there is no camera {number} here"}, status_code=404)
        try:
            frame = self._last_frame(camera)
        except AlpacaError as error:
            return JSONResponse({"error": str(error)}, status_code=404)
        return await run_in_threadpool(_told, frame)

    def _last_frame(self, camera: Camera) -> Frame:
        with self._observatory.lock:
            self._observatory.advance()
            return camera.image_array()


def _told(frame: Frame) -> Response:
    return JSONResponse(frame.truth().as_dict())
