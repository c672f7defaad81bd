"""Make the kept store of 0.1.0. Runs on the code of tag v0.1.0 only: `PYTHONPATH=. python tests/stores/0.1.0/make.py`.

Ids and sealed texts are random, so each run makes another store. It replaces every file beside it but the README.
"""

import gzip
import json
import random
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import time_machine
from service.accounts.choosing import forgotten, set_second_factor
from service.accounts.second_factor import new_totp_secret
from service.accounts.signing_in import Door, Refused, check_password, enter
from service.accounts.waiting import Place, TooSoon
from service.answers.alerts_in import alerts_in
from service.answers.worrying import worrying_in
from service.collection.alert import Alert, Disclosure
from service.collection.asking import close_round, extend_round, open_round
from service.collection.export import Wanted
from service.collection.exporting import ask_for, has_failed
from service.collection.help_lines import HelpLine, lines_kept
from service.collection.home import Child, Contact, Home
from service.collection.homes import add_home
from service.collection.invitation import Invitation, hash_of
from service.collection.inviting import Addressee
from service.collection.keying import Copy, key_in, new_copy_id, take_back
from service.collection.letters import code_writer, writer
from service.collection.looking import look
from service.collection.passcodes import send_code, try_code
from service.collection.person import Person
from service.collection.raising import Raising
from service.collection.response import Channel
from service.collection.round import Round
from service.web.running import running

from service import create_app
from service.accounts import managing
from service.accounts.account import Account, AccountSession, Grant
from service.analysis.voices import editions
from service.answers.visibility import visible
from service.collection import comments, enrolling, handling, inviting, responding, themes, unlocking
from service.collection.models.alert import Alert as AlertRecord
from service.collection.models.help_lines import HelpLines
from service.collection.models.home import Home as HomeRecord
from service.collection.models.invitation import Invitation as InvitationRecord
from service.collection.models.invitation import Link
from service.collection.models.person import Person as PersonRecord
from service.collection.models.round import Round as RoundRecord
from service.collection.models.tablet import Tablet
from service.collection.people import child_left, children_of, keep_child, keep_person, new_id, remove_person
from service.config import config_from
from service.definitions import Form, load_library
from service.demonstration import make_demonstration
from service.demonstration.answers import answers_to
from service.demonstration.provider import PASSWORD, whoever_is
from service.mail.letter import Letter, State
from tests.postgres import Postgres, binaries
from tests.stores import observe

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MADE_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
SCHEMA = "kept_store"
KEYS = {
    "SAYSO_SECRET_KEYS": "test-secret-key-of-the-kept-store-of-0.1.0",
    "SAYSO_SEAL_KEYS": "test-seal-key-of-the-kept-store-of-0.1.0-new,test-seal-key-of-the-kept-store-of-0.1.0-old",
}
LARCH = "larch-house"
MANAGER, LEAD = whoever_is("registered_manager", LARCH), whoever_is("safeguarding_lead")
ADMINISTRATOR = whoever_is("administrator")
AMINA = "Amina, your advocate"
AWKWARD = (
    "Zoë said “it’s naïve” – and left 👩‍👩‍👧‍👦🏳️‍🌈",
    "=HYPERLINK(\"http://example.org\",'click') <b>&amp;</b> 100 % \\ ;",
    "مرحبا بكم \u200fفي البيت\u200e / שלום",
    "e\u0301 is not é, ﬁ is not fi, line\u2028separator\ttab\nand a new line",
    "日本語で書きました。𝒽𝑒𝓁𝓁𝑜 İı ß",
)
BROWSER = "Mozilla/5.0 (Kept; Storé 0.1) 日本"


def at(**before: float) -> datetime:
    """A moment before the store was made."""
    return MADE_AT - timedelta(**before)


