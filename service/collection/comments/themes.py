"""What comments are about: themes that their readers give them and take away, from a short list that is data."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from secrets import token_hex

from service.accounts.account import Account
from service.audit import CommentsThemed, remember
from service.collection.comments.queries import Comment, Forms, ReadableComments, comments_at
from service.collection.models.errors import NotPossible
from service.collection.models.hashing import Hasher
from service.collection.models.home import Home
from service.collection.models.response import Tombstone
from service.collection.models.theme import OwnTheme, Theming
from service.frameworks import Framework, load_frameworks
from service.repository import Records, Store, Transaction, read, readable

LONGEST = 40
MOST_OWN = 40  # on one person's list: nobody would find anything in a longer one
_OWN = "own/"


@dataclass(frozen=True)
class Theme:
    """A theme as people see it. `group` is what it stands under in the list, `place` where; `meaning` says more."""

    id: str
    words: str
    group: str
    meaning: str = ""
    place: tuple[int, str] = (0, "")

    @property
    def own(self) -> bool:
        """Whether it is in the home's own words."""
        return self.id.startswith(_OWN)


@dataclass(frozen=True)
class Giver:
    """Somebody who reads comments at a home, the framework it is inspected by, and what is needed to find them."""

    account: Account
    home: Home
    framework: Framework
    forms: Forms
    hasher: Hasher
    today: date

    def may_read(self, records: Records) -> ReadableComments:
        """The comments that they may read, and so give themes to."""
        return comments_at(records, self.home, self.account, self.forms, self.hasher, self.today)


def offered(records: Records, giver: Giver, comments: Iterable[Comment]) -> list[Theme]:
    """The list to choose from: the framework's descriptors, and of the home's own themes those that they may know."""
    own = _own(records, [giver.home.id])
    seen = {theme for comment in comments for theme in comment.themes}
    known = [one.id for one in own.values() if giver.account.id in one.known_to or one.id in seen]
    codes = [_id(giver.framework, code) for code in giver.framework.descriptors]
    return in_order(_theme(theme_id, own) for theme_id in [*codes, *known])


def in_order(themes: Iterable[Theme | None]) -> list[Theme]:
    """Themes as they stand in the list; one that is gone is left out."""
    return sorted((theme for theme in themes if theme is not None), key=lambda theme: theme.place)


def themes_at(records: Records, home_ids: Iterable[str]) -> dict[str, tuple[Theme, ...]]:
    """The themes of every comment of these homes that has any, by what the comment is kept under."""
    homes = list(home_ids)
    own = _own(records, homes)
    return {
        theming.id: tuple(in_order(_theme(each, own) for each in theming.themes))
        for home_id in homes
        for theming in records[Theming].find("home_id", home_id)
    }


def give(
    store: Store, giver: Giver, ids: Collection[str], theme_id: str, now: datetime, *, away: bool = False
) -> tuple[Theme, tuple[str, ...]]:
    """Give these comments a theme, or take it away; says which of them that has changed.

    Comments that the giver may not read are passed over. Raises NotPossible for a theme that they do not know.
    """
    with store.transaction() as tx:
        comments = giver.may_read(tx).comments
        own = _own(tx, [giver.home.id])
        on_them = (_theme(each, own) for comment in comments for each in comment.themes)
        known = {theme.id: theme for theme in in_order([*offered(tx, giver, comments), *on_them])}
        if theme_id not in known:
            raise NotPossible("This theme is not on the list any more. Choose another.")
        return known[theme_id], _change(tx, giver, comments, ids, theme_id, now, given=not away)


def give_own(
    store: Store, giver: Giver, ids: Collection[str], words: str, now: datetime
) -> tuple[Theme, tuple[str, ...]]:
    """Put a theme in the home's own words on the list, and give it to these comments; says which did not have it.

    Words that are on the list already, its framework's among them, stand for what they say there.
    Raises NotPossible for words that make no theme, and for whoever reads no comments here.
    """
    words = " ".join(words.split())
    if not words or len(words) > LONGEST or ";" in words or not words.isprintable():
        raise NotPossible(f"A theme is a few words: {LONGEST} characters at most, and no semicolon.")
    with store.transaction() as tx:
        found = giver.may_read(tx)
        if not (found.reader or found.others):
            raise NotPossible("Only those who read comments here give them themes.")
        listed = offered(tx, giver, found.comments)
        theme = next((one for one in listed if one.words.casefold() == words.casefold()), None)
        if theme is None:
            if sum(one.own for one in listed) >= MOST_OWN:
                raise NotPossible("The list is long enough. Take a theme off it that no comment has.")
            theme = _as_theme(_typed(tx, giver, words))
        return theme, _change(tx, giver, found.comments, ids, theme.id, now, given=True)


