"""Somebody who goes everywhere, follows every link and fills in every form, with one word wherever words fit."""

import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from service.dates import day_at, now

# What ends something comes last, or little would be left to fill in.
LAST = (
    "sign-out",
    "sessions",
    "close",
    "revoke",
    "withdraw",
    "taken",
    "remove",
    "left",
    "let-go",
    "second-factor",
    "tablet/enrol",
)
TEXTS = {"text", "search", "tel", "textarea", "url"}
Values = MultiDict[str, Any]
_NO_BUTTON = ("", "", "")


@dataclass
class Found:
    """A form as it stands on a page."""

    action: str
    method: str
    fields: list[dict[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, an action of its own

    @property
    def names(self) -> tuple[str, ...]:
        """What it asks for."""
        return tuple(sorted({each.get("name", "") for each in self.fields}))


@dataclass
class Somebody:
    """One browser with its cookies, and the word."""

    base: str
    word: str
    cookies: dict[str, str]
    door_of: Callable[[str], str]  # an address without what it names: two rounds are alike
    most_of_a_door: int = 4
    statuses: list[tuple[str, str, int]] = field(default_factory=list)

    def go_everywhere(self, *starts: str) -> None:
        """From these addresses, to every page that can be reached, and through every form on them; endings last."""
        pages, seen, done = list(starts), set(), set()
        doors: Counter[str] = Counter()
        later: list[tuple[Found, str]] = []
        while pages or later:
            if not pages:
                # whoever has signed out does nothing more
                one = next((each for each in later if not _ends_the_session(each[0])), later[0])
                later.remove(one)
                pages += self._fill(*one)
                continue
            page = pages.pop(0)
            door = self.door_of(page)
            if page in seen or doors[door] >= self.most_of_a_door:
                continue
            seen.add(page)
            doors[door] += 1
            html, place, _ = self.send("GET", page)
            links, forms = read(html)
            pages += [address for link in links if (address := self._ours(link, place))]
            for form in forms:
                shape = (self.door_of(urljoin(place, form.action)), form.names, tuple(form.buttons))
                if shape in done:
                    continue
                done.add(shape)
                if any(word in form.action or word in str(form.buttons) for word in LAST):
                    later.append((form, place))
                else:
                    pages += self._fill(form, place)

    def _fill(self, form: Found, page: str) -> list[str]:
        """Send a form with each of its buttons; gives where that led."""
        where = []
        for button in form.buttons or [_NO_BUTTON]:
            # what a page shows may have changed since, so the form is read anew
            html, place, _ = self.send("GET", page)
            fresh = [each for each in read(html)[1] if (each.action, each.names) == (form.action, form.names)]
            for each in fresh[:1]:
                where += self._press(each, button, place)
        return where

    def _press(self, form: Found, button: tuple[str, str, str], page: str, steps: int = 3) -> list[str]:
        name, value, action = button
        values, target = filled(form, self.word), urljoin(page, action or form.action) or page
        if name:
            values.add(name, value)
        if form.method == "get":
            texts = [(name, value) for name, value in values.items(multi=True) if isinstance(value, str)]
            return [f"{urlsplit(target).path}?{urlencode(texts)}"]
        html, place, status = self.send("POST", target, values)
        where = [place]
        if status == 200 and steps:  # a page that asks whether this is what was meant
            for next_form in read(html)[1]:
                if next_form.method == "post" and not any(word in next_form.action for word in LAST):
                    for next_button in next_form.buttons[:1] or [_NO_BUTTON]:
                        where += self._press(next_form, next_button, place, steps - 1)
        return where

    def _ours(self, link: str, page: str) -> str:
        parts = urlsplit(urljoin(f"{self.base}{page}", link))
        ours = f"{parts.scheme}://{parts.netloc}" == self.base and not parts.path.startswith("/static/")
        return f"{parts.path}?{parts.query}".rstrip("?") if ours else ""

    def send(self, method: str, address: str, values: Values | None = None) -> tuple[str, str, int]:
        """One request, with redirects followed: the page, where it was in the end, and how it was answered first."""
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
            return *self.send("GET", self._ours(place, address) or "/")[:2], reply.status
        return html, f"{urlsplit(address).path}?{urlsplit(address).query}".rstrip("?"), reply.status


def _ends_the_session(form: Found) -> bool:
    return any(word in form.action for word in ("sign-out", "sessions", "tablet/enrol"))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def read(html: str) -> tuple[list[str], list[Found]]:
    """The links and the forms of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.links, reader.forms


def filled(form: Found, word: str) -> Values:
    """Every field with something in it: the word wherever words fit; what is chosen already stays chosen."""
    values: Values = MultiDict()
    chosen = {each.get("name", "") for each in form.fields if "checked" in each}
    for each in form.fields:
        name, kind, value = each.get("name", ""), each.get("type", "text"), each.get("value", "")
        if not name or "disabled" in each:
            continue
        if kind in ("radio", "checkbox"):
            if "checked" in each or (name not in chosen and kind == "checkbox"):
                values.add(name, value or "on")
            elif name not in chosen:
                values[name] = value  # the last one
            continue
        for one in _said(kind, name, value, word):
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
        yield value or ("" if name.startswith("expected-") else "3")  # no more than are listed are expected
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
        elif tag == "option" and self.select is not None and "selected" not in self.select:
            self.select["value"] = found.get("value", "") or self.select["value"]
            if "selected" in found and found.get("value"):
                self.select["selected"] = ""
        elif tag == "button" and found.get("type", "submit") == "submit":
            self.inside.buttons.append((found.get("name", ""), found.get("value", ""), found.get("formaction", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None
