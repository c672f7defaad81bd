"""A real mail server in a thread, which keeps what it takes and misbehaves as it is told.

    with MailServer() as server:
        server.treats("sam@example.org", Answer(451, "Try later"), ACCEPT)  # put off once, then taken
        ...                                             # SAYSO_SMTP_URL is server.url
        [mail] = server.wait_for("sam@example.org")
        mail.text, mail.html, mail.links, mail.message["Subject"]
        server.stop()                                   # connections are refused
        server.start()                                  # on the same port again, with what it had

With `tls="starttls"` or `"tls"` the client must trust `server.authority`: SSL_CERT_FILE in its environment.
"""

import asyncio
import re
import shutil
import socket
import ssl
import tempfile
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mail.certificate import certificate_for
from tests.wait_until import soon

# The moments of one letter: its recipient is named, DATA is asked for, the first line of it has come, all of it has
Moment = Literal["rcpt", "data", "middle", "end"]
Tls = Literal["none", "starttls", "tls"]


@dataclass(frozen=True)
class Accept:
    """All is well."""


@dataclass(frozen=True)
class Answer:
    """Answer with this code, and do not take the letter."""

    code: int
    words: str = "No"
    at: Moment = "rcpt"


@dataclass(frozen=True)
class Slow:
    """All is well, but not soon; at the end the letter may have been `kept` long before that is said."""

    seconds: float
    at: Moment = "end"
    kept: bool = False


@dataclass(frozen=True)
class Drop:
    """Break the connection without a word; at the end the letter may have been `kept` all the same."""

    at: Moment = "middle"
    kept: bool = False


How = Accept | Answer | Slow | Drop
ACCEPT = Accept()


