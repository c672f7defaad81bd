"""A service with two homes and one of everything in each, and who may stand before its doors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from service.accounts.account import Account, AccountLink, AccountSession, Grant, hash_of, new_secret
from service.accounts.roles import ROLES
from service.accounts.sessions import open_session
from service.audit import COMMAND, HomeChanged, remember
from service.collection.forms.drafts import begin_draft, change_draft
from service.collection.invitations.invite import Addressee, invite, linked
from service.collection.models.alert import Alert, Step
from service.collection.models.export import Export, Wanted
from service.collection.models.home import Child, Contact, Home
from service.collection.models.person import Person
from service.collection.models.round import PlannedRound
from service.collection.models.tablet import Tablet
from service.collection.responses import submission
from service.collection.rounds.open_close import open_round
from service.collection.tablets.enrolment import make_code
from service.dates import day_at, now
from service.definitions import Form, Role
from service.definitions.editing.moves import change
from service.mail.email import Email, Words, new_email
from service.state import app_state
from service.storage import record_types
from service.storage.store import RecordStore
from service.web.builder.preview import _links
from service.web.http.account_cookie import _name, _serializer
from tests.visitor import Visitor

HERE, ELSEWHERE = "larch-house", "harbour-view"
FORMS = ("child-views", "staff-views", "social-worker-views")
PASSWORD_TOKEN = "a-link-to-choose-a-password"
Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Who:
    """Somebody before a door: nobody in particular, or a role at the home whose door it is, elsewhere or everywhere."""

    role: Role | None = None
    where: str = ""
    second_factor: bool = True

    def __str__(self) -> str:
        return f"{self.role} {self.where}" if self.role else "nobody"


NOBODY = Who()
EVERYBODY = (NOBODY, *(Who(role, where) for where in ("here", "elsewhere", "everywhere") for role in ROLES))
LACKING_SECOND_FACTOR = tuple(Who(role, "everywhere", second_factor=False) for role in ROLES)
_AT = {"here": HERE, "elsewhere": ELSEWHERE, "everywhere": ""}


@dataclass(repr=False)
class World:
    """Two homes with one of everything. What a visit changes can be put back, so that each finds the same.

    A `mark` stands in every name, label and address.
    """

    app: Flask
    library: Mapping[str, Form]
    demonstration: bool = False
    mark: str = ""
    stands_for: dict[str, str] = field(default_factory=dict)  # what an address's <name> stands for
    other: dict[str, str] = field(default_factory=dict)  # the same of the other home
    link: str = ""
    _keys: dict[Who, tuple[dict[str, str], str]] = field(default_factory=dict)
    _visits: Iterator[int] = field(default_factory=count)
    _kept: dict[str, Documents] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store: RecordStore = app_state(self.app).store
        self.other = self._furnish(ELSEWHERE, "Harbour View")
        self.stands_for = self._furnish(HERE, "Larch House")
        for who in (*EVERYBODY, *LACKING_SECOND_FACTOR):
            self._admit(who)
        self._kept = self.documents()

    # --- visiting ---

    def rules(self, *methods: str) -> list[tuple[str, Rule]]:
        """Every address with each of these methods that it takes."""
        found = [
            (method, rule)
            for rule in self.app.url_map.iter_rules()
            for method in sorted(rule.methods or ())
            if method in methods and rule.endpoint != "static"
        ]
        return sorted(found, key=lambda each: (each[1].rule, each[0]))

    def address(self, rule: Rule, **instead: str) -> str:
        """A rule's address, with what this world has for each of its names."""
        own = {"token": PASSWORD_TOKEN} if rule.endpoint.startswith("accounts.") else {}
        if rule.endpoint.startswith("tablet."):
            own = {"token": self.stands_for["code"]}
        if rule.endpoint.startswith("preview."):
            with self.app.test_request_context():
                own = {"token": _links().dumps(self.stands_for["draft_id"])}
        values = {**self.stands_for, **own, **instead}
        unknown = rule.arguments - values.keys()
        assert not unknown, f"say in tests/web/provider_world.py what {unknown} of {rule.rule} stands for"
        with self.app.test_request_context():
            return str(self.app.url_map.bind("localhost").build(rule.endpoint, {a: values[a] for a in rule.arguments}))

    def door_of(self, address: str) -> str:
        """The rule that an address belongs to; the address itself where it belongs to none."""
        try:
            rule, _ = self.app.url_map.bind("localhost").match(urlsplit(address).path, return_rule=True)
        except HTTPException:
            return urlsplit(address).path
        return rule.rule

    def browser(self, who: Who) -> tuple[Client, str]:
        """A browser in which they are signed in, and its token for forms."""
        cookies, token = self._key(who)
        client = self.app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        return client, token

    def visit(
        self, who: Who, method: str, address: str, *, token: str | None = None, values: Any = None, **more: Any
    ) -> TestResponse:
        """One visit, from an address of its own, with the token of the page before unless another is given."""
        client, own = self.browser(who)
        if method not in ("GET", "HEAD"):
            more["data"] = {"csrf-token": own if token is None else token, **(values or {})}
        number = next(self._visits)
        more.setdefault("environ_overrides", {"REMOTE_ADDR": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"})
        return client.open(address, method=method, **more)

    # --- what is kept ---

    def documents(self) -> dict[str, Documents]:
        """Every document of every table."""
        engine = self.store.engine
        return {kind.table: dict(engine.all(kind.table)) for kind in record_types.RECORD_TYPES}

    def put_back(self) -> None:
        """Make the store as it was when this world was made."""
        present = {
            table: dict(self.store.engine.all(table)) if table != "forms" else documents
            for table, documents in self._kept.items()
        }
        if present == self._kept:
            return
        with self.store.engine.transaction() as tx:
            for table, documents in self._kept.items():
                for record_id in present[table].keys() - documents.keys():
                    tx.remove(table, record_id)
                for record_id, document in documents.items():
                    if present[table].get(record_id) != document:
                        tx.put(table, record_id, document)

    # --- making it ---

    def _furnish(self, home_id: str, name: str) -> dict[str, str]:
        moment = now()
        home = Home(
            home_id, f"{name} {self.mark}".strip(), "childrens_home", self.mark,
            contacts=(Contact(f"Amina {self.mark}", "0300 000 0001"),), demonstration=self.demonstration,
        )  # fmt: skip
        with self.store.transaction() as tx:
            tx[Home].put(home)
            remember(tx, HomeChanged("added"), COMMAND, moment, home_id)
        round_ = open_round(
            self.store,
            home,
            [self.library[form_id] for form_id in FORMS],
            title="Your views",
            reason="Reg 45 review",
            closes_on=day_at(moment) + timedelta(days=14),
            now=moment,
        )
        name, email, label = f"Sam {self.mark}", f"sam{self.mark}@example.org", f"the review {self.mark}"
        people = [Addressee("social-worker-views", name, email, label, f"p-{home_id}")]
        [(_, token)] = invite(self.store, round_, people, moment)
        invitation = linked(self.store, token)
        assert invitation is not None
        ref = round_.form_ref("social-worker-views")
        assert ref is not None
        draft = submission.begin(self.store, round_, ref, "link", "en", moment, invitation.id)
        said = round_.form_ref("child-views")
        assert said is not None
        told = submission.begin(self.store, round_, said, "tablet", "en", moment)
        # told to every role, so that what a door says of an action is met; who was not told:
        # tests/web/alerts/test_views.py
        alert = Alert(
            f"alert-{home_id}", home_id, round_.id, "child-views", "answer", "urgent", moment, moment, ROLES,
            rule="child_not_safe", response_id=told.id, steps=(Step(moment, "raised"), Step(moment, "told", "", ROLES)),
        )  # fmt: skip
        letter = replace(
            new_email(
                "invitation",
                email,
                Words("Your views", "Hello", "<p>Hello</p>"),
                moment,
                round_id=round_.id,
                invitation_id=invitation.id,
            ),
            state="bounced",
            said="550 no such box",
        )
        account = Account(
            f"a-{home_id}",
            f"Jo {self.mark}",
            f"jo{self.mark}@{home_id}.example.org",
            moment,
            (Grant("staff", home_id),),
        )
        session = AccountSession(f"s-{home_id}", account.id, moment, moment, moment, moment + timedelta(hours=1))
        planned = PlannedRound(
            f"planned-{home_id}", home_id, "reg-45", "Spring", "Reg 45 review", FORMS,
            day_at(moment) + timedelta(days=20), day_at(moment) + timedelta(days=40), (3,), (f"p-{home_id}",),
        )  # fmt: skip
        with self.store.transaction() as tx:
            tx[Child].put(Child(f"c-{home_id}", home_id, 1, "kite", "older"))
            tx[Person].put(Person(f"p-{home_id}", home_id, "social_worker", name, email, label=label))
            tx[PlannedRound].put(planned)
            tx[Email].put(letter)
            tx[Tablet].put(Tablet(f"t-{home_id}", home_id, f"Tablet {self.mark}", moment, ""))
            tx[Alert].put(alert)
            tx[Export].put(Export(f"e-{home_id}", account.id, Wanted((round_.id,)), "xlsx", moment, moment))
            tx[Account].put(account)
            tx[AccountSession].put(session)
            tx[AccountLink].put(
                AccountLink(hash_of(PASSWORD_TOKEN), account.id, "password", moment + timedelta(days=1))
            )
        document = {**self.library["child-views"].to_json(), "title": f"Our views {self.mark}".strip()}
        begin_draft(self.store, f"draft-{home_id}", home_id, document, moment, by=account.id)
        change_draft(
            self.store,
            f"draft-{home_id}",
            0,
            lambda there: [change(there, ("introduction",), f"Hello {self.mark}")],
            moment,
            by=account.id,
        )
        return {
            "home_id": home_id,
            "draft_id": f"draft-{home_id}",
            "number": "1",
            "round_id": round_.id,
            "planned_id": planned.id,
            "child_id": f"c-{home_id}",
            "person_id": f"p-{home_id}",
            "invitation_id": invitation.id,
            "letter_id": letter.id,
            "tablet_id": f"t-{home_id}",
            "code": make_code(self.store, home_id, f"Tablet {self.mark}", "", moment),
            "alert_id": alert.id,
            "export_id": f"e-{home_id}",
            "account_id": account.id,
            "session_id": session.id,
            "response_id": draft.id,
            "form_id": "social-worker-views",
            "token": token,
        }

    def _key(self, who: Who) -> tuple[dict[str, str], str]:
        if who not in self._keys:
            self._admit(who)
        return self._keys[who]

    def _admit(self, who: Who) -> None:
        cookies = {}
        if who.role:
            grants = (Grant(who.role, _AT[who.where]),)
            name, email = f"{who} {self.mark}".strip(), f"{new_secret()[:8]}{self.mark}@example.org"
            account = Account(new_secret()[:16], name, email, now(), grants)
            with self.store.transaction() as tx:
                tx[Account].put(account)
            _, secret = open_session(self.store, account, now(), second_factor=who.second_factor)
            with self.app.test_request_context():
                cookies[_name()] = _serializer().dumps(secret)
        visitor = Visitor(self.app)
        visitor.visit(f"/i/{self.stands_for['token']}")
        kept = visitor.client.get_cookie("sayso")
        assert kept is not None
        assert visitor.token
        self._keys[who] = ({"sayso": kept.value, **cookies}, visitor.token)
