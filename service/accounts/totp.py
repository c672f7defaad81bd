"""The second factor: six digits from an app that change every half minute, each good once (ASVS 5.0, 6.5.1)."""

import hmac
import re
from datetime import datetime

import pyotp

STEP = 30  # seconds
_DRIFT = (0, -1, 1)  # steps that the clock of a phone may be off


def new_totp_secret() -> str:
    """160 random bits, as an app takes them."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step that a code belongs to; None for a wrong one, and for one not later than the last that was used."""
    digits = re.sub(r"\s", "", code)
    if not secret or not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    here = int(now.timestamp()) // STEP
    app = pyotp.TOTP(secret)
    for step in (here + drift for drift in _DRIFT):
        # at() takes a moment; the middle of a step is in that step whatever is rounded
        if step > last_step and hmac.compare_digest(app.at(step * STEP + STEP // 2), digits):
            return step
    return None


def set_up_address(secret: str, email: str) -> str:
    """What the QR code says: an app that reads it knows the secret and what to call it."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Sayso")


def in_fours(secret: str) -> str:
    """The secret for somebody who types it."""
    return " ".join(re.findall(".{1,4}", secret))