class Maker:
    """Fills a store, by the functions that the pages call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = dict(load_library(ROOT / "forms"))
        self.chance = random.Random(10)
        # most records are sealed with the older key, as in a store whose key was changed lately
        self.start(KEYS | {"SAYSO_SEAL_KEYS": KEYS["SAYSO_SEAL_KEYS"].split(",")[1]})

    def start(self, keys: dict[str, str]) -> None:
        """Start the service with these keys."""
        places = {
            "SAYSO_STORE_URL": f"tinydb:{self.folder / 'store'}",
            "SAYSO_INSTANCE_DIR": str(self.folder / "instance"),
            "SAYSO_EXPORTS_DIR": str(self.folder / "exports"),
        }
        self.app = create_app(config_from(places | keys))
        self.service = running(self.app)
        self.store = self.service.store
        self.hasher = self.service.hasher
        self.base_url = self.service.config.base_url

    def make(self) -> None:
        """Everything, in the order of time."""
        made = make_demonstration(
            self.store, self.library, self.hasher, MADE_AT, responses=56, seed=7, base_url=self.base_url
        )
        self.homes()
        self.named_and_closed()
        self.anonymous_and_closed()
        self.asked = self.open_now()
        self.children_answer()
        self.named_and_anonymous_answer()
        self.on_paper()
        self.letters()
        self.exports_asked(made.rounds[0])
        print(observe.run(self.app, "jobs", "run"))
        self.over_but_not_closed()
        self.alerts_handled()
        self.comments_read()
        self.accounts()
        self.tablets()
        self.erased()
        self.exports_waiting(made.rounds[0])
        self.letters_leave()

    # --- homes and people ---

    def homes(self) -> None:
        home = Home(
            "ty-mor",
            "Tŷ Môr “Sea View” & Co <b>",
            "residential_special_school",
            "Brightwater Care (demonstration)",
            None,
            (Contact("Siân, dy eiriolwr", "0300 000 0007", AWKWARD[2]),),
            places=None,
        )
        person = Person(
            new_id(), LARCH, "advocate", "Zoë Ó Briain-Łukasz", "ZOE.O@Example.org", "Speak Up", "01632 960001"
        )
        gone = Person(new_id(), LARCH, "school", "Removed Again", "removed@example.org")
        with self.store.transaction() as books:
            add_home(books, home)
            for number, (form_id, picture) in enumerate((("child-views", "kite"), ("child-views", "tree")), 1):
                keep_child(books, Child(new_id(), home.id, number, picture, form_id))
            keep_person(books, person)
            keep_person(books, gone)
            remove_person(books, gone.id)
            child_left(books, children_of(books, "fernbrook")[-1].id, (MADE_AT - timedelta(days=4)).date())
            lines = lines_kept(books)
            line = HelpLine("Llinell gymorth – Meic", "080880 23456", AWKWARD[0][:60], "children")
            books[HelpLines].put(replace(lines, lines=(*lines.lines[:5], line)))

    # --- rounds and answers ---

    def anonymous(self, form_id: str) -> Form:
        definition = self.library[form_id].to_json()
        return Form.of({**definition, "id": f"{form_id}-nameless", "version": 1, "identity": "anonymous"})

    def home(self, home_id: str) -> Home:
        found = self.store[HomeRecord].get(home_id)
        assert found is not None
        return found

    def account(self, account_id: str) -> Account:
        found = self.store[Account].get(account_id)
        assert found is not None
        return found

    def open(self, home_id: str, form_ids: tuple[str, ...], title: str, opened_at: datetime, closes_on: date) -> Round:
        forms = [self.library.get(form_id) or self.anonymous(form_id.removesuffix("-nameless")) for form_id in form_ids]
        return open_round(
            self.store,
            self.home(home_id),
            forms,
            title=title,
            reason="Reg 45 review – „Überprüfung“",
            closes_on=closes_on,
            now=opened_at,
            by=MANAGER,
        )

    def answer(
        self,
        asked: Round,
        form_id: str,
        moment: datetime,
        given: dict[str, Any] | None = None,
        *,
        channel: Channel = "tablet",
        invitation: Invitation | None = None,
        child: Child | None = None,
        language: str = "",
        send: bool = True,
        talk_to: str | None = None,
        asker: str = "",
    ) -> str:
        """Begin, save and send made-up answers with those that are given; gives the id under which it was begun."""
        ref = asked.form_ref(form_id)
        home = self.home(asked.home_id)
        assert ref is not None
        form = self.service.form(ref.fingerprint)
        draft = responding.begin(
            self.store,
            asked,
            ref,
            channel,
            form.base_language,
            moment,
            invitation.id if invitation else None,
            child.id if child else "",
        )
        meta = responding.meta_of(asked, home, invitation, moment)
        answers = {**answers_to(form, meta, self.chance), **(given or {})}
        raising = self.raising(form, answers, meta, language, talk_to, asker) if given is not None else None
        moment += timedelta(minutes=4)
        responding.save_answers(
            self.store, draft.id, answers, language or form.base_language, moment, None if send else raising
        )
        if send:
            outcome = responding.submit(self.store, draft.id, form, answers, meta, self.hasher, moment, raising)
            assert outcome == "submitted", outcome
        return draft.id

    def raising(
        self,
        form: Form,
        answers: dict[str, Any],
        meta: dict[str, Any],
        language: str = "",
        talk_to: str | None = None,
        asker: str = "",
    ) -> Raising:
        found = visible(form, answers, meta)
        marked = worrying_in(found, language or "en")
        return Raising(form, alerts_in(form, found), marked, self.hasher, self.base_url, talk_to, asker)

    def send_other_answers(self, asked: Round, form_id: str, response_id: str, moment: datetime) -> None:
        """Send other answers under an id that was sent before: they are kept beside the first and flagged."""
        ref = asked.form_ref(form_id)
        assert ref is not None
        form = self.service.form(ref.fingerprint)
        meta = responding.meta_of(asked, self.home(asked.home_id), None, moment)
        other = {**answers_to(form, meta, self.chance), "make_better": "Sent a second time, otherwise."}
        outcome = responding.submit(self.store, response_id, form, other, meta, self.hasher, moment)
        assert outcome == "conflict_kept", outcome

    def invited(self, asked: Round, form_id: str, names: list[str], moment: datetime) -> list[Invitation]:
        people = [
            Addressee(form_id, name, f"{form_id}{number}@example.org", "the review on 12 November – “ü”")
            for number, name in enumerate(names)
        ]
        write = writer("invitation", asked, self.home(asked.home_id), self.service.form, self.base_url)
        sent = inviting.invite(self.store, asked, people, moment, write, by=MANAGER)
        found = [inviting.linked(self.store, token) for _, token in sent]
        return [each for each in found if each is not None]

    def again(self, invitation: Invitation) -> Invitation:
        found = self.store[InvitationRecord].get(invitation.id)
        assert found is not None
        return found

    def anonymous_and_closed(self) -> None:
        """A closed round in which everyone answered anonymously, by tablet and by link."""
        began = at(days=45)
        form_ids = ("child-views-nameless", "staff-views-nameless", "social-worker-views-nameless")
        asked = self.open(LARCH, form_ids, "Closed & anonymous – “été”", began, (began + timedelta(days=21)).date())
        for number in range(9):
            moment = began + timedelta(days=1 + number, hours=1)
            words = {"anything_else": AWKWARD[number % len(AWKWARD)]} if number < 6 else None
            self.answer(asked, "child-views-nameless", moment, words)
            self.answer(asked, "staff-views-nameless", moment)
        names = [f"Worker {number}" for number in range(8)]
        for number, one in enumerate(self.invited(asked, "social-worker-views-nameless", names, began)[:7]):
            moment = began + timedelta(days=2 + number)
            self.answer(asked, "social-worker-views-nameless", moment, channel="link", invitation=one)
        close_round(self.store, asked.id, began + timedelta(days=20), by=MANAGER)

    def named_and_closed(self) -> None:
        """A closed round with names and pseudonyms, in which enough people answered to be counted for everyone."""
        began = at(days=80)
        form_ids = ("child-views", "staff-views", "social-worker-views")
        asked = self.open(LARCH, form_ids, "Closed, with names", began, (began + timedelta(days=21)).date())
        here = [child for child in children_of(self.store, LARCH) if child.form_id == "child-views"]
        for number in range(8):
            moment = began + timedelta(days=1 + number)
            self.answer(asked, "child-views", moment, child=here[number % len(here)])
            self.answer(asked, "staff-views", moment)
        names = [f"Named {number} ñ" for number in range(8)]
        for number, one in enumerate(self.invited(asked, "social-worker-views", names, began)[:7]):
            moment = began + timedelta(days=2 + number)
            self.answer(asked, "social-worker-views", moment, channel="link", invitation=one)
        close_round(self.store, asked.id, began + timedelta(days=20), by=MANAGER)

    def open_now(self) -> Round:
        """An open round with every mode of identity."""
        began = at(days=6)
        form_ids = (
            "child-views",
            "child-views-first",
            "staff-views-nameless",
            "social-worker-views",
            "social-worker-views-nameless",
            "parent-views",
            "professional-views",
        )
        asked = self.open(LARCH, form_ids, "Open: every mode 🙂", began, (MADE_AT + timedelta(days=9)).date())
        return extend_round(self.store, asked.id, (MADE_AT + timedelta(days=14)).date(), at(days=1), by=MANAGER)

    def children_answer(self) -> None:
        """Children on a tablet: what they answer raises alerts, some are drafts, one is withdrawn."""
        asked = self.asked
        here = [child for child in children_of(self.store, LARCH) if child.form_id == "child-views"]
        younger = [child for child in children_of(self.store, LARCH) if child.form_id == "child-views-first"]
        unsafe = {"feel_safe": "never", "someone_to_talk_to": "always", "help_when_unwell": "always"}
        quiet = {**unsafe, "feel_safe": "always"}
        for number in range(9):  # an urgent alert each
            words = {"anything_else": AWKWARD[number % len(AWKWARD)]} if number < 5 else {}
            child = here[number % len(here)]
            self.answer(asked, "child-views", at(days=2, minutes=10 * number), {**unsafe, **words}, child=child)
        self.answer(asked, "child-views", at(hours=3), unsafe, child=here[0])  # nobody takes it on
        self.answer(asked, "child-views", at(minutes=20), unsafe, child=here[1])  # just raised
        words = {"anything_else": "I’m scared, somebody hits me 😢"}
        self.answer(asked, "child-views", at(hours=2), {**quiet, **words}, child=here[2], language="en-x-easyread")
        self.answer(
            asked, "child-views", at(hours=2), quiet, child=here[3], talk_to="Amina, your advocate", asker="Zoë ☎"
        )
        self.answer(asked, "child-views-first", at(hours=5), {"feel_safe": "sometimes"}, child=younger[0])
        self.answer(asked, "child-views", at(minutes=50), unsafe, child=here[4], send=False)
        self.answer(asked, "child-views", at(minutes=40), send=False)
        responding.withdraw(self.store, self.answer(asked, "child-views", at(minutes=30), send=False))
        # nobody who should be told has an open account at that moment
        for account_id in (LEAD, "demonstration-deputy"):
            managing.close_account(self.store, account_id, at(days=1, hours=2), by=ADMINISTRATOR)
        self.answer(asked, "child-views", at(days=1, hours=1), unsafe, child=here[0])
        for account_id in (LEAD, "demonstration-deputy"):
            managing.reopen_account(self.store, account_id, at(days=1), by=ADMINISTRATOR)

    def named_and_anonymous_answer(self) -> None:
        """By link: named, pseudonymous and anonymous responses, drafts, conflicts; and anonymous ones on a tablet."""
        asked = self.asked
        for number in range(6):
            given = {"unheard_worry": "child"} if number == 0 else None
            self.answer(asked, "staff-views-nameless", at(days=3, hours=number), given)
        twice = self.answer(asked, "staff-views-nameless", at(days=1))
        self.send_other_answers(asked, "staff-views-nameless", twice, at(hours=20))

        names = ["Łucja Wójcik", "Seán Ó Sé", "شيماء", "Erased Person", "Two Browsers", "=cmd|' /C calc'!A0", "Waits"]
        self.named = self.invited(asked, "social-worker-views", names, at(days=5))
        for number, one in enumerate(self.named[:4]):
            given = {"child_safe": "never", "make_better": AWKWARD[number]} if number in (0, 3) else {}
            response = self.answer(asked, "social-worker-views", at(days=2), given, channel="link", invitation=one)
            if number == 0:
                self.send_other_answers(asked, "social-worker-views", response, at(hours=30))
        browsers = self.named[4]
        first = self.answer(asked, "social-worker-views", at(days=2), channel="link", invitation=browsers, send=False)
        self.answer(asked, "social-worker-views", at(days=1), channel="link", invitation=self.again(browsers))
        assert self.again(browsers).response_id != first

        nameless = self.invited(asked, "social-worker-views-nameless", [f"N{n}" for n in range(6)], at(days=5))
        write = writer("reminder", asked, self.home(LARCH), self.service.form, self.base_url)
        inviting.remind(self.store, [nameless[0].id, nameless[1].id], at(days=3), lambda _: write, by=MANAGER)
        for one in nameless[:5]:
            self.answer(asked, "social-worker-views-nameless", at(days=2), channel="link", invitation=self.again(one))
        for one in self.invited(asked, "parent-views", ["Mam", "Dad", "Nain"], at(days=5)):
            self.answer(asked, "parent-views", at(days=1), channel="link", invitation=one, send=one.name != "Nain")
        professionals = self.invited(asked, "professional-views", ["Dr Å", "PC B"], at(days=5))
        self.answer(asked, "professional-views", at(days=1), channel="link", invitation=professionals[0])
        self.professional = professionals[1]

    def on_paper(self) -> None:
        """Copies of paper forms in every mode, and one that was a mistake."""
        asked, by, moment = self.asked, self.account("demonstration-visitor"), at(hours=4)
        child = children_of(self.store, LARCH)[0]
        cases = (
            ("child-views", child.id, None),
            ("staff-views-nameless", "", None),
            ("professional-views", "", self.professional.id),
            ("child-views", "", None),
        )
        for form_id, child_id, invitation_id in cases:
            ref = asked.form_ref(form_id)
            assert ref is not None
            form = self.service.form(ref.fingerprint)
            meta = responding.meta_of(asked, self.home(LARCH), None, moment)
            answers = answers_to(form, meta, self.chance)
            copy = Copy(new_copy_id(), answers, form.base_language, child_id, invitation_id)
            raising = self.raising(form, answers, meta)
            key_in(self.store, asked, ref, form, copy, meta, self.hasher, raising, by, moment)
        take_back(self.store, asked, copy.id, by, at(hours=5), at(hours=3))

    def letters(self) -> None:
        """What may become of an invitation: declined, corrected, revoked, sent again; and a code that was sent."""
        asked, home = self.asked, self.home(LARCH)
        form_id = "social-worker-views"
        names = ["Declines", "Corrected", "Revoked", "Sent again", "Has a code"]
        people = [
            Addressee(form_id, name, f"{name.lower().replace(' ', '.')}@example.org", "the review") for name in names
        ]
        write = writer("invitation", asked, home, self.service.form, self.base_url)
        sent = inviting.invite(self.store, asked, people, at(days=4), write, by=MANAGER)
        declines, corrected, revoked, again, coded = (
            link.invitation_id for _, token in sent if (link := self.store[Link].get(hash_of(token))) is not None
        )
        inviting.decline(self.store, declines, AWKWARD[1], at(days=3))
        inviting.correct(self.store, corrected, "Right@Example.org", at(days=3), write, name="Ångström", by=MANAGER)
        inviting.revoke(self.store, revoked, at(days=2), by=MANAGER)
        new_link = writer("new_link", asked, home, self.service.form, self.base_url)
        inviting.send_again(self.store, again, at(days=2), new_link, by=MANAGER)
        invitation = self.store[InvitationRecord].get(coded)
        self.answer(asked, form_id, at(hours=2), channel="link", invitation=invitation, send=False)
        send_code(self.store, coded, self.hasher, at(minutes=9), code_writer(asked, home, self.service.form))
        assert try_code(self.store, coded, "no digits", self.hasher, at(minutes=5)) == "wrong"

    def over_but_not_closed(self) -> None:
        """A round past its last day that the job has not closed yet."""
        closes_on = (MADE_AT - timedelta(days=1)).date()
        asked = self.open("ty-mor", ("child-views", "staff-views"), "Past its last day", at(days=9), closes_on)
        for number, child in enumerate(children_of(self.store, "ty-mor") * 3):
            self.answer(asked, "child-views", at(days=8, hours=number), child=child)
            self.answer(asked, "staff-views", at(days=7, hours=number))

    # --- alerts and comments ---

    def alerts_handled(self) -> None:
        """Alerts in every state, closed for every reason."""
        urgent = [
            alert
            for alert in self.store[AlertRecord].find("round_id", self.asked.id)
            if alert.rule == "child_not_safe" and day_of(alert) == (MADE_AT - timedelta(days=2)).date()
        ]
        taken, noted, acted, known, mistake, duplicate, resolved = urgent[:7]
        moment = at(minutes=45)
        for alert in (taken, noted, acted):
            look(self.store, alert, self.service.form, self.account(LEAD), moment)
            handling.acknowledge(self.store, alert.id, LEAD, moment)
        note = Disclosure("", "", "", moment, LEAD, AWKWARD[3], "Kit, the child’s “keyworker”")
        handling.record(self.store, noted.id, LEAD, note, moment)
        done = replace(note, done="Rang the designated officer – 14:05", told="Dr Å, 日本")
        handling.record(self.store, acted.id, LEAD, done, moment)
        handling.close(self.store, acted.id, "acted", LEAD, at(minutes=30))
        handling.close(self.store, known.id, "already_known", LEAD, at(minutes=29))
        handling.close(self.store, mistake.id, "mistake", "demonstration-deputy", at(minutes=28))
        handling.reopen(self.store, mistake.id, "demonstration-deputy", at(minutes=27))
        handling.close(self.store, duplicate.id, "duplicate", LEAD, at(minutes=26))
        assert handling.resolve(self.store, resolved.id, "to_help", LEAD, at(minutes=25)) is not None

    def comments_read(self) -> None:
        """Comments read by the manager and by the lead, with themes of a framework and in own words."""
        home = self.home(LARCH)
        for account_id, words, share in ((LEAD, "Bedtime – “nos da” 🌙", 2), (MANAGER, "Food 日本", 3)):
            account = self.account(account_id)
            giver = themes.Giver(account, home, editions({home.kind})[0], self.service.form, self.hasher)
            found = giver.may_read(self.store)
            ids = [comment.id for comment in found.comments]
            theme = themes.offered(self.store, giver, found.comments)[share]
            waiting = [comment.id for comment in found.waiting][:5]
            comments.read(self.store, home, waiting, account, self.service.form, self.hasher, at(minutes=24))
            themes.give(self.store, giver, ids[::share], theme.id, at(minutes=23))
            themes.give_own(self.store, giver, ids[: 4 * share : share], words, at(minutes=22))

    # --- accounts and tablets ---

    def accounts(self) -> None:
        """Accounts in every state, sessions with and without a second factor, links, failed tries."""
        passwords, digest = self.service.passwords, self.hasher.new
        manager, staff = [Grant("registered_manager", "ty-mor")], [Grant("staff", "ty-mor")]
        new = managing.invite_account(
            self.store, "Noor", "noor@example.org", manager, at(hours=1), self.base_url, ADMINISTRATOR
        )
        managing.rename(self.store, new.id, "Noor al-Ḥasan نور", at(minutes=59), by=ADMINISTRATOR)
        gone = managing.invite_account(
            self.store, "Gone", "gone@example.org", staff, at(hours=1), self.base_url, ADMINISTRATOR
        )
        managing.close_account(self.store, gone.id, at(minutes=50), by=ADMINISTRATOR)
        door = Door(passwords, digest, Place("192.0.2.7"), at(minutes=20), BROWSER)
        forgotten(self.store, door, "visitor@example.org", self.base_url)
        for email in ("manager@example.org", "administrator@example.org"):
            enter(self.store, door, check_password(self.store, door, email, PASSWORD))
        session = next(self.store[AccountSession].find("account_id", ADMINISTRATOR))
        totp = new_totp_secret()
        code = pyotp.TOTP(totp).at(at(minutes=19))
        account = self.account(ADMINISTRATOR)
        assert set_second_factor(self.store, session, account, totp, code, at(minutes=19)) is not None
        for _ in range(6):
            with suppress(Refused, TooSoon):
                check_password(self.store, door, "lead@example.org", "not this one")

    def tablets(self) -> None:
        """A tablet in use, one that was removed, a code that waits, a PIN."""
        name = "Küche 🍽 tablet"
        enrolling.set_pin(self.store, self.service.passwords, LARCH, "739104", MANAGER, at(hours=2))
        code = enrolling.make_code(self.store, LARCH, "Lost", MANAGER, at(hours=2))
        lost, _ = enrolling.enrol(self.store, code, at(minutes=119))
        enrolling.remove(self.store, lost.id, MANAGER, at(minutes=110))
        code = enrolling.make_code(self.store, LARCH, name, MANAGER, at(minutes=100))
        tablet, _ = enrolling.enrol(self.store, code, at(minutes=99))
        unlocking.unlock(self.store, tablet, self.asked.id, at(minutes=90))
        enrolling.make_code(self.store, LARCH, "Not yet enrolled", MANAGER, at(minutes=3))

    # --- erased people and exports ---

    def erased(self) -> None:
        """A named person who answered, and somebody on a contact list, are erased; their ids stay."""
        person = next(one for one in self.store[PersonRecord].find("home_id", LARCH) if one.kind == "parent")
        for email in (self.named[3].email, person.email):
            print(observe.run(self.app, "erase", email, "--yes"))
        self.erased_emails = [self.named[3].email, person.email]

    def exports_asked(self, closed: Round) -> None:
        account = self.account(MANAGER)
        ask_for(self.store, account, Wanted((closed.id,), "to_hand_on"), "csv", at(minutes=55))
        lost = ask_for(self.store, account, Wanted((closed.id,), "to_act_on"), "sav", at(minutes=54))
        has_failed(self.store, lost, "room", at(minutes=53))

    def exports_waiting(self, closed: Round) -> None:
        ask_for(self.store, self.account(MANAGER), Wanted((closed.id, self.asked.id)), "xlsx", at(minutes=2))

    def letters_leave(self) -> None:
        """Most letters have left, some of them not as they should: what they said is emptied then."""
        states: tuple[State, ...] = ("unsure", "bounced", "dropped", "leaving")
        with self.store.transaction() as books:
            old = [each for each in books[Letter].find("state", "waiting") if each.created_at < at(minutes=10)]
            for number, letter in enumerate(old):
                state = states[number] if number < len(states) else "sent"
                left = replace(letter, state=state, tries=1, tried_since=letter.created_at)
                if state != "leaving":
                    said = "" if state == "sent" else "451 4.7.1 Попробуйте позже"
                    left = replace(left, said=said, text="", html="", left_at=letter.created_at + timedelta(minutes=2))
                books[Letter].put(left)

    def afterwards(self) -> None:
        """What is written after the journal was compacted, so that it holds replaced and removed records too."""
        asked, moment = self.asked, at(minutes=1)
        draft = self.answer(asked, "child-views", at(minutes=6), send=False)
        responding.save_answers(self.store, draft, {"anything_else": AWKWARD[4]}, "en-x-easyread", moment)
        responding.withdraw(self.store, self.answer(asked, "child-views", at(minutes=6), send=False))
        [tablet] = self.store[Tablet].find("home_id", LARCH)
        enrolling.rename(self.store, tablet.id, "Küche 🍽 tablet, renamed")


def day_of(alert: Alert) -> date:
    return alert.raised_at.date()


def in_lines(value: Any, indent: str = "") -> str:
    """JSON with a line for each list or object that holds no other."""
    children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if not any(isinstance(each, dict | list) for each in children):
        return json.dumps(value, ensure_ascii=False)
    names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(children)
    lines = [f"{indent} {name}{in_lines(each, indent + ' ')}" for name, each in zip(names, children, strict=True)]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return "\n".join((start, ",\n".join(lines), indent + end))


def packed(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))


def dumped(maker: Maker, folder: Path) -> bytes:
    """What pg_dump writes of a copy in PostgreSQL: statements without the schema's making and without settings."""
    programs = binaries()
    assert programs is not None, "PostgreSQL is not installed"
    server = Postgres(programs)
    try:
        schema = server.new_schema()
        print(observe.run(maker.app, "store", "copy", f"tinydb:{folder / 'store'}", server.url(schema)))
        options = ("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=100", "-n", schema)
        said = server._run("pg_dump", "-h", str(server._folder), "-U", "sayso", *options, "postgres", data=False)
    finally:
        server.remove()
    lines = said.decode().replace(schema, SCHEMA).split("\n")
    left_out = ("SET ", "--", "\\", "CREATE SCHEMA", "SELECT pg_catalog.set_config")
    return "\n".join(line for line in lines if line and not line.startswith(left_out)).encode() + b"\n"


