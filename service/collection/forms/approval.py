"""Four eyes: what of a form no one may publish alone, and who can agree to it."""

from collections.abc import Collection, Iterator, Mapping, Set
from functools import cached_property

from service.accounts.account import Account
from service.accounts.roles import may
from service.collection.models.form_draft import FormDraft
from service.definitions.differences import Difference, differences
from service.definitions.editing import ABSENT, Address, Json, find, prepared
from service.definitions.editing.document import names_in, same
from service.definitions.editing.places import items, questions_of
from service.definitions.editing.pointers import names_used
from service.definitions.editing.words import called

FIRST_VERSION = "This form has not been published before."
_Key = tuple[str, ...]
_FORM_FIELDS = ("audience", "readers", "identity", "retention", "reporting", "sharing")
# What stands where a document says nothing, so that saying it is no change.
_DEFAULTS: Mapping[str, Json] = {
    "readers": [],
    "retention": {"responses_days": 365, "drafts_days": 14},
    "reporting": {"minimum_group_size": 5, "secondary_suppression": True},
}
_REPORTING: Mapping[str, Json] = {"verbatim": "managers_only", "include": True}


def protected_differences(document: Json, baseline: Json | None) -> tuple[Difference, ...]:
    """What a second person must agree to before this document is published; () for nothing.

    `baseline` is what was agreed last: the newest version of the form, or the published definition that it was copied
    from. Without one everything that is protected is new. Protected are audience, readers, identity, retention,
    reporting and sharing; every alert; and each question, option, condition and computed value that one depends on.
    """
    after, before = _Protected(prepared(document)), _Protected(prepared(baseline or {}))
    changed = {
        key for key in after.keys | before.keys if not same(before.value(key), after.value(key))
    } | after.reported_otherwise(before)
    told = [each for each in differences(before.document, after.document) if each.about[:2] in changed]
    untold = changed - {each.about[:2] for each in told}
    told += [Difference((), f"{_called(after, before, key)} changed.", "", key) for key in sorted(untold)]
    return (*([Difference((), FIRST_VERSION)] if baseline is None else []), *told)


def may_agree(account: Account, draft: FormDraft, asked_by: str) -> bool:
    """Whether the account can agree to what another asks to publish: a person who has no part in it."""
    return (
        account.is_open
        and account.id not in draft.contributors
        and account.id != asked_by
        and may(account, "approve_forms", draft.home_id)
    )


