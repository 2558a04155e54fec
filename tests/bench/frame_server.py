"""Serves one large frame from memory, and answers polls: ``python frame_server.py NUM_X NUM_Y`` prints its port."""

from __future__ import annotations

import json
import struct
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

import numpy as np

_ids = count(1)


def frame(num_x: int, num_y: int) -> bytes:
    """Return a frame of 16-bit noise as ImageBytes."""
    header = struct.pack("<2i2I7i", 1, 0, 0, 1, 44, 2, 8, 2, num_x, num_y, 0)
    noise = np.random.default_rng(1).integers(0, 65_536, num_x * num_y, dtype=np.uint16)
    return header + noise.astype("<u2", copy=False).tobytes()


def handler(body: bytes) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests with the frame or with 0."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            if "/imagearray" in self.path:
                self._send("application/imagebytes", body)
                return
            answer = {"Value": 0, "ErrorNumber": 0, "ErrorMessage": "", "ClientTransactionID": 0}
            answer["ServerTransactionID"] = next(_ids)
            self._send("application/json", json.dumps(answer).encode())

        def _send(self, content_type: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None: ...

    return Handler


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(frame(int(sys.argv[1]), int(sys.argv[2]))))
    print(server.server_port, flush=True)
    server.serve_forever()
