"""Text leaves compressed: a child's form is a few kilobytes on a train's network, not forty."""

import gzip

from flask import Flask, Response, request

TEXT = {"text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml"}
WORTH_IT = 600  # bytes; less fits into one packet anyway


def compress(app: Flask) -> None:
    """Compress what is text for browsers that take it.

    A page with a token in it may be compressed here because nothing that another site could choose is in it too:
    what comes back is only what this same person typed.
    """

    @app.after_request
    def compressed(response: Response) -> Response:
        if response.mimetype not in TEXT or response.status_code in (204, 304) or request.method == "HEAD":
            return response
        response.vary.add("Accept-Encoding")
        if not request.accept_encodings.quality("gzip") or response.content_encoding:
            return response
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) > WORTH_IT:
            response.set_data(gzip.compress(content, compresslevel=5, mtime=0))
            response.content_encoding = "gzip"
        return response
