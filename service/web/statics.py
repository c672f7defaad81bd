"""Our own files as browsers get them: without what only their readers need, and packed as tightly as gzip can.

The files in static/ stay as they were written, and nothing is built: each is prepared when it is first asked for.
`leave.js+respond.js` is one file made of two, because a train's network charges for every question.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask.typing import ResponseReturnValue
from rcssmin import cssmin
from rjsmin import jsmin
from werkzeug.exceptions import NotFound

KINDS = {".css": ("text/css", cssmin), ".js": ("text/javascript", jsmin)}


@dataclass(frozen=True)
class Prepared:
    """A file, or several in one, ready to be sent."""

    content: bytes
    packed: bytes
    mimetype: str


class Statics:
    """The files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = lru_cache(maxsize=256)(self._address)
        self.prepared = lru_cache(maxsize=64)(self._prepared)

    def _address(self, name: str) -> str:
        """Where a file is, with a hash of what is in it, so that a changed file is fetched anew."""
        content = b"".join((self.folder / part).read_bytes() for part in name.split("+"))
        return url_for("static", filename=name, v=hashlib.sha256(content).hexdigest()[:8])

    def _prepared(self, name: str) -> Prepared:
        """The content of a style sheet or script, or of several; NotFound where one is not there."""
        parts = [self.folder / part for part in name.split("+")]
        if len({part.suffix for part in parts}) != 1 or not all(part.is_file() for part in parts):
            raise NotFound
        kind, shortened = KINDS[parts[0].suffix]
        content = "\n".join(str(shortened(part.read_text("utf-8"))) for part in parts).encode()
        return Prepared(content, gzip.compress(content, compresslevel=9, mtime=0), kind)

    def send(self, name: str) -> Response:
        """The reply with a file of ours, packed where the browser takes it."""
        found = self.prepared(name)
        packed = bool(request.accept_encodings.quality("gzip"))
        response = Response(found.packed if packed else found.content, mimetype=found.mimetype)
        if packed:
            response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        return response


def serve_statics(app: Flask) -> Statics:
    """Send styles and scripts prepared, and every other file as it lies there."""
    statics = Statics(Path(app.static_folder or ""))

    def static(filename: str) -> ResponseReturnValue:
        name = filename.split("+")
        ours = all("/" not in part and Path(part).suffix in KINDS and ".min." not in part for part in name)
        return statics.send(filename) if ours else app.send_static_file(filename)

    app.view_functions["static"] = static
    return statics