def take_off(store: Store, giver: Giver, theme_id: str) -> Theme | None:
    """Offer somebody a theme no longer that stands on no comment that they may read; gives it where there was one.

    Where nobody else knows it and no comment has it, it is gone. Raises NotPossible where such a comment has it.
    """
    with store.transaction() as tx:
        own = tx[OwnTheme].get(theme_id)
        if own is None or own.home_id != giver.home.id or giver.account.id not in own.known_to:
            return None
        if any(theme_id in comment.themes for comment in giver.may_read(tx).comments):
            raise NotPossible("A comment has this theme. Take it away there first.")
        left = replace(own, known_to=tuple(one for one in own.known_to if one != giver.account.id))
        if left.known_to or _is_given(tx, left):
            tx[OwnTheme].put(left)
        else:
            tx[OwnTheme].remove(theme_id)
        return _as_theme(own)


def forget_themes(tx: Transaction, response_id: str) -> None:
    """Let go of the themes of a response's comments, and of own words that stood on nothing else."""
    themings = readable(tx[Theming].find("response_id", response_id))
    for theming_id in (*(theming.id for theming in themings.records), *themings.unreadable):
        tx[Theming].remove(theming_id)
    for theming in themings.records:
        for theme_id in theming.themes:
            own = read(tx[OwnTheme], theme_id)
            if own is not None and not _is_given(tx, own):
                tx[OwnTheme].remove(own.id)
                tx[Tombstone].put(Tombstone(own.id))  # an older backup does not bring the words back


def _change(
    tx: Transaction,
    giver: Giver,
    comments: Sequence[Comment],
    ids: Collection[str],
    theme_id: str,
    now: datetime,
    *,
    given: bool,
) -> tuple[str, ...]:
    changed = [one for one in comments if one.id in ids and (theme_id in one.themes) is not given]
    for comment in changed:
        kept = (*comment.themes, theme_id) if given else tuple(one for one in comment.themes if one != theme_id)
        if kept:
            tx[Theming].put(Theming(comment.key, giver.home.id, comment.response_id, kept))
        else:
            tx[Theming].remove(comment.key)
    own = tx[OwnTheme].get(theme_id)
    # whoever takes one away has read its words, and may put it back
    if own is not None and changed and giver.account.id not in own.known_to:
        tx[OwnTheme].put(replace(own, known_to=(*own.known_to, giver.account.id)))
    for round_id, form_id in dict.fromkeys((comment.round.id, comment.form_id) for comment in changed):
        remember(tx, CommentsThemed(round_id, form_id, given), giver.account.id, now, giver.home.id)
    return tuple(comment.id for comment in changed)


def _typed(tx: Transaction, giver: Giver, words: str) -> OwnTheme:
    """The home's own theme of these words, which may be there already: then nothing tells that it was."""
    found = (one for one in tx[OwnTheme].find("home_id", giver.home.id) if one.words == words)
    own = next(found, None) or OwnTheme(f"{_OWN}{token_hex(8)}", giver.home.id, words)
    own = replace(own, known_to=(*own.known_to, giver.account.id))
    tx[OwnTheme].put(own)
    return own


def _is_given(records: Records, own: OwnTheme) -> bool:
    given = readable(records[Theming].find("home_id", own.home_id))
    return bool(given.unreadable) or any(own.id in theming.themes for theming in given.records)


def _own(records: Records, home_ids: Iterable[str]) -> dict[str, OwnTheme]:
    return {own.id: own for home_id in home_ids for own in records[OwnTheme].find("home_id", home_id)}


def _theme(theme_id: str, own: Mapping[str, OwnTheme]) -> Theme | None:
    if theme_id.startswith(_OWN):
        return _as_theme(own[theme_id]) if theme_id in own else None
    system, _, code = theme_id.rpartition("/")
    framework = load_frameworks().get(system)
    entry = framework.descriptors.get(code) if framework is not None else None
    if framework is None or entry is None:
        return None
    older = _is_older(framework)
    words = f"{entry.title} ({framework.edition})" if older else entry.title
    place = list(framework.descriptors).index(code)
    group = next(each.title for each in framework.groups if each.id == entry.group)
    return Theme(theme_id, words, group, entry.text, (100 * older + place, ""))


def _as_theme(own: OwnTheme) -> Theme:
    return Theme(own.id, own.words, "In our own words", place=(1000, own.words.casefold()))


def _id(framework: Framework, code: str) -> str:
    return f"{framework.system}/{code}"


def _is_older(framework: Framework) -> bool:
    """Whether there is a newer edition, so that its themes say which they are of."""
    family = framework.system.rpartition("/")[0]
    editions = [one.edition or "" for one in load_frameworks().values() if one.system.rpartition("/")[0] == family]
    return (framework.edition or "") < max(editions)