class _Protected:
    """A document and what of it is protected, by the keys that differences are about."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.questions = {str(question.get("id")): (address, question) for address, question in questions_of(document)}
        self.holders = {name: list(_holders(document, address)) for name, (address, _) in self.questions.items()}

    @cached_property
    def keys(self) -> Set[_Key]:
        """Form fields, alerts, and all that an alert depends on, however far away."""
        found: set[_Key] = {("form", field) for field in _FORM_FIELDS}
        alerts = list(items(self.document, ("alerts",)))
        found |= {("alert", address[-1]) for address, _ in alerts}
        waiting = [key for _, alert in alerts for key in self._named(alert.get("when"))]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += self._needed(key)
        return found

    def value(self, key: _Key) -> Json:
        """What is compared of it; ABSENT where the document has no such thing."""
        kind, name = key[0], key[-1]
        if kind == "form":
            return self._form_field(name)
        if kind == "question":
            return self._question(name)
        if kind == "page":
            page = find(self.document, ("pages", name))
            return page.get("visible_if") if isinstance(page, dict) else None
        if kind == "computed":
            return find(self.document, ("computed", name))
        if kind == "list":
            options = find(self.document, ("choice_lists", name))
            return ABSENT if options is ABSENT else [_bare(options), self._translations("choice_lists", name)]
        alert = find(self.document, ("alerts", name))
        return ABSENT if alert is ABSENT else [alert, self._translations("alerts", name)]

    def reported_otherwise(self, before: "_Protected") -> set[_Key]:
        """The questions whose answers may appear elsewhere than before in what leaves the home."""
        return {
            ("question", name)
            for name, (_, question) in self.questions.items()
            if not same(_reporting(question), _reporting(before.questions.get(name, ((), {}))[1]))
        }

    def called(self, key: _Key) -> str:
        """What a protected thing is called; "" where it does not stand here."""
        address = self.questions[key[1]][0] if key[0] == "question" and key[1] in self.questions else ()
        roots = {"page": "pages", "computed": "computed", "list": "choice_lists", "alert": "alerts"}
        if key[0] in roots and find(self.document, (roots[key[0]], key[1])) is not ABSENT:
            address = (roots[key[0]], key[1])
        return called(self.document, address) if address else ""

    def _needed(self, key: _Key) -> Iterator[_Key]:
        if key[0] == "computed":
            yield from self._named(find(self.document, ("computed", key[1])))
        elif key[0] == "page":
            yield from self._named(self.value(key))
        elif key[0] == "question" and key[1] in self.questions:
            _, question = self.questions[key[1]]
            yield from self._named([question.get("visible_if"), question.get("validation")])
            yield from (holder for holder in self.holders[key[1]] if holder[0] != "option")
            if isinstance(question.get("options"), str):
                yield ("list", question["options"])

    def _named(self, tree: Json) -> Iterator[_Key]:
        for name in names_used(tree):
            start, _, rest = name.partition(".")
            if start == "computed":
                yield ("computed", rest)
            elif start in self.questions:
                yield ("question", start)

    def _question(self, name: str) -> Json:
        if name not in self.questions:
            return ABSENT
        _, question = self.questions[name]
        held = ("questions", "codes", "reporting")
        own = {
            key: value
            for key, value in question.items()
            if key not in held and value is not None and (value is not False or key == "visible_if")
        }
        if isinstance(own.get("options"), list):
            own["options"] = _bare(own["options"])
        hiding = [key for key in self.holders[name] if key[0] != "page" or self.value(key) is not None]
        return [own, hiding, self._translations("questions", name)]

    def _form_field(self, name: str) -> Json:
        default = _DEFAULTS.get(name)
        value = self.document.get(name)
        if isinstance(default, dict):
            return {**default, **value} if isinstance(value, dict) else value or default
        value = default if value is None else value
        return sorted(map(str, value)) if isinstance(value, list) else value

    def _translations(self, start: str, name: str) -> Json:
        found = {}
        for language in names_in(self.document.get("translations"), ("translations",)):
            texts = self.document["translations"][language]
            for path, text in texts.items() if isinstance(texts, dict) else ():
                if path.startswith(f"{start}.{name}."):
                    found[f"{language} {path}"] = text
        return found


def _holders(document: Json, address: Address) -> Iterator[_Key]:
    """The page, the groups, the questions and the options that a question stands in, the outermost first."""
    owner = ""
    for end in range(2, len(address)):
        here = address[:end]
        holder = find(document, here)
        if end == 2 and here[0] == "pages":
            yield ("page", here[1])
        elif end == 2 and here[0] == "choice_lists":
            owner = here[1]
            yield ("list", owner)
            for name, question in ((str(each.get("id")), each) for _, each in questions_of(document)):
                if question.get("options") == owner:
                    yield ("question", name)
        elif isinstance(holder, dict) and isinstance(holder.get("id"), str) and "type" in holder:
            owner = holder["id"]
            yield ("question", owner)
        if address[end] == "detail" and isinstance(holder, dict) and "value" in holder:  # which answer leads to it
            yield ("option", owner, here[-1])


def _bare(options: Json) -> Json:
    """The options without the questions under them."""
    if not isinstance(options, list):
        return options
    return [{k: v for k, v in each.items() if k != "detail"} if isinstance(each, dict) else each for each in options]


def _reporting(question: Mapping[str, Json]) -> Json:
    reporting = question.get("reporting")
    return {**_REPORTING, **reporting} if isinstance(reporting, dict) else dict(_REPORTING)


def _called(after: _Protected, before: _Protected, key: Collection[str]) -> str:
    name = after.called(tuple(key)) or before.called(tuple(key)) or "the form"
    return f"{name[:1].upper()}{name[1:]}"
