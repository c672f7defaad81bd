"""Somebody with an account and a link of their own, who looks at all there is and presses every button there is."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urldefrag, urljoin, urlsplit
from zipfile import ZipFile, is_zipfile

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service.definitions import Role
from tests.accounts_factory import signed_in
from tests.tablet import enrolled, unlocked
from tests.visitor import Visitor
from tests.web.crawler import LAST, Found, filled, read
from tests.web.provider_world import EVERYBODY, Who
from tests.web.results.twin_world import HOME, LASTS, Deed, Moment, TwinWorld
from tests.web.who_may import TABLE, table_on_page

WORD = "mallory"
MOST_OF_A_DOOR = 6
COMMENTS, LEAD = "/homes/<home_id>/comments", "safeguarding_lead"
FILES = (".xlsx", ".zip", ".csv")
RANDOM = re.compile(r"[\w.-]{43,}|[0-9a-f]{12,}|\b(?:\w{4}-){2}\w{4}\b|<svg.*?</svg>")
UNTELLING = ("Date", "Set-Cookie", "Content-Length")  # the clock's, the browser's own, and what the content says
ABOUT_AN_ACCOUNT = ("account", "all", "demonstration", "")  # who may come in there; no survey is behind it
KEPT_OF_LOOKING = {"account_sessions", "audit", "tablets", "unlockings", "job_runs"}

Files = Literal["all", "survey", "none"]
Seen = tuple[str, str]  # where, and what stood there


@dataclass(frozen=True)
class Action:
    """One button: the address that it posts to, as the table of who may what has it, and what is filled in."""

    rule: str
    address: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.rule


@dataclass
class ActingAttacker:
    """One role in one world: which pages can tell them anything, which buttons they have, and what they have seen."""

    world: TwinWorld
    role: Role
    addresses: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    telling: set[str] = field(default_factory=set)  # the tables in which an answer leaves something
    _buttons: dict[str, Action] = field(default_factory=dict)

    def __post_init__(self) -> None:
        table = table_on_page(TABLE.read_text())
        column = EVERYBODY.index(Who(self.role, "everywhere"))
        self._allowed = {door: words[column] for door, words in table.items() if words[column] not in ("403", "in")}
        self._rules = {
            (method, rule.rule): rule for rule in self.world.app.url_map.iter_rules() for method in rule.methods or ()
        }
        self._urls = self.world.app.url_map.bind("localhost")
        self._choose_pages()
        self._choose_actions()

    @property
    def doors(self) -> set[tuple[str, str]]:
        """The addresses that are open to this role, as the table has them."""
        return set(self._allowed)

    # --- what there is to look at and to press ---

    def _choose_pages(self) -> None:
        """The pages that read a table in which an answer leaves something: no other can tell of one."""
        self.telling = self.telling or traces(self.world)
        pages = [found for method, rule in self._allowed if method == "GET" and (found := self._address("GET", rule))]
        counted: Counter[str] = Counter()
        chosen: dict[str, None] = {}
        for days in (LASTS // 7, LASTS + 2):
            self.world.go_back(self.world.start)
            self.world.happens(Deed("sent"))
            self.world.time_passes(days=days)
            self.sit_down()
            for address in pages:  # it grows meanwhile
                if address in chosen and address.endswith(FILES):
                    continue  # it leads nowhere
                with self.world.tables_read() as tables:
                    reply = self._get(address)
                if tables & self.telling:
                    chosen[address] = None
                if reply.mimetype != "text/html":
                    continue
                links, forms = read(reply.get_data(as_text=True))
                for form in forms:
                    self._note_buttons(form, address)
                for link in links:
                    link = urljoin(address, urldefrag(link).url)
                    door = self._door(link)
                    if link not in pages and ("GET", door) in self._allowed and counted[door] < MOST_OF_A_DOOR:
                        counted[door] += 1
                        pages.append(link)
        self.addresses = list(chosen)

    def _note_buttons(self, form: Found, page: str) -> None:
        values = tuple(
            (name, (value.stream.read(), value.filename)) if isinstance(value, FileStorage) else (name, value)
            for name, value in filled(form, WORD).items(multi=True)
        )
        for name, value, instead in form.buttons or [("", "", "")]:
            address = urljoin(page, instead or form.action or page)
            pressed = (*values, (name, value)) if name else values
            rule = self._door(address, "POST")
            if form.method == "post" and rule:
                self._buttons.setdefault(urlsplit(address).path, Action(rule, address, pressed))

    def _choose_actions(self) -> None:
        """Every button that this role has, endings last; what no page offers is sent with all that pages ask for."""
        everything = {name: value for each in self._buttons.values() for name, value in each.values}
        for method, rule in self._allowed:
            address = self._address(method, rule)
            entry = self._entry(address, method)
            if method == "GET" or not address or entry in ABOUT_AN_ACCOUNT or "password" in rule:
                continue
            if entry == "tablet" and self.role != "staff":
                continue  # it is the same in all hands
            self.actions.append(self._buttons.get(address) or Action(rule, address, tuple(everything.items())))
        self.actions.sort(key=lambda action: any(word in action.rule for word in LAST))

    def _address(self, method: str, rule: str) -> str:
        """The address of a rule here; empty where it names what this world has nothing of."""
        found: Rule = self._rules[method, rule]
        if not found.arguments <= self.world.stands_for.keys():
            return ""
        with self.world.app.test_request_context():
            values = {name: self.world.stands_for[name] for name in found.arguments}
            return str(self._urls.build(found.endpoint, values))

    def _door(self, address: str, method: str = "GET") -> str:
        try:
            rule, _ = self._urls.match(urlsplit(address).path, method, return_rule=True)
        except HTTPException:
            return ""
        return rule.rule

    # --- looking and pressing ---

    def goes_back(self, to: Moment) -> None:
        """Everything is as it was then, and nothing is seen yet."""
        self.world.go_back(to)
        self.sit_down()
        self.seen = []

    def sit_down(self) -> None:
        """Sign in, as after each leap of the clock; the tablet is unlocked."""
        self.browser = signed_in(self.world.app, self.world.accounts[self.role])
        self.browser.visit("/account")
        is_open = self.world.is_open()
        self.tablet = Visitor(self.world.app)
        if self.role == "staff":
            app, round_ = self.world.app, self.world.round
            self.tablet = unlocked(app, HOME, round_.id) if is_open else enrolled(app, HOME)
            self.tablet.visit("/tablet/others")

    def looks(self, files: Files = "all") -> None:
        """Look at every page that could tell anything, and at what came by email to an address of their own.

        Of files at all of them, at those of the survey alone, or at none.
        """
        for address in self.addresses:
            if self._door(address) == COMMENTS and self.role == LEAD:
                continue  # what children wrote is the lead's to read
            if not address.endswith(FILES) or files == "all" or (files == "survey" and self.world.round.id in address):
                self._note(address, self._get(address))
        for letter in self.world.mail_of_the_attacker():
            self.seen.append(("a letter", plain(f"{letter.subject} {letter.text} {letter.state}")))

    def presses(self, action: Action) -> set[str]:
        """Press a button, and look at where it leads; gives the tables that it changed."""
        before = self._kept()
        reply = self._send(action)
        self._note(action.rule, reply)
        if reply.status_code in (302, 303) and reply.location.startswith("/"):
            self._note(f"{action.rule} →", self._get(reply.location))
        return {table for table, kept in self._kept().items() if kept != before[table]}

    def answers(self) -> None:
        """Answer by a link of their own."""
        token = self.world.stands_for["token"]
        began = self.browser.send(f"/i/{token}")
        self._note("own link", began.response)
        forms = [form for form in read(began.html)[1] if form.method == "post"]
        for form in forms[:1]:
            address = urljoin(began.response.request.path, form.action)
            self._note("own answers", self._send(Action("", address, tuple(filled(form, WORD).items(multi=True)))))

    def _kept(self) -> dict[str, Any]:
        return {table: kept for table, kept in self.world.documents().items() if table not in KEPT_OF_LOOKING}

    def _send(self, action: Action) -> TestResponse:
        view = self.world.app.view_functions[self._rules["POST", action.rule].endpoint] if action.rule else None
        visitor = self.tablet if getattr(view, "entry", "") == "tablet" else self.browser
        values: MultiDict[str, Any] = MultiDict(
            (name, (BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value)
            for name, value in action.values
        )
        values["csrf-token"] = visitor.token
        self.world.clock.shift(timedelta(seconds=1))  # what is remembered is sorted by time
        return visitor.client.post(action.address, data=values)

    def _get(self, address: str) -> TestResponse:
        visitor = self.tablet if self._entry(address) == "tablet" else self.browser
        return visitor.client.get(address, headers={"HX-Request": "true"} if address.endswith("/now") else {})

    def _entry(self, address: str, method: str = "GET") -> str:
        rule = self._rules.get((method, self._door(address, method)))
        return getattr(self.world.app.view_functions[rule.endpoint], "entry", "") if rule else ""

    def _note(self, where: str, reply: TestResponse) -> None:
        headers = sorted(f"{name}: {value}" for name, value in reply.headers if name not in UNTELLING)
        self.seen.append((plain(where), plain("\n".join([reply.status, *headers, *parts_of(reply)]))))


def parts_of(reply: TestResponse) -> Iterator[str]:
    """What a reply holds; of a workbook or an archive each of its files."""
    data = reply.get_data()
    if not is_zipfile(BytesIO(data)):
        yield data.decode(errors="replace")
        return
    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            yield from (name, archive.read(name).decode(errors="replace").replace("><", ">\n<"))


def plain(text: str) -> str:
    """Without what is random."""
    return RANDOM.sub("…", text)


def traces(world: TwinWorld) -> set[str]:
    """The tables in which it shows that somebody has answered."""
    found = set()
    world.go_back(world.start)
    world.time_passes(seconds=1)
    nobody = world.documents()
    for deed in (Deed("begun"), Deed("sent")):
        world.go_back(world.start)
        world.happens(deed)
        world.time_passes(seconds=1)
        found |= {table for table, documents in world.documents().items() if documents != nobody[table]}
    return found - KEPT_OF_LOOKING


def differences(one: Sequence[Seen], other: Sequence[Seen]) -> Iterator[str]:
    """The lines in which two walks differ."""
    if [where for where, _ in one] != [where for where, _ in other]:
        yield f"they led to different pages: {[w for w, _ in one]} and {[w for w, _ in other]}"
        return
    for (where, left), (_, right) in zip(one, other, strict=True):
        if left != right:
            changed = unified_diff(left.splitlines(), right.splitlines(), n=0, lineterm="")
            yield from (f"{where}: {line}" for line in changed if line[:2] not in ("--", "++", "@@"))
