"""Handing letters to a mail server: many over one connection, and of each it is known what became of it."""

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from service.mail.email import Email
from service.mail.message import MimeMessage, domain_of, sendable, written
from service.mail.sender import Outcome

_STEP_SECONDS = 20.0
_LONGEST_WORDS = 300
_FAULTS = (OSError, ValueError)  # smtplib's own are an OSError; a password that is not ASCII is a ValueError
_NO_ANSWER = (
    "The connection broke after the whole letter was handed over and before the mail server answered, "
    "so nobody knows whether it arrived."
)
_CLOSING, _LOGIN_WANTED = 421, (530, 535, 538)


def sender_for(smtp_url: str, mail_from: str, *, step_seconds: float = _STEP_SECONDS) -> "SmtpSender":
    """Whoever hands letters to the server at this address (see SAYSO_SMTP_URL), as letters from `mail_from`.

    It connects when the first letter comes, waits at most `step_seconds` at each step, and lets go of the connection
    at the end of its `with`. Certificates are checked against those that this machine trusts.
    """
    return SmtpSender(_server_at(smtp_url), sendable(mail_from), step_seconds)


@dataclass(frozen=True)
class _Server:
    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)


class _NotInternational(Exception):
    """The server takes ASCII addresses only, and the letter goes to another kind."""


class SmtpSender:
    """One server, and the connection to it while there is one."""

    def __init__(self, server: _Server, mail_from: str, step_seconds: float) -> None:
        self._server = server
        self._mail_from = mail_from
        self._step_seconds = step_seconds
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None and kind is None:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def send(self, letter: Email) -> Outcome:
        """Try once to hand this letter over."""
        try:
            message = written(letter, self._mail_from)
        except ValueError as fault:
            return Outcome("refused", str(fault))
        try:
            smtp = self._begun(message)
        except _NotInternational:
            return Outcome("refused", f"The mail server cannot send to {letter.to}: it takes plain addresses only.")
        except _FAULTS as fault:
            self._drop()
            return Outcome("unreachable", _sentence(fault))
        return self._handed_over(smtp, message)

    def _begun(self, message: MimeMessage) -> smtplib.SMTP:
        """A connection whose server has agreed to take a message from us."""
        if self._smtp is not None:
            with suppress(*_FAULTS):
                if self._announce(self._smtp, message)[0] == 250:
                    return self._smtp
            self._drop()  # left idle, started anew, or tired of us: a new connection tells
        self._smtp = self._connected()
        code, reply = self._announce(self._smtp, message)
        if code != 250:
            raise smtplib.SMTPSenderRefused(code, reply, message.sender)
        return self._smtp

    def _announce(self, smtp: smtplib.SMTP, message: MimeMessage) -> tuple[int, bytes]:
        if not message.international:
            return smtp.mail(message.sender)
        if message.sender.isascii() and not smtp.has_extn("smtputf8"):
            raise _NotInternational
        return smtp.mail(message.sender, ("SMTPUTF8", "BODY=8BITMIME"))

    def _connected(self) -> smtplib.SMTP:
        server, named = self._server, domain_of(self._mail_from)
        smtp: smtplib.SMTP
        if server.tls == "tls":
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(server.host, server.port, named, timeout=self._step_seconds, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, named, self._step_seconds)
        try:
            if smtp.sock is not None:  # the lonely dot that ends a letter need not wait until what it ends is confirmed
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _handed_over(self, smtp: smtplib.SMTP, message: MimeMessage) -> Outcome:
        whole = False
        try:
            code, reply = smtp.rcpt(message.recipient)
            begun = code // 100 == 2
            if begun:
                code, reply = smtp.docmd("DATA")
            if begun and code == 354:
                smtp.send(re.sub(rb"(?m)^\.", b"..", message.content))
                whole = True  # from the lonely dot on the server may have it, whatever is heard of it
                smtp.send(b".\r\n")
                code, reply = smtp.getreply()
        except _FAULTS as fault:
            self._drop()
            return Outcome("unsure", _NO_ANSWER, True) if whole else Outcome("put_off", _sentence(fault), True)
        return self._judged(smtp, code, _words(code, reply), whole)

    def _judged(self, smtp: smtplib.SMTP, code: int, said: str, whole: bool) -> Outcome:
        if whole and code // 100 == 2:
            return Outcome("taken")
        if code in _LOGIN_WANTED:
            self._drop()
            return Outcome("unreachable", said)
        if code == _CLOSING or code // 100 not in (4, 5):
            self._drop()
            if code != _CLOSING and whole:
                return Outcome("unsure", f"Nobody knows whether it arrived: the mail server answered {said!r}.", True)
            return Outcome("put_off", said, True)
        self._reset(smtp)
        return Outcome("put_off" if code // 100 == 4 else "refused", said)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        with suppress(*_FAULTS):
            if smtp.rset()[0] == 250:
                return
        self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _server_at(smtp_url: str) -> _Server:
    parts = urlsplit(smtp_url)
    tls: Literal["starttls", "tls", "none"] = "tls" if parts.scheme == "smtps" else "starttls"
    if parts.query == "tls=none":
        tls = "none"
    port = parts.port or {"tls": 465, "starttls": 587, "none": 25}[tls]
    return _Server(parts.hostname or "", port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _sentence(fault: Exception) -> str:
    """What went wrong, for whoever looks after the service."""
    match fault:
        case smtplib.SMTPResponseException():
            return _words(fault.smtp_code, fault.smtp_error)
        case ssl.SSLCertVerificationError():
            return _tidy(f"The mail server's certificate is not trusted: {fault.verify_message}.")
        case UnicodeError():
            return "The mail server's user name and password may hold plain letters, digits and signs only."
        case OSError() if isinstance(fault, TimeoutError) or "timed out" in str(fault):
            return "The mail server did not answer in time."
        case smtplib.SMTPServerDisconnected():
            return "The mail server broke the connection."
        case smtplib.SMTPException():
            return _tidy(str(fault))
        case OSError():
            return _tidy(f"The mail server cannot be reached: {fault.strerror or fault}.")
    return _tidy(str(fault))


def _words(code: int, reply: bytes | str) -> str:
    text = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return _tidy(f"{code} {text}")


def _tidy(text: str) -> str:
    """On one line, without control characters, and not longer than anybody reads."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_LONGEST_WORDS]
