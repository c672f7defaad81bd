"""How people write down who is on a contact list: the words for columns and kinds, and what an entry may look like."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import pairwise

from service.collection.models.person import PersonKind

LONGEST: Mapping[str, int] = {"name": 120, "email": 254, "organisation": 160, "phone": 40, "label": 120}

# How a kind of person is called in lists and on pages, one and many.
KIND_WORDS: Mapping[PersonKind, tuple[str, str]] = {
    "social_worker": ("social worker", "Social workers"),
    "iro": ("IRO", "Independent reviewing officers (IROs)"),
    "school": ("school", "Schools"),
    "health": ("health", "Health"),
    "police": ("police", "Police"),
    "advocate": ("advocate", "Advocates"),
    "independent_visitor": ("independent visitor", "Independent visitors"),
    "placing_authority": ("placing authority", "Placing authorities"),
    "parent": ("parent", "Parents"),
    "foster_carer": ("foster carer", "Foster carers"),
    "staff": ("staff", "Staff"),
    "professional": ("other professional", "Other professionals"),
}

_ALSO_CALLED: Mapping[PersonKind, str] = {
    "social_worker": "social worker, sw, placing social worker, allocated social worker, childs social worker, "
    "lasw, senior social worker, student social worker, supervising social worker",
    "iro": "iro, independent reviewing officer, reviewing officer",
    "school": "school, teacher, education, college, head teacher, headteacher, designated teacher, class teacher, "
    "virtual school, virtual school head, tutor, senco, nursery",
    "health": "health, nurse, doctor, gp, looked after nurse, lac nurse, cla nurse, camhs, therapist, psychologist, "
    "health visitor, dentist, paediatrician",
    "police": "police, police officer, pcso, missing person officer",
    "advocate": "advocate, independent advocate",
    "independent_visitor": "independent visitor, iv",
    "placing_authority": "placing authority, local authority, la, council, commissioner, commissioning, "
    "commissioning officer, placing la, placing local authority, placements team, team manager",
    "parent": "parent, mother, father, mum, mom, dad, parents, birth parent, birth mother, birth father, guardian, "
    "grandparent, grandmother, grandfather, family, relative, parent or carer, step parent",
    "foster_carer": "foster carer, carer, foster parent, foster mother, foster father, fc",
    "staff": "staff, staff member, member of staff, care worker, support worker, residential worker, key worker, "
    "residential support worker, deputy manager, team leader, employee, worker, rsw",
    "professional": "other professional, professional, other, youth worker, youth justice worker, yot worker, "
    "independent person, volunteer",
}
_KINDS: Mapping[str, PersonKind] = {
    word.strip(): kind for kind, words in _ALSO_CALLED.items() for word in words.split(",")
} | {kind.replace("_", " "): kind for kind in KIND_WORDS}

_COLUMNS: Mapping[str, str] = {
    "kind": "kind, role, type, relationship, who they are, kind of person, type of person, type of contact, "
    "contact type, job, job title, job role, profession, capacity, position, relationship to child",
    "name": "name, full name, contact, contact name, person, name of person, who",
    "first": "first name, forename, given name, first names, forenames",
    "last": "last name, surname, family name",
    "email": "email, e mail, email address, e mail address, mail, mail address, work email, contact email",
    "organisation": "organisation, organization, org, local authority, la, authority, placing authority, agency, "
    "company, employer, team, organisation name, school name, where they work",
    "phone": "phone, telephone, tel, mobile, phone number, telephone number, mobile number, mobile phone, "
    "contact number, tel no, phone no, telephone no, mobile no",
    "label": "label, label for letters, label in letters, review, what to call the review, what to call it, "
    "what letters say, what the letter says, what letters call it, reference in letters",
}
_FIELDS: Mapping[str, str] = {
    re.sub(r"\W", "", word): field for field, words in _COLUMNS.items() for word in words.split(",")
}

_MAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")
_SOME_MAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+")

# Words that stand in labels with a capital letter and are nobody's name.
_ORDINARY = (
    "the your our this a an and of for on in at to from review reviews meeting visit child children young person "
    "people placement stay care home house lodge plan annual first second third fourth fifth last next final initial "
    "statutory lac cla iro pep ehcp reg regulation report conference contact school term spring summer autumn winter "
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
_NO_NAMES = frozenset(_ORDINARY.split())


def tidied(text: str) -> str:
    """One line, without what cannot be seen: what stands here goes into letters and their headers."""
    seen = "".join(" " if character.isspace() else character for character in unicodedata.normalize("NFC", text))
    return " ".join("".join(one for one in seen if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co")).split())


def field_called(header: str) -> str | None:
    """Which field a column of this header holds; None for one that is not read."""
    told = re.sub(r"\([^()]*\)", "", header.casefold())  # "E-mail (work)"
    return _FIELDS.get(re.sub(r"[\W_]", "", told))


def kind_called(text: str) -> PersonKind | None:
    """Which kind of person these words mean."""
    return _KINDS.get(_plain(text))


def kind_like(text: str) -> str:
    """A word for a kind that looks like this one, for who mistyped it; empty where none does."""
    return next(iter(get_close_matches(_plain(text), _KINDS, 1, 0.75)), "")


def is_email(text: str) -> bool:
    """Whether a letter could be sent to this address."""
    local, at, host = text.rpartition("@")
    return (
        bool(at and _MAIL.fullmatch(local) and _HOST.fullmatch(host))
        and len(local) <= 64
        and len(text) <= LONGEST["email"]
    )


def email_in(text: str) -> str:
    """The address as it is kept, taken out of what mail programs put around it ("Sam Lee <sam@example.org>")."""
    text = text.removeprefix("mailto:")
    inside = re.fullmatch(r"[^<>]*<([^<>]+)>", text)
    return (inside[1] if inside else text).strip().lower()


def addresses_in(text: str) -> int:
    """How many e-mail addresses stand in a text."""
    return len(_SOME_MAIL.findall(text))


def phone_in(text: str) -> str:
    """The number as typed; with the 0 at its front that a spreadsheet takes for nothing."""
    return f"0{text}" if re.fullmatch(r"[1-9]\d{9}", text) else text


def like_a_phone(text: str) -> bool:
    """Whether one could ring this."""
    return bool(re.fullmatch(r"[+\d][\d\s().\-/]*(\s*(ext|x)\.?\s*\d+)?", text, re.IGNORECASE)) and (
        3 <= sum(one.isdigit() for one in text) <= 20
    )


def looks_like_a_name(label: str) -> bool:
    """Whether what letters are to call the child may be the child's name: two names side by side, or a lone one."""
    words = [re.sub(r"[’']s$", "", word.strip(".,;:()[]\"'’")) for word in label.split()]
    named = [bool(re.fullmatch(r"[^\W\d_][\w'’-]*", word)) and word[0].isupper() for word in words]
    likely = [is_word and word.casefold() not in _NO_NAMES for is_word, word in zip(named, words, strict=True)]
    if len(words) == 1:
        return likely[0] and len(words[0]) > 1
    # "Child A" is no name; "Jamie S" and "Jamie’s review" may be
    pairs = any(one and two for one, two in pairwise(likely))
    owned = any(
        is_likely and re.search(r"[’']s\b", whole) for is_likely, whole in zip(likely, label.split(), strict=True)
    )
    return pairs or owned


def doubtful(labels: Iterable[str]) -> list[str]:
    """The labels that look like a name, each once: a person confirms each before an email says it."""
    return list(dict.fromkeys(label for label in labels if label and looks_like_a_name(label)))


def unconfirmed(labels: Iterable[str], confirmed: Iterable[str]) -> str:
    """Why these labels cannot be used yet, as a sentence; empty where they can."""
    return CONFIRM if set(doubtful(labels)) - {*confirmed} else ""


CONFIRM = "Confirm that this is not a child’s name, or write something else."


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]", " ", re.sub(r"[’']s\b", "s", text.casefold())).split())
