"""Hosts that do less than this machine's: types, frames, addresses."""

from pathlib import Path

from bench.serve import QuietHandler

TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "png": "image/png"}


class PoorHandler(QuietHandler):
    """A host that knows few types and lets none be guessed."""

    def guess_type(self, path):
        return TYPES.get(Path(path).suffix[1:], "application/octet-stream")

    def end_headers(self):
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()


class FrameHandler(PoorHandler):
    """And whose pages have no origin, as in an LMS's `sandbox="allow-scripts"` frame."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", "sandbox allow-scripts")
        self.send_header("Access-Control-Allow-Origin", "*")  # as GitHub Pages does; for axe
        super().end_headers()
