"""People who answer through links of their own, several at once, and what they were told is held against the store."""

import itertools
import re
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from typing import IO, Any, NamedTuple
from urllib.error import HTTPError

from service.collection.models.response import Response
from tests.drills.environment import DrillEnvironment
from tests.wait_until import PATIENCE

FORM, QUESTION = "social-worker-views", "make_better"
GONE = (OSError, HTTPException)  # nobody answered, or not to the end


class Reply(NamedTuple):
    """What came back."""

    status: int
    place: str
    page: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str) -> None:
        return None


class Person:
    """One browser: its cookies and the token of the page before it."""

    def __init__(self, environment: DrillEnvironment) -> None:
        self._ground = environment
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(self.jar))
        self.token = ""
        self.told_to_wait = 0

    def get(self, place: str) -> Reply:
        """Look at a page."""
        return self.seen(urllib.request.Request(self._ground.served.address + place))

    def post(self, place: str, values: Mapping[str, str], **headers: str) -> Reply:
        """Send the form of the page."""
        body = urllib.parse.urlencode({"csrf-token": self.token, **values}).encode()
        return self.seen(urllib.request.Request(self._ground.served.address + place, body, headers))

    def seen(self, request: urllib.request.Request) -> Reply:
        """The reply to a request; the token of its page is the one to send next."""
        try:
            answer = self._opener.open(request, timeout=40)
        except HTTPError as refused:
            answer = refused  # every status that is no success, a redirect too
        with answer:
            page = answer.read().decode()
            place = urllib.parse.urlsplit(answer.headers.get("Location", "")).path
            reply = Reply(answer.status, place, page)
        self.token = (re.findall(r'name="?csrf-token"? value="?([^"> ]+)', page) or [self.token])[0]
        return reply

    def insist(self, send: Callable[[], Reply], *, text: str = "") -> Reply:
        """Send until it is taken, as whoever sees "try again" or nothing at all would; `text` is never taken away."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                reply = send()
                if reply.status < 400:
                    return reply
                assert reply.status == 503, f"{reply.status}: {reply.page[:300]}"
                if text:
                    assert_kept_on_screen(reply, text)
                self.told_to_wait += 1
            except GONE:
                pass
            assert time.monotonic() < until, "it was never taken"
            time.sleep(0.05)

    def begin(self, link: str) -> str:
        """Follow a link and press the button; gives the draft's address."""
        self.insist(lambda: self.get(link))
        begun = self.insist(lambda: self.post(link, {}))
        assert begun.place.startswith("/r/"), begun
        return begun.place

    def submit(self, address: str, text: str) -> None:
        """Send the answers until they are taken."""
        done = self.insist(lambda: self.post(address, {QUESTION: text}), text=text)
        assert (done.status, done.place) == (303, f"{address}/done"), done

    def draft(self, address: str, text: str) -> None:
        """Have a draft kept."""
        values = {QUESTION: text}
        kept = self.insist(lambda: self.post(f"{address}/draft", values, **{"HX-Request": "true"}), text=text)
        assert kept.status in (200, 204), kept


def assert_kept_on_screen(reply: Reply, text: str) -> None:
    """The page says to try again and holds what was answered, and where to send it."""
    assert "Your answers are not lost" in reply.page, reply.page[:500]
    assert f'name="{QUESTION}" value="{text}"' in reply.page, "the answer is not on the page"
    assert "Try again" in reply.page


class Links:
    """Links to one form, as many as are wanted."""

    def __init__(
        self, environment: DrillEnvironment, round_id: str, form_id: str = FORM, *, at_a_time: int = 500
    ) -> None:
        self._ground = environment
        self._round = round_id
        self._form_id, self._at_a_time = form_id, at_a_time
        self._asked = itertools.count()  # each person is asked once
        self._left: list[str] = []
        self._taking = threading.Lock()

    def take(self) -> str:
        """One that nobody had before."""
        with self._taking:
            if not self._left:
                people = self._ground.folder / "people.csv"
                asked = itertools.islice(self._asked, self._at_a_time)
                rows = (f"{self._form_id},Sam,sam{number}@example.org,the review\n" for number in asked)
                people.write_text("form,name,email,label\n" + "".join(rows))
                lines = self._ground.ask("invite", self._round, str(people)).splitlines()
                self._left = [urllib.parse.urlsplit(line.split("\t")[-1]).path for line in lines]
            return self._left.pop()


