"""Our own files as browsers get them: compressed, and some made of several to save requests.

The files in static/ stay as they were written, and nothing is built: each is prepared when it is first asked for.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

JS = "text/javascript"
KINDS = {".css": "text/css", ".js": JS, ".svg": "image/svg+xml"}
FOLDERS = ("css", "js", "images")
_LONG_FORM = ("js/expression.js", "js/expression-more.js", "js/long-form-fields.js")
MADE_OF = {
    "js/form.js": ("js/leave-page.js", "js/show-hide.js", "js/respond.js", "js/autosave.js"),
    "js/long-form.js": ("js/leave-page.js", *_LONG_FORM, "js/respond.js", "js/autosave.js"),
}


@dataclass(frozen=True)
class StaticFile:
    """A file, or several in one, ready to send."""

    content: bytes
    compressed: bytes
    mimetype: str


class Statics:
    """The files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = lru_cache(maxsize=256)(self._address)
        self.prepared = lru_cache(maxsize=64)(self._prepared)

    def _address(self, name: str) -> str:
        """Where a file is, with a word made from what is in it, so that a changed file is fetched anew."""
        content = b"".join(part.read_bytes() for part in self._parts(name))
        letters = (chr(ord("a") + byte % 26) for byte in hashlib.sha256(content).digest()[:5])
        return url_for("static", filename=name, v="".join(letters))

    def _prepared(self, name: str) -> StaticFile:
        """The content of a style sheet or script, or of several; NotFound where one is not there."""
        parts = self._parts(name)
        if not all(part.is_file() for part in parts):
            raise NotFound
        kind = KINDS[parts[0].suffix]
        text = "\n".join(part.read_text("utf-8") for part in parts)
        if kind == JS and ".min." not in name:
            # one function around all scripts of a page: what they call theirs is nobody else's
            text = f"(() => {{\n'use strict';\n{text}\n}})();"
        content = text.encode()
        return StaticFile(content, gzip.compress(content, mtime=0), kind)

    def _parts(self, name: str) -> list[Path]:
        return [self.folder / part for part in MADE_OF.get(name, (name,))]

    def send(self, name: str) -> Response:
        """The reply with a file of ours, compressed where the browser takes it."""
        found = self.prepared(name)
        accepts = bool(request.accept_encodings.quality("gzip"))
        response = Response(found.compressed if accepts else found.content, mimetype=found.mimetype)
        if accepts:
            response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        return response


def serve_statics(app: Flask) -> Statics:
    """Send styles, scripts and symbols prepared, and every other file as it lies there."""
    statics = Statics(Path(app.static_folder or ""))

    def static(filename: str) -> ResponseReturnValue:
        ours = filename.rpartition("/")[0] in FOLDERS and Path(filename).suffix in KINDS
        return statics.send(filename) if ours else app.send_static_file(filename)

    app.view_functions["static"] = static
    return statics
