"""A provider of SMS on this machine: what a message channel of the kind SMS posts to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Posts(ThreadingHTTPServer):
    """A provider: remembers what it was sent and answers with these codes, then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Provider)
        self.codes: list[int] = []
        self.taken: list[tuple[dict[str, str], str]] = []


class _Provider(BaseHTTPRequestHandler):
    server: Posts

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.taken.append((dict(self.headers), body))
        code = self.server.codes.pop(0) if self.server.codes else 200
        if code:  # 0: the connection breaks before the answer
            self.send_response(code)
            self.end_headers()

    def log_message(self, *_anything: object) -> None:
        pass


@contextmanager
def provider() -> Iterator[Posts]:
    """One that answers for as long as the block lasts."""
    with Posts() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
