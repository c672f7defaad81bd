"""A code that a camera reads, as part of a page."""

import io

import segno
from markupsafe import Markup


def picture_of(text: str) -> Markup:
    """A QR code as SVG that needs no style of its own: black on white whatever the page's colours, for cameras."""
    svg = io.BytesIO()
    segno.make_qr(text, error="m").save(
        svg,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=4,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return Markup(svg.getvalue().decode())  # noqa: S704 - paths that segno draws; no text of anybody's is in it
