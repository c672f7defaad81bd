"""The forms of the pages of accounts."""

from collections.abc import Callable
from typing import Any

from wtforms import BooleanField, EmailField, Field, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, ValidationError

from service.accounts.account import Account
from service.accounts.administration import LONGEST_EMAIL, LONGEST_NAME, fault_in_email, fault_in_name
from service.accounts.credentials import fault_in_new
from service.accounts.roles import ROLES
from service.collection.models.home import Home
from service.reports import labels
from service.web.parts.forms import TypedForm


def _typed(text: str | None) -> str:
    return (text or "").strip()


def _without(fault_in: Callable[[str], str]) -> Callable[[Any, Field], None]:
    """A field in which this finds no fault."""

    def check(form: Any, field: Field) -> None:
        fault = fault_in(field.data or "")
        if fault:
            raise ValidationError(fault)

    return check


def _email(autocomplete: str, *validators: Any) -> EmailField:
    return EmailField(
        "E-mail address",
        [InputRequired("Enter an e-mail address."), *validators],
        filters=[_typed],
        render_kw={"autocomplete": autocomplete, "maxlength": LONGEST_EMAIL, "spellcheck": "false"},
    )


def _password(label: str, autocomplete: str, missing: str = "Enter the password.") -> PasswordField:
    return PasswordField(label, [InputRequired(missing)], render_kw={"autocomplete": autocomplete})


def _code(label: str, *validators: Any) -> StringField:
    kw = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20, "class": "short"}
    return StringField(label, validators, filters=[_typed], render_kw=kw)


def _name(autocomplete: str) -> StringField:
    kw = {"autocomplete": autocomplete, "maxlength": LONGEST_NAME}
    return StringField("Name", [_without(fault_in_name)], filters=[_typed], render_kw=kw)


class SignIn(TypedForm):
    """Address and password."""

    email = _email("username")
    password = _password("Password", "current-password")


class CodeForm(TypedForm):
    """The code after the password."""

    code = _code("Six digits from the authenticator app", InputRequired("Enter the six digits."))


class Prove(TypedForm):
    """Password, and the code if there is a second factor, once more."""

    password = _password("Password", "current-password")
    code = _code("Six digits from the authenticator app")


class Forgotten(TypedForm):
    """Whose password it is."""

    email = _email("username", _without(fault_in_email))


class NewPassword(TypedForm):
    """A new password of an account, typed twice."""

    password = _password("New password", "new-password", "Enter a new password.")
    again = _password("The same password once more", "new-password", "Enter the same password once more.")

    def __init__(self, account: Account, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.account = account

    def validate_password(self, field: PasswordField) -> None:
        """One that is not easily guessed."""
        fault = fault_in_new(self.account, field.data or "")
        if fault:
            raise ValidationError(fault)

    def validate_again(self, field: PasswordField) -> None:
        """Nobody sees what they type."""
        if field.data != self.password.data:
            raise ValidationError("This is not the same as above. Enter both once more.")


class ChangePassword(NewPassword):
    """A new password, by whoever knows the old one."""

    current = _password("Your password now", "current-password", "Enter the password that you have now.")


class Name(TypedForm):
    """What its owner is called."""

    name = _name("name")


class SetUp(TypedForm):
    """A code that shows that the app has the secret, which travels with the page under the service's signature."""

    offer = HiddenField()
    code = _code("Six digits that the app shows", InputRequired("Enter the six digits that the app shows."))


class Role(TypedForm):
    """A role at one home or at all."""

    role = SelectField(
        "Role",
        default="registered_manager",
        choices=[SelectChoice(role, labels.ROLES[role].capitalize()) for role in ROLES],
    )
    home = SelectField("Where")
    deputy = BooleanField("Deputy: is told beside the lead")

    def __init__(self, homes: list[Home], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        by_name = sorted(homes, key=lambda home: home.name)
        # the widest last: nobody gets it because the page was left as it came
        self.home.choices = [*(SelectChoice(home.id, home.name) for home in by_name), SelectChoice("", "All homes")]


class Invite(Role):
    """Somebody new, with their first role."""

    name = _name("off")
    email = _email("off", _without(fault_in_email))
