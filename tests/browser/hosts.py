"""Hosts that do less than this machine's: types, frames, addresses."""

import time
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


class SlowHandler(QuietHandler):
    """A host from which a page comes in pieces, each painted before the next is there."""

    def copyfile(self, source, outputfile):
        if not self.path.endswith(".html"):
            return super().copyfile(source, outputfile)
        while piece := source.read(2000 if source.tell() < 40_000 else 1_000_000):
            outputfile.write(piece)
            time.sleep(0.05)
