"""How places in a form are called in sentences that authors read."""

import re

from service.definitions.editing.document import Address, Json, find, is_named_list

LONGEST_QUOTE = 70
_LANGUAGES = {"en": "English", "cy": "Welsh", "pl": "Polish", "ur": "Urdu", "pa": "Punjabi", "so": "Somali"}
_KINDS = {"pages": "page", "options": "option", "others": "option", "rows": "row", "alerts": "alert", "checks": "check"}
_FIELDS = {
    "label": "text",
    "hint": "hint",
    "title": "title",
    "visible_if": "condition",
    "when": "condition",
    "thank_you": "thank-you text",
    "required_message": "message for a missing answer",
    "decimal_places": "number of decimals",
    "media": "picture",
    "codes": "codes",
    "show_respondent": "help text",
    "notify": "people who are told",
    "escalate": "next steps",
    "min": "minimum",
    "max": "maximum",
    "min_length": "shortest length",
    "max_length": "longest length",
    "min_choices": "fewest choices",
    "max_choices": "most choices",
    "age_bands": "age groups",
    "detail": "follow-up question",
    "missing": "“not an answer” mark",
    "exclusive": "“only this one” mark",
    "required": "“must be answered” mark",
    "repeat": "number of rows",
    "raise_on": "moment of raising",
    "severity": "urgency",
    "readers": "people who can read answers",
    "settings": "kinds of home",
    "retention": "time that answers are kept",
    "responses_days": "days that answers are kept",
    "drafts_days": "days that unfinished answers are kept",
    "denominator": "number that response rates are taken of",
}


def quoted(text: object) -> str:
    """The text in quotation marks, on one line and not too long for a sentence."""
    line = " ".join(str(text).split())
    return f"“{line}”" if len(line) <= LONGEST_QUOTE else f"“{line[:LONGEST_QUOTE].rstrip()}…”"


def called(document: Json, address: Address) -> str:
    """What an item is called: “Do you feel safe?”, the page “Your home”."""
    if not address:
        return "the form"
    item = find(document, address)
    if len(address) == 2 and address[0] in ("computed", "choice_lists"):
        return f"the {'value' if address[0] == 'computed' else 'list'} {quoted(address[1])}"
    name = _own_words(item, address[-1])
    if address[-1] == "detail":
        return name
    if len(address) == 3 and address[0] == "choice_lists":
        return f"the option {name} of the list {quoted(address[1])}"
    kind = _KINDS.get(address[-2], "") if len(address) > 1 else ""
    if kind in ("option", "row"):
        return f"the {kind} {name} of {called(document, address[:-2])}"
    return f"the {kind} {name}" if kind else name


def item_of(document: Json, address: Address) -> Address:
    """The address of the question, option or page that a field belongs to; () for the form."""
    for end in range(len(address), 0, -1):
        is_map_entry = end == 2 and address[0] in ("computed", "choice_lists")
        is_detail = address[end - 1] == "detail" and not is_named_list(address[: end - 1])
        if is_map_entry or is_detail or is_named_list(address[: end - 1]):
            return address[:end]
    return ()


def field_called(document: Json, address: Address) -> str:
    """What a field is called: the hint of “Do you feel safe?”."""
    if address[:1] == ("translations",):
        languages = f"the {language_name(address[1])} translation" if len(address) > 1 else "the translations"
        return f"{languages} of {quoted(address[2])}" if len(address) > 2 else languages
    item = item_of(document, address)
    if item == address:
        return called(document, address)
    field = address[-1]
    if field in ("value", "message") and len(address) > len(item) + 1:
        field = f"{_FIELDS.get(address[-2], address[-2])} {field}"
    return f"the {_FIELDS.get(field, field.replace('_', ' '))} of {called(document, item)}"


def language_name(language: str) -> str:
    """Easy read, Welsh, or the code where we know no name."""
    base, _, rest = language.partition("-")
    name = _LANGUAGES.get(base, base)
    if rest == "x-easyread":
        return "easy read" if base == "en" else f"{name} easy read"
    return name if not rest else language


def slug(text: str, longest: int = 40) -> str:
    """A name of lower-case words from a text; "" where the text has no letters."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", text.lower()))
    while words and not words[0][0].isalpha():
        words.pop(0)
    name = ""
    for word in words:
        if name and len(name) + 1 + len(word) > longest:
            break
        name = f"{name}_{word}" if name else word[:longest]
    return name


def _own_words(item: Json, name: str) -> str:
    if isinstance(item, dict):
        for key in ("label", "title", "message"):
            if isinstance(item.get(key), str) and item[key].strip():
                return quoted(item[key])
    return quoted(name)
