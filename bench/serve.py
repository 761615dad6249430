"""Show a folder as a site, to this machine alone."""

import http.server
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # of connections; a page asks for more than the default's 5 at once


@contextmanager
def serve(folder: Path, handler=QuietHandler):
    """Serve a folder as long as the block runs; yield its address."""
    handler = partial(handler, directory=folder)
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
