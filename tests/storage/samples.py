"""Records to keep, and where a store is told to be."""

from dataclasses import replace
from datetime import UTC, date, datetime

from service.accounts.account import Account, AccountLink, AccountSession, Attempts, Grant
from service.audit import Entry, JobRun
from service.collection.models.alert import Alert, Disclosure, Escalating, Step
from service.collection.models.comment_read import CommentRead
from service.collection.models.export import Export, Wanted
from service.collection.models.figures import KeptTally, RoundFigures
from service.collection.models.form_draft import DraftAuthor, DraftMove, FormDraft, Review
from service.collection.models.help_lines import HelpLine, HelpLines
from service.collection.models.home import Child, ChildName, Contact, Home
from service.collection.models.invitation import Invitation, Link, Passcode
from service.collection.models.person import Person
from service.collection.models.picture_decision import PictureDecision
from service.collection.models.published_form import FormRef, FormState, PublishedForm
from service.collection.models.response import Ledger, Receipt, Response, Tombstone
from service.collection.models.round import Expected, PlannedRound, Round
from service.collection.models.tablet import Enrolment, Pin, Tablet, Unlocking
from service.collection.models.theme import OwnTheme, Theming
from service.mail.email import Email

MORNING = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)

HOME = Home("oak-house", "Oak House", "childrens_home", contacts=(Contact("Ama", "Knock on the office door"),))
HELP_LINES = HelpLines((HelpLine("Childline", "0800 1111", "Free.", "children"),), date(2026, 11, 22))
FORM = PublishedForm("f1", "child-views", 3, {"pages": [{"id": "p", "n": 1.5, "none": None, "yes": True}]})
FORM_STATE = FormState("child-views", 3, "f1", MORNING, ("the file cannot be read",), True, "oak-house")
FORM_DRAFT = FormDraft(
    "our-views",
    "oak-house",
    {"title": "Zoë’s views", "pages": [{"id": "p", "none": None, "n": 1.5}], "alerts": []},
    "a1",
    MORNING,
    FormRef("child-views", 3, "f1"),
    newest=7,
    oldest=2,
    since=5,
    authors=(DraftAuthor("a1", (6, 7), (3,)),),
    contributors=("a1", "a2"),
    review=Review("a1", MORNING, 7, "a3", "The manager must read it."),
    translated_from={"cy title": "Views"},
)
DRAFT_MOVE = DraftMove("our-views:000007", "our-views", 7, "a1", MORNING, {"sentence": "Changed", "patches": []}, 6)
ROUND = Round(
    "round-1", "oak-house", "Autumn", "reg-45", (FormRef("child-views", 3, "f1"),), MORNING, date(2026, 12, 24)
)
INVITATION = Invitation(
    "i1", "round-1", "child-views", MORNING, date(2026, 12, 24), name="Zoë", email="zoe@example.org", label="12 Nov"
)
RESPONSE = Response(
    "r1",
    "round-1",
    "child-views",
    3,
    "f1",
    "en",
    "tablet",
    MORNING,
    MORNING,
    answers={"age": 12, "share": 0.1, "why": "Because – 😀\u2028\n\ttab", "rows": [{"a": None}], "none": []},
)
RECEIPT = Receipt("k1", "round-1", "c1", date(2026, 12, 1))
TOMBSTONE = Tombstone("gone")
LEDGER = Ledger("round-1:child-views", "round-1", "child-views", started=3)

