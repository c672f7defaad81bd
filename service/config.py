"""Every setting: its name, its default, what it does. A wrong value stops the start and names itself."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from filelock import FileLock

ROOT = Path(__file__).resolve().parent.parent
FORMS, EXPORTS, INSTANCE = Path("forms"), Path("exports"), Path("instance")


class SettingError(SystemExit):
    """A setting has a value that cannot be used; the message begins with its name.

    An exit, because that is all there is to do: the message is printed without a traceback and the start ends.
    """

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(f"{name}: {sentence}")


def _about(text: str) -> dict[str, str]:
    return {"about": text}


@dataclass(frozen=True)
class Config:
    """The settings, checked. Each comes from SAYSO_ and its name in capitals, or from the file that …_FILE names."""

    store_url: str = field(
        default="tinydb:instance/store", metadata=_about("where records are kept: `tinydb:FOLDER` or `postgresql://…`")
    )
    base_url: str = field(
        default="http://127.0.0.1:8000", metadata=_about("the address people reach the service at; links begin with it")
    )
    secret_keys: tuple[str, ...] = field(
        default=(),
        repr=False,
        metadata=_about(
            "keys that sign cookies and receipts, commas between, the newest first; on loopback made in `instance/`"
        ),
    )
    seal_keys: tuple[str, ...] = field(
        default=(),
        repr=False,
        metadata=_about(
            "keys that seal answers at rest, commas between, the newest first; on loopback made in `instance/`"
        ),
    )
    forms_dir: Path = field(default=FORMS, metadata=_about("the folder of JSON form definitions"))
    exports_dir: Path = field(default=EXPORTS, metadata=_about("the folder where finished workbooks are written"))
    exports_keep_days: int = field(
        default=30, metadata=_about("how many days `tidy` leaves a workbook in that folder; 1 to 3650")
    )
    instance_dir: Path = field(default=INSTANCE, metadata=_about("the folder of the store and of the keys made here"))
    htmx_source: Literal["cdn", "local"] = field(
        default="cdn",
        metadata=_about("`cdn`: htmx comes from its network with a checked hash; `local`: the same file from here"),
    )
    demo: bool = field(
        default=True, metadata=_about("`1`: `make run` fills an empty store with a demonstration; `0`: it does not")
    )
    smtp_url: str = field(
        default="",
        repr=False,
        metadata=_about(
            "where letters leave: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS); "
            "`?tls=none` for a relay on this machine; empty: they wait"
        ),
    )
    mail_from: str = field(default="", metadata=_about("the address letters come from; needed with SAYSO_SMTP_URL"))
    extra_holidays: tuple[date, ...] = field(
        default=(), metadata=_about("bank holidays announced late, as 2027-05-10, commas between")
    )
    limits_url: str = field(
        default="memory://",
        metadata=_about("where tries are counted for slowing down: `memory://` (each worker its own) or `redis://…`"),
    )
    behind_proxies: int = field(
        default=0,
        metadata=_about("how many proxies stand before the service, whose forwarded headers are believed; 0 to 5"),
    )

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the service, so that keys may be made by it."""
        return urlsplit(self.base_url).hostname in ("127.0.0.1", "localhost", "::1")

    @property
    def secure(self) -> bool:
        """Whether people reach the service over HTTPS."""
        return urlsplit(self.base_url).scheme == "https"


def setting_name(attribute: str) -> str:
    """The name in the environment of one of Config's attributes."""
    return f"SAYSO_{attribute.upper()}"


def config_from(environ: Mapping[str, str] = os.environ) -> Config:
    """The settings of this environment. Raises SettingError for one that is wrong or not known."""
    values: dict[str, Any] = {}
    known = {setting_name(part.name): part.name for part in fields(Config)}
    for name in environ:
        if name.startswith("SAYSO_") and name.removesuffix("_FILE") not in known:
            raise SettingError(name, "no setting is called so; docs/reference/settings.md lists them all")
    for name, attribute in known.items():
        text = _given(name, environ)
        if text is not None:
            values[attribute] = _READERS[attribute](name, text.strip())
    for attribute in ("forms_dir", "exports_dir", "instance_dir"):
        path = values.get(attribute, getattr(Config, attribute))
        values[attribute] = path if path.is_absolute() else ROOT / path
    values.setdefault("store_url", store_address("SAYSO_STORE_URL", Config.store_url))
    config = Config(**values)
    if not config.forms_dir.is_dir():
        raise SettingError("SAYSO_FORMS_DIR", f"there is no folder {config.forms_dir}")
    if not config.on_loopback:
        for attribute in ("secret_keys", "seal_keys"):
            if not getattr(config, attribute):
                raise SettingError(
                    setting_name(attribute), f"must be given, as SAYSO_BASE_URL ({config.base_url}) is not this machine"
                )
    if config.smtp_url and not config.mail_from:
        raise SettingError("SAYSO_MAIL_FROM", "must be given with SAYSO_SMTP_URL: an address that letters come from")
    return config


