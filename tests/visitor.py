"""A test client that reads like a careful visitor: on every page it checks what every page owes its reader."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

FIELDS = {"input", "select", "textarea"}


@dataclass
class Page:
    """A page as it came: its status, its text, its fields with their values."""

    response: TestResponse
    html: str
    title: str = ""
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    fields: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a person reads, with spaces evened out."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)).replace("&#39;", "'").strip()

    def value(self, name: str) -> str:
        """The value of the first field of this name."""
        return next(found.get("value", "") for found in self.fields if found.get("name") == name)

    def names(self) -> set[str]:
        return {found["name"] for found in self.fields if found.get("name")}


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.in_title = False
        self.in_label = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if "id" in found:
            self.page.ids.append(found["id"])
        if tag == "title" and not self.page.title:
            self.in_title = True
        if tag == "label":
            self.in_label += 1
            self.page.labels.add(found.get("for", ""))
        if tag in FIELDS:
            named = self.in_label or "aria-label" in found or "aria-labelledby" in found
            self.page.fields.append({**found, "tag": tag, "named": "yes" if named else ""})
        if tag == "a" and "href" in found:
            self.page.links.append(found["href"])
        if "style" in found or any(name.startswith("on") for name in found):
            self.page.inline.append(tag)
        if tag == "style" or (tag == "script" and "src" not in found and found.get("type") != "application/json"):
            self.page.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.in_title = False
        if tag == "label":
            self.in_label -= 1

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.page.title += data.strip()


class Visitor:
    """One browser's session."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.token = ""

    def visit(self, address: str, **kwargs: Any) -> Page:
        """GET an address and look the page over."""
        return self._seen(self.client.get(address, follow_redirects=True, **kwargs))

    def send(self, address: str, values: Any = None, **kwargs: Any) -> Page:
        """POST values with the last page's token, and look over what comes back after any redirect."""
        return self._seen(self.post(address, values, follow_redirects=True, **kwargs))

    def post(self, address: str, values: Any = None, **kwargs: Any) -> TestResponse:
        """POST values with the last page's token, without following."""
        return self.client.post(address, data={"csrf-token": self.token, **(values or {})}, **kwargs)

    def _seen(self, response: TestResponse) -> Page:
        page = self.read(response)
        if "csrf-token" in page.names():
            self.token = page.value("csrf-token")
        return page

    @staticmethod
    def read(response: TestResponse) -> Page:
        """The page, after checking what every page owes its reader."""
        page = Page(response, response.get_data(as_text=True))
        _Reader(page).feed(page.html)
        if response.mimetype != "text/html" or not page.html.lstrip().startswith("<!"):
            return page
        assert page.title, "a page has a title"
        doubled = [name for name, number in Counter(page.ids).items() if number > 1]
        assert not doubled, f"ids stand once: {doubled}"
        assert not page.inline, f"no inline script or style: {page.inline}"
        unlabelled = [
            found.get("name")
            for found in page.fields
            if found.get("type") not in ("hidden", "submit", "button")
            and not found["named"]
            and found.get("id", "") not in page.labels - {""}
        ]
        assert not unlabelled, f"every field has a label: {unlabelled}"
        return page