def main() -> None:
    """Make the store under its clock and keep every form of it, with what it says."""
    folder = Path(tempfile.mkdtemp())
    # a little before: what commands write now is not of the future when the store is opened
    with time_machine.travel(at(minutes=1), tick=True):
        maker = Maker(folder)
        maker.make()
        observe.run(maker.app, "store", "backup", str(folder / "only-to-compact"))
        maker.store.close()
        maker.start(KEYS)
        maker.afterwards()
        packed(HERE / "journal.gz", (folder / "store" / "journal").read_bytes())
        observe.run(maker.app, "store", "backup", str(folder / "backup"))
        packed(HERE / "backup.gz", (folder / "backup").read_bytes())
        packed(HERE / "postgres.sql.gz", dumped(maker, folder))
    with time_machine.travel(MADE_AT, tick=True):
        emails = [*maker.erased_emails, maker.named[0].email, "right@example.org", "noor@example.org"]
        tables = observe.tables(maker.app)
        expected: dict[str, Any] = {
            "tables": tables,
            # forms and letters are worded by the code
            "texts": observe.texts(maker.app, [name for name in tables if name not in ("forms", "letters")]),
            "people": {email: observe.kept_of(maker.app, email) for email in emails},
            "alerts": observe.alerts(maker.app),
            "rounds": {
                asked.id: observe.exported(maker.app, asked.id) for asked in list(maker.store[RoundRecord].all())
            },
        }
    assert all(expected["tables"].values()), expected["tables"]
    (HERE / "keys.json").write_text(json.dumps(KEYS, indent=1) + "\n")
    made = {"version": "0.1.0", "made_at": MADE_AT.isoformat(), "postgres_schema": SCHEMA}
    (HERE / "made.json").write_text(json.dumps(made, indent=1) + "\n")
    (HERE / "expected.json").write_text(in_lines(expected) + "\n", encoding="utf-8")
    maker.store.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