CHILD = Child("c1", "oak-house", 3, "kite", "older", "en-x-easyread")
CHILD_NAME = ChildName("name:c1", "c1", "oak-house", "a1", MORNING, "Jayden S.")
PERSON = Person("p1", "oak-house", "iro", "Sam", "sam@example.org", "Northshire", "01632 960001", "the review")
PLANNED = PlannedRound(
    "round-2",
    "oak-house",
    "reg-45",
    "Spring",
    "Reg 45",
    ("child-views",),
    date(2027, 3, 1),
    date(2027, 3, 29),
    (3, 8),
    ("p1",),
    (Expected("child-views", 4),),
)
FIGURES = RoundFigures(
    "round-1:child-views",
    "round-1",
    "child-views",
    MORNING,
    7,
    tallies=(KeptTally("safe", "", {"asked": 7, "counts": {"yes": "[c]"}}, {"“Yes”": "FEW_CHOSE"}),),
    by_person=True,
)
EXPORT = Export(
    "e1", "a1", Wanted(("round-1", "round-2"), "to_hand_on"), "xlsx", MORNING, MORNING, made_for=("safeguarding_lead",)
)
LINK = Link("h1", "i1", "round-1", MORNING)
PASSCODE = Passcode("i1", "round-1", "d1", MORNING, MORNING)
LETTER = Email(
    "l1", "invitation", "sam@example.org", "Your views", "Hello", "<p>Hello</p>", MORNING, MORNING, "round-1"
)
ENTRY = Entry("20261122T093015-1", MORNING, "signed_in", "a1", "oak-house", {"second_factor": True})
ACCOUNT = Account("a1", "Ro", "ro@example.org", MORNING, (Grant("safeguarding_lead", "oak-house", deputy=True),))
ACCOUNT_SESSION = AccountSession("s1", "a1", MORNING, MORNING, MORNING, MORNING)
ACCOUNT_LINK = AccountLink("t1", "a1", "set_up", MORNING)
ATTEMPTS = Attempts("n1", 3, MORNING)
JOB_RUN = JobRun("letters", MORNING, MORNING, said="3 sent")

ALERT = Alert(
    "a1",
    "oak-house",
    "round-1",
    "child-views",
    "answer",
    "urgent",
    MORNING,
    MORNING,
    ("safeguarding_lead",),
    steps=(Step(MORNING, "raised"), Step(MORNING, "told", "jobs", ("safeguarding_lead",))),
    escalations=(Escalating(MORNING, ("responsible_individual",)),),
)
PICTURE_DECISION = PictureDecision("pd1", "round-1", "child-views", "c1", 2, "Two sisters share it.", MORNING, "a1")
DISCLOSURE = Disclosure("d1", "a1", "oak-house", MORNING, "a1", "What was said", "Who was there", "What was done")
READING = CommentRead("r1:why", "oak-house", "r1", MORNING, "a1", by_lead=True)
THEMING = Theming("r1:why", "oak-house", "r1", ("sccif-childrens-home/2026/C1", "own/1"))
OWN_THEME = OwnTheme("own/1", "oak-house", "Bedtime", ("a1",))
TABLET = Tablet("t1", "oak-house", "The kitchen tablet", MORNING, "a1")
ENROLMENT = Enrolment("e1", "oak-house", "The kitchen tablet", "a1", MORNING)
PIN = Pin("oak-house", "slow hash", MORNING, "a1")
UNLOCKING = Unlocking("u1", "t1", "oak-house", "round-1", MORNING, MORNING)

EVERY_KIND = {
    "homes": HOME,
    "help_lines": HELP_LINES,
    "forms": FORM,
    "form_states": FORM_STATE,
    "form_drafts": FORM_DRAFT,
    "draft_moves": DRAFT_MOVE,
    "rounds": ROUND,
    "invitations": INVITATION,
    "responses": RESPONSE,
    "picture_decisions": PICTURE_DECISION,
    "receipts": RECEIPT,
    "tombstones": TOMBSTONE,
    "ledgers": LEDGER,
    "figures": FIGURES,
    "exports": EXPORT,
    "children": CHILD,
    "child_names": CHILD_NAME,
    "people": PERSON,
    "planned_rounds": PLANNED,
    "links": LINK,
    "passcodes": PASSCODE,
    "letters": LETTER,
    "audit": ENTRY,
    "alerts": ALERT,
    "disclosures": DISCLOSURE,
    "readings": READING,
    "themings": THEMING,
    "own_themes": OWN_THEME,
    "tablets": TABLET,
    "enrolments": ENROLMENT,
    "pins": PIN,
    "unlockings": UNLOCKING,
    "accounts": ACCOUNT,
    "account_sessions": ACCOUNT_SESSION,
    "account_links": ACCOUNT_LINK,
    "attempts": ATTEMPTS,
    "job_runs": JOB_RUN,
}


def response(record_id: str, round_id: str = "round-1", **changes: object) -> Response:
    return replace(RESPONSE, id=record_id, round_id=round_id, **changes)  # type: ignore[arg-type]