class Shown(NamedTuple):
    """What a drill came to."""

    what: str
    engine: str
    times: int
    acknowledged: int
    lost: int
    doubled: int
    unreadable: int
    seconds: float
    faults: list[str]

    @property
    def ok(self) -> bool:
        return not (self.lost or self.doubled or self.unreadable or self.faults)


class People:
    """Those who answer; every fourth has a draft kept first, and every eighth goes away with that if `some_leave`."""

    def __init__(self, environment: DrillEnvironment, *, some_leave: bool = True) -> None:
        self.ground = environment
        self._some_leave = some_leave
        self.round = environment.open_round(FORM)
        self.links = Links(environment, self.round)
        self.sent: list[str] = []
        self.drafted: list[str] = []
        self.told_to_wait = 0
        self.faults: list[str] = []
        self.started = time.monotonic()
        self._numbers = itertools.count()

    def answer(self) -> None:
        """One person, from the link to the thank-you."""
        number = next(self._numbers)
        text = f"what number {number} said {'and more ' * (number % 40)}end"
        person = Person(self.ground)
        address = person.begin(self.links.take())
        if number % 4 == 3:
            person.draft(address, text)
            self.drafted.append(text)
        if number % 8 != 7 or not self._some_leave:
            person.submit(address, text)
            self.sent.append(text)
        self.told_to_wait += person.told_to_wait

    def all_answer(self, clients: int, each: int) -> None:
        """So many at once, so many each."""
        with ThreadPoolExecutor(clients) as pool:
            for done in [pool.submit(lambda: [self.answer() for _ in range(each)]) for _ in range(clients)]:
                done.result()

    @contextmanager
    def answering(self, clients: int) -> Iterator[None]:
        """They go on until the end of the block."""
        enough = threading.Event()

        def go_on() -> None:
            while not enough.is_set():
                self.answer()

        with ThreadPoolExecutor(clients) as pool:
            going = [pool.submit(go_on) for _ in range(clients)]
            try:
                yield
            finally:
                enough.set()
        for done in going:
            if fault := done.exception():
                self.faults.append(repr(fault))

    def wait_for_one_more(self) -> None:
        """Until somebody else has been told that their answers are kept."""
        known, until = len(self.sent), time.monotonic() + PATIENCE
        while len(self.sent) == known:
            assert time.monotonic() < until, f"nothing was acknowledged any more; {self.faults}"
            time.sleep(0.002)

    def shown(self, what: str, times: int) -> Shown:
        """Hold what they were told against what is kept."""
        seconds = time.monotonic() - self.started
        kept = list(self.ground.store[Response].find("round_id", self.round))
        submitted = Counter(response.answers.get(QUESTION) for response in kept if response.submitted_at)
        texts = {response.answers.get(QUESTION) for response in kept}
        lost = [text for text in self.sent if text not in submitted]
        lost += [text for text in self.drafted if text not in texts]
        doubled = sum(submitted.values()) - len(submitted)
        faults = [*self.faults, *(f"nobody was told of {text}" for text in submitted.keys() - set(self.sent))]
        logged = (self.ground.folder / "server.log").read_text()
        faults += [f"in the log: {text}" for text in texts if text and text in logged]
        checked = self.ground.command("store", "check")
        unreadable = checked.output.count("fault:")
        if checked.exit_code:
            faults.append(checked.output)
        exported = self.ground.command("export", self.round)
        if exported.exit_code or f"submitted {len(self.sent)} = exported {len(self.sent)} +" not in exported.output:
            faults.append(exported.output)
        return Shown(
            what, self.ground.engine, times, len(self.sent) + len(self.drafted), len(lost), doubled, unreadable,
            seconds, faults,
        )  # fmt: skip
