"""A letter as the bytes that a mail server takes: one recipient, text and HTML of the same words."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from service.mail.compose import one_line
from service.mail.email import Email

# quotes, lists, routes and comments are legal in addresses, and all of them are ways to say more than one
_LOCAL_PART = re.compile(r"[^\s\"(),:;<>@\[\\\]]{1,64}")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*")


class NotAnAddress(ValueError):
    """No letter can be sent to this."""


@dataclass(frozen=True)
class MimeMessage:
    """A message, and what goes on its envelope. `international`: only a server that offers SMTPUTF8 can take it."""

    sender: str
    recipient: str
    content: bytes
    international: bool


def written(letter: Email, mail_from: str) -> MimeMessage:
    """The letter as a message; tried again it has the same id and date, so that a server can tell.

    Raises NotAnAddress for a recipient that is not exactly one, NotOneLine for a subject that is more.
    """
    sender, recipient = sendable(mail_from), sendable(letter.to)
    international = not (sender + recipient).isascii()
    message = EmailMessage(policy=SMTP.clone(utf8=international))
    message["From"] = _address(sender)
    message["To"] = _address(recipient)
    message["Subject"] = one_line(letter.subject, "subject")
    message["Date"] = letter.tried_since or letter.created_at
    message["Message-ID"] = f"<{letter.id}@{domain_of(sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return MimeMessage(sender, recipient, message.as_bytes(), international)


def sendable(address: str) -> str:
    """The address as it goes on an envelope, its domain in ASCII where that can be. Raises NotAnAddress."""
    one_line(address, "address")
    local, _, domain = address.rpartition("@")
    if not _LOCAL_PART.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(address) > 254:
        raise NotAnAddress(f"{address[:100]!r} is not an e-mail address.")
    return f"{local}@{domain if domain.isascii() else _in_ascii(domain)}"


def domain_of(address: str) -> str:
    """Where an address leads, in ASCII as far as that can be."""
    return address.rpartition("@")[2]


def _in_ascii(domain: str) -> str:
    """The domain as it is asked for in the DNS; as it is where the old rules would make another domain of it."""
    try:
        asked = domain.encode("idna")
        return asked.decode("ascii") if asked.decode("idna") == domain.lower() else domain
    except UnicodeError:
        return domain


def _address(address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(username=local, domain=domain)
