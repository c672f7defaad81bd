"""What accounts are written: each letter says who it is from, what to do, and what to do if it was not you."""

from service.accounts.account import Account
from service.accounts.roles import needs_second_factor
from service.mail.compose import words
from service.mail.email import Words

_ALERT = "If that was not you, choose a new password at once (“I have forgotten my password” on the sign-in page), "


def set_up(account: Account, address: str, days: int) -> Words:
    """The first letter to somebody for whom an account was made."""
    return words(
        "Your account on Sayso",
        f"Hello {account.name},",
        [
            "An account was made for you on Sayso, which asks children, staff and social workers about a home and "
            "brings together what they say.",
            f"Choose a password to begin. The link works once, and for {days} days.",
            "When you first sign in you will also set up an authenticator app on your phone: keep it at hand."
            if needs_second_factor(account)
            else "",
        ],
        ("Choose a password", address),
        [
            "If the link has run out, ask whoever made the account to send this letter again.",
            "If you do not know what this is about, you need not do anything: without a password nobody can enter.",
        ],
    )


def new_password(account: Account, address: str) -> Words:
    """For somebody who has forgotten their password, or for whom somebody else has said so."""
    return words(
        "A new password for Sayso",
        f"Hello {account.name},",
        [
            "Somebody said that they have forgotten the password of your account on Sayso.",
            "If that was you, choose a new one. The link works once, and for one hour.",
        ],
        ("Choose a new password", address),
        ["If it was not you, you need not do anything. Your password stays as it is."],
    )


def password_changed(account: Account) -> Words:
    """After each change, so that one by somebody else does not stay unnoticed (ASVS 5.0, 6.3.7)."""
    return _notice(account, "Your password for Sayso was changed", "The password of your account on Sayso was changed.")


def second_factor_changed(account: Account, *, taken_away: bool) -> Words:
    """After it was set up, set up anew or taken away by an administrator."""
    if taken_away:
        sentence = (
            "An administrator took away the authenticator app of your account on Sayso, so that you can set it up anew."
        )
    else:
        sentence = "An authenticator app was set up for your account on Sayso."
    return _notice(account, "Your authenticator app for Sayso", sentence)


def _notice(account: Account, subject: str, sentence: str) -> Words:
    return words(
        subject,
        f"Hello {account.name},",
        [sentence, "If you know about it, you need not do anything."],
        None,
        [f"{_ALERT}and tell whoever looks after Sayso where you work."],
    )