def keys_made_here(config: Config, attribute: Literal["secret_keys", "seal_keys"]) -> tuple[str, ...]:
    """The keys of the environment, or those of `instance/`, made there once by whoever comes first."""
    given: tuple[str, ...] = getattr(config, attribute)
    if given:
        return given
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    path = config.instance_dir / attribute
    with FileLock(f"{path}.lock", timeout=30):
        if not path.exists():
            new = path.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(32) + "\n")
            new.replace(path)
        return _keys(setting_name(attribute), path.read_text())


def _given(name: str, environ: Mapping[str, str]) -> str | None:
    text, path = environ.get(name), environ.get(f"{name}_FILE")
    if text is not None and path is not None:
        raise SettingError(name, f"is given twice, here and as {name}_FILE; leave one of them out")
    if path is None:
        return text
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingError(f"{name}_FILE", f"cannot read {path}: {fault}") from None


def store_address(name: str, text: str) -> str:
    """The address of a store, with its folder as seen from this one. Raises SettingError, naming `name`."""
    if text.startswith("postgresql://"):
        return text
    engine, _, folder = text.partition(":")
    if engine != "tinydb" or not folder:
        raise SettingError(name, "must be tinydb:FOLDER or postgresql://…")
    return f"tinydb:{ROOT / folder}"


def _folder(name: str, text: str) -> Path:
    if not text:
        raise SettingError(name, "must name a folder")
    return Path(text)


def _yes_or_no(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise SettingError(name, f"must be 0 or 1, not {text!r}")
    return text == "1"


def _htmx(name: str, text: str) -> str:
    if text not in ("cdn", "local"):
        raise SettingError(name, f"must be cdn or local, not {text!r}")
    return text


def _whole(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not least <= int(text) <= most:
            raise SettingError(name, f"must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return read


def _address(name: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SettingError(name, f"{text!r} is no web address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise SettingError(name, "must be a web address such as https://sayso.example.org")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError(name, "must end after the host's name and port: the service answers at its root")
    return text.rstrip("/")


def _smtp(name: str, text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise SettingError(name, "is no address of a mail server") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0 or parts.path.strip("/"):
        raise SettingError(name, "must be smtp://user:password@host:587 or smtps://user:password@host:465")
    if parts.query not in ("", "tls=none") or (parts.query and parts.scheme == "smtps"):
        raise SettingError(name, "may end in ?tls=none after smtp://…, for a relay on this machine, or end there")
    if parts.query and (parts.username or parts.hostname not in ("127.0.0.1", "localhost", "::1")):
        raise SettingError(name, "must use TLS: only a relay on this machine, without a password, may go without")
    return text


def _mail_address(name: str, text: str) -> str:
    if text and not re.fullmatch(r"[^@\s<>\"]+@[^@\s<>\"]+", text):
        raise SettingError(name, f"must be an e-mail address such as sayso@example.org, not {text!r}")
    return text


def _days(name: str, text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(day) for day in re.split(r"[,\s]+", text) if day)
    except ValueError:
        raise SettingError(name, "must be dates such as 2027-05-10, with commas between") from None


def _limits(name: str, text: str) -> str:
    if text != "memory://" and not re.match(r"rediss?://.+", text):
        raise SettingError(name, "must be memory:// or redis://…")
    return text


def _keys(name: str, text: str) -> tuple[str, ...]:
    keys = tuple(key for key in re.split(r"[,\s]+", text) if key)
    if not keys or any(len(key) < 32 for key in keys):
        raise SettingError(
            name, "needs keys of 32 characters or more (`python -c 'import secrets; print(secrets.token_urlsafe(32))'`)"
        )
    return keys


_READERS: dict[str, Callable[[str, str], Any]] = {
    "store_url": store_address,
    "base_url": _address,
    "secret_keys": _keys,
    "seal_keys": _keys,
    "forms_dir": _folder,
    "exports_dir": _folder,
    "exports_keep_days": _whole(1, 3650),
    "instance_dir": _folder,
    "htmx_source": _htmx,
    "demo": _yes_or_no,
    "smtp_url": _smtp,
    "mail_from": _mail_address,
    "extra_holidays": _days,
    "limits_url": _limits,
    "behind_proxies": _whole(0, 5),
}