@dataclass(frozen=True)
class Mail:
    """A letter that the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://\S+", self.text)

    def _body(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


class MailServer:
    """A server on a free port of this machine; `login` is the only user and password that it lets in."""

    def __init__(
        self, *, tls: Tls = "none", login: tuple[str, str] | None = None, international: bool = True, name: str = ""
    ) -> None:
        self.taken: list[Mail] = []
        self.tried: Counter[str] = Counter()  # how often each recipient was named
        self.connections = 0
        self.tls, self.login, self.international = tls, login, international
        self._ways: dict[str, deque[How]] = defaultdict(deque)
        self._folder = Path(tempfile.mkdtemp(prefix="sayso-mail-"))
        self._certificate = certificate_for(self._folder, name or "127.0.0.1")
        self._socket = _bound(0)
        self.port: int = self._socket.getsockname()[1]
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._socket.close()
        shutil.rmtree(self._folder)

    @property
    def authority(self) -> Path:
        """Whom a client must trust."""
        return self._certificate.authority

    @property
    def url(self) -> str:
        """The address for SAYSO_SMTP_URL."""
        user = "{}:{}@".format(*self.login) if self.login else ""
        scheme = "smtps" if self.tls == "tls" else "smtp"
        return f"{scheme}://{user}127.0.0.1:{self.port}{'?tls=none' if self.tls == 'none' else ''}"

    def treats(self, recipient: str, *ways: How) -> None:
        """What the next letters to this recipient meet with, one after the other; the last stays as it is."""
        self._ways[recipient] = deque(ways)

    def greets(self, *ways: How) -> None:
        """What the next connections meet with, one after the other; the last stays as it is."""
        self._ways[""] = deque(ways)

    def to(self, recipient: str) -> list[Mail]:
        """What it took for this recipient."""
        return [mail for mail in list(self.taken) if recipient in mail.recipients]

    def wait_for(self, recipient: str, number: int = 1) -> list[Mail]:
        """What it took for this recipient, once there are so many."""
        soon(lambda: len(self.to(recipient)) >= number, f"letter {number} to {recipient}")
        return self.to(recipient)

    def start(self) -> None:
        """Listen; from now on it can be reached."""
        assert self._running is None
        self._running = _Running(self, self._socket, self._context())

    def stop(self) -> None:
        """Break all connections and refuse new ones, as a server that has crashed."""
        if self._running is not None:
            self._running.end()
            self._running = None
            self._socket = _bound(self.port)  # held, so that nobody else gets the port meanwhile

    def next_way(self, recipient: str) -> How:
        """How this recipient (or, empty, a connection) is treated now."""
        ways = self._ways[recipient]
        if not ways:
            return ACCEPT
        return ways.popleft() if len(ways) > 1 else ways[0]

    def _context(self) -> ssl.SSLContext | None:
        if self.tls == "none":
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate.server)
        return context


class _Running:
    """The thread in which a server listens."""

    def __init__(self, server: MailServer, listening: socket.socket, context: ssl.SSLContext | None) -> None:
        self._loop = asyncio.new_event_loop()
        self._conversations: list[_Conversation] = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

        def talk() -> _Conversation:
            self._conversations.append(_Conversation(server, self._loop, context if server.tls == "starttls" else None))
            return self._conversations[-1]

        async def listen() -> asyncio.Server:
            return await self._loop.create_server(
                talk, sock=listening, ssl=context if server.tls == "tls" else None, backlog=100
            )

        self._listening = self._do(listen())

    def end(self) -> None:
        async def close() -> None:
            self._listening.close()
            for conversation in self._conversations:
                if conversation.transport is not None:
                    conversation.transport.abort()  # type: ignore[attr-defined]
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0)

        self._do(close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


class _Conversation(SMTP):
    """One connection: aiosmtpd does the talking, save where it is to misbehave."""

    def __init__(self, server: MailServer, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None) -> None:
        server.connections += 1
        self._mail_server, self._number = server, server.connections
        self._way: How = ACCEPT
        super().__init__(
            self,
            hostname="mail.example.org",
            loop=loop,
            tls_context=context,
            require_starttls=context is not None,
            auth_require_tls=server.tls == "starttls",
            authenticator=self._let_in,
            enable_SMTPUTF8=server.international,
        )

    def _let_in(self, _: object, __: object, ___: object, mechanism: str, given: LoginPassword) -> AuthResult:
        wanted = self._mail_server.login
        return AuthResult(success=wanted is not None and tuple(given) == _encoded(wanted), handled=False)

    async def _handle_client(self) -> None:
        way = self._mail_server.next_way("")
        if isinstance(way, Answer):
            await self.push(f"{way.code} {way.words}")
            self._writer.close()
            return
        await self._slow_or_gone(way)
        await super()._handle_client()

    async def handle_MAIL(  # noqa: N802
        self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._mail_server.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._mail_server.tried[address] += 1
        self._way = self._mail_server.next_way(address)
        answer = await self._at("rcpt")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        answer = await self._at("data")
        if answer is not None:
            await self.push(answer)
            return
        if getattr(self._way, "at", "") == "middle":
            await self.push("354 Go on")
            await self._reader.readline()
            await self._at("middle")
        await super().smtp_DATA(arg)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = Mail(str(envelope.mail_from), tuple(envelope.rcpt_tos), envelope.content, self._number)
        kept = isinstance(self._way, Drop | Slow) and self._way.kept
        if kept:
            self._mail_server.taken.append(mail)
        answer = await self._at("end")
        if answer is None and not kept:
            self._mail_server.taken.append(mail)
        return answer or "250 OK"

    async def _at(self, moment: Moment) -> str | None:
        """Misbehave if this is the moment for it; what to answer in place of going on."""
        way = self._way
        if isinstance(way, Accept) or way.at != moment:
            return None
        if isinstance(way, Answer):
            return f"{way.code} {way.words}"
        await self._slow_or_gone(way)
        return None

    async def _slow_or_gone(self, way: How) -> None:
        if isinstance(way, Slow):
            await asyncio.sleep(way.seconds)
        if isinstance(way, Drop):
            assert self.transport is not None
            self.transport.abort()  # type: ignore[attr-defined]
            await asyncio.sleep(60)  # cut short: what breaks the connection ends this too


def _encoded(login: tuple[str, str]) -> tuple[bytes, bytes]:
    return login[0].encode(), login[1].encode()


def _bound(port: int) -> socket.socket:
    """A socket that holds a port, a free one for 0, and does not listen yet."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held
