"""Somebody who goes everywhere, follows every link and fills in every form, with one word wherever words fit."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from service.calendar import day_at, now

# What ends something comes last, or little would be left to fill in.
LAST = ("sign-out", "sessions", "close", "revoke", "withdraw", "taken", "remove", "left", "let-go", "second-factor")
TEXTS = {"text", "search", "tel", "textarea", "url"}
Values = MultiDict[str, Any]


@dataclass
class Found:
    """A form as it stands on a page."""

    action: str
    method: str
    fields: list[dict[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    @property
    def shape(self) -> str:
        """Forms of one shape need filling in once only."""
        return f"{self.method} {urlsplit(self.action).path} {sorted({each.get('name', '') for each in self.fields})}"


@dataclass
class Somebody:
    """One browser with its cookies, and the word."""

    base: str
    word: str
    cookies: dict[str, str]
    most_pages: int = 250
    statuses: list[tuple[str, str, int]] = field(default_factory=list)

    def go_everywhere(self, *starts: str) -> None:
        """From these addresses, to every page that can be reached, and through every form on them; endings last."""
        pages, seen, done = list(starts), set(), set()
        later: list[tuple[Found, str]] = []
        while (pages or later) and len(seen) < self.most_pages:
            if not pages:
                form, page = later.pop(0)
                pages += self._fill(form, page)
                continue
            page = pages.pop(0)
            if page in seen:
                continue
            seen.add(page)
            html, place = self.look(page)
            links, forms = read(html)
            pages += [address for link in links if (address := self._ours(link, place))]
            for form in forms:
                if form.shape in done:
                    continue
                done.add(form.shape)
                if any(word in form.action or word in str(form.buttons) for word in LAST):
                    later.append((form, place))
                else:
                    pages += self._fill(form, place)

    def look(self, address: str) -> tuple[str, str]:
        """A page, and where it was in the end."""
        return self.send("GET", address, None)

    def _fill(self, form: Found, page: str) -> list[str]:
        where = []
        for button in form.buttons or [("", "")]:
            # a token is good for the session, but what a page shows may have changed: the form is read anew
            html, place = self.look(page)
            fresh = next((each for each in read(html)[1] if each.shape == form.shape), None)
            if fresh is None:
                break
            values = filled(fresh, self.word)
            if button[0]:
                values.add(*button)
            target = urljoin(place, fresh.action) or place
            if fresh.method == "get":
                texts = [(name, value) for name, value in values.items(multi=True) if isinstance(value, str)]
                where.append(f"{urlsplit(target).path}?{urlencode(texts)}")
            else:
                _, place = self.send("POST", target, values)
                where.append(place)
        return where

    def _ours(self, link: str, page: str) -> str:
        parts = urlsplit(urljoin(f"{self.base}{page}", link))
        ours = f"{parts.scheme}://{parts.netloc}" == self.base and not parts.path.startswith("/static/")
        return f"{parts.path}?{parts.query}".rstrip("?") if ours else ""

    def send(self, method: str, address: str, values: Values | None) -> tuple[str, str]:
        """One request, with redirects followed: the page, and where it was in the end."""
        request = urllib.request.Request(urljoin(self.base, address), method=method)
        if values is not None:
            boundary, body = encode_multipart(values)
            request.data = body
            request.add_header("Content-Type", f"multipart/form-data; boundary={boundary}")
        request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        try:
            reply = urllib.request.build_opener(_Stay).open(request, timeout=30)
        except HTTPError as refused:
            reply = refused  # every status that is no success, a redirect too
        with reply:
            html = reply.read().decode("utf-8", "replace")
            for cookie in reply.headers.get_all("Set-Cookie") or ():
                name, _, rest = cookie.partition("=")
                self.cookies[name] = rest.partition(";")[0]
        self.statuses.append((method, urlsplit(address).path, reply.status))
        place = reply.headers.get("Location")
        if place and reply.status in (302, 303):
            return self.send("GET", self._ours(place, address) or "/", None)
        return html, urlsplit(address).path + (f"?{urlsplit(address).query}" if urlsplit(address).query else "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def read(html: str) -> tuple[list[str], list[Found]]:
    """The links and the forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.links, reader.forms


def filled(form: Found, word: str) -> Values:
    """Every field with something in it: the word wherever words fit."""
    values: Values = MultiDict()
    for each in form.fields:
        name, kind, value = each.get("name", ""), each.get("type", "text"), each.get("value", "")
        if not name or "disabled" in each:
            continue
        for one in _said(kind, name, value, word):
            if kind == "radio":
                values[name] = one
            else:
                values.add(name, one)
    return values


def _said(kind: str, name: str, value: str, word: str) -> Iterator[Any]:
    if kind in TEXTS:
        looks_like_mail = "mail" in name or "address" in name
        yield f"{word}@example.org" if looks_like_mail else "10:30" if "shift" in name else word
    elif kind == "email":
        yield f"{word}@example.org"
    elif kind == "password":
        yield f"{word} and three words more"
    elif kind == "number":
        yield value or "3"
    elif kind == "date":
        yield value or (day_at(now()) + timedelta(days=9)).isoformat()
    elif kind == "time":
        yield value or "10:30"
    elif kind == "file":
        rows = f"kind,name,email,organisation,phone,label\nsocial worker,{word},{word}@example.org,{word},,{word}\n"
        yield FileStorage(stream=_bytes(rows), filename=f"{word}.csv", content_type="text/csv")
    else:
        yield value


def _bytes(text: str) -> Any:
    return BytesIO(text.encode())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Found] = []
        self.inside: Found | None = None
        self.select: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "a" and found.get("href") and "download" not in found:
            self.links.append(found["href"])
        if tag == "form":
            self.inside = Found(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self.inside)
        # a field may stand outside of its form and name it; on our pages none does
        if self.inside is None:
            return
        if tag == "input" and found.get("type") not in ("submit", "button", "image", "reset"):
            self.inside.fields.append({"type": "text", **found})
        elif tag == "textarea":
            self.inside.fields.append({**found, "type": "textarea"})
        elif tag == "select":
            self.select = {**found, "type": "select", "value": ""}
            self.inside.fields.append(self.select)
        elif tag == "option" and self.select is not None:
            self.select["value"] = found.get("value", "") or self.select["value"]
        elif tag == "button" and found.get("type", "submit") == "submit" and found.get("name"):
            self.inside.buttons.append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
