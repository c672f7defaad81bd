"""The page on which comments are read and given themes, one after the other, without who wrote them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.analysis.voices import ORDER, editions
from service.collection.comments.queries import Comment, ReadableComments, read, shown_to
from service.collection.comments.themes import LONGEST, Giver, Theme, give, give_own, offered, take_off, themes_at
from service.collection.models.errors import NotPossible
from service.dates import day_at, in_words, now
from service.reports.labels import AUDIENCES, count_of, with_home
from service.state import app_state
from service.web.http.access import current, current_home, may

ON_A_PAGE = 30
NO_THEME = "none"
SHOWN = {"waiting": "Not read yet", "read": "Read", "all": "All"}


@dataclass(frozen=True)
class Chosen:
    """Which of the comments are listed: as the addresses of the page and of what is done on it say."""

    show: str
    who: str = ""
    theme: str = ""

    def has(self, comment: Comment) -> bool:
        """Whether the comment is among them."""
        return (
            (self.show == "all" or comment.read is (self.show == "read"))
            and self.who in ("", comment.audience)
            and (not self.theme or self.theme in (comment.themes or (NO_THEME,)))
        )


@dataclass(frozen=True)
class Done:
    """What was just done, to be undone: a theme was given to comments, or taken away."""

    theme: Theme
    ids: tuple[str, ...]
    given: bool
    listed: bool = False

    @property
    def said(self) -> str:
        """The same as a sentence."""
        comments = count_of(len(self.ids), "comment")
        if self.ids:
            return f"“{self.theme.words}” was {'given to' if self.given else 'taken away from'} {comments}."
        if self.listed:
            return f"“{self.theme.words}” is on the list from now on."
        return f"Nothing has changed: those have “{self.theme.words}” {'already' if self.given else 'no more'}."


@may("read_comments")
def waiting(home_id: str) -> ResponseReturnValue:
    """What waits to be read, or whatever else is asked for. That it was shown is remembered."""
    return _page()


@may("read_comments")
def have_read(home_id: str) -> ResponseReturnValue:
    """Keep which of them were read; to the page's own script, what stands in the place of the one that was."""
    service, home = app_state(), current_home()
    ids = set(request.form.getlist("comment"))
    count = read(service.store, home, ids, current().account, service.form, service.hasher, now())
    if request.headers.get("HX-Request") == "true" and len(ids) == 1:
        return render_template("comments/_have_read.html", comment_id=ids.pop())
    flash(f"{count_of(count, 'comment is', 'comments are')} kept as read." if count else "Nothing was new to read.", "")
    return redirect(url_for("alerts.comments", home_id=home.id, **_asked_for()), 303)


@may("read_comments")
def themes(home_id: str) -> ResponseReturnValue:
    """Give comments a theme, or take it away; the page that says so can undo it."""
    done, fault = None, ""
    try:
        done = _done(_giver(), set(request.form.getlist("comment")))
    except NotPossible as refusal:
        fault = str(refusal)
    if request.headers.get("HX-Request") == "true":
        return _one(done, fault)
    # not sent on to another page: which comments they were is nowhere but on this one
    page = _page(done, fault)
    return (page, 422) if fault else page


def _done(giver: Giver, ids: set[str]) -> Done | None:
    form, store = request.form, app_state().store
    if "off" in form:
        gone = take_off(store, giver, form["off"])
        flash(f"“{gone.words}” is off the list." if gone else "It was off the list already.", "")
        return None
    verb = next((verb for verb in ("give", "take") if form.get(verb)), form.get("do", "give"))
    theme_id = form.get("give") or form.get("take") or form.get("theme", "")
    if verb == "give" and not theme_id and form.get("own", "").strip():
        theme, changed = give_own(store, giver, ids, form["own"], now())
        return Done(theme, changed, given=True, listed=not ids)
    if not theme_id:
        raise NotPossible("Choose a theme, or type one in your own words.")
    if not ids:
        raise NotPossible("Tick the comments first that have this theme.")
    return Done(*give(store, giver, ids, theme_id, now(), away=verb == "take"), given=verb == "give")


def _one(done: Done | None, fault: str) -> ResponseReturnValue:
    """The themes of the one comment that the page's script asked about, in the place of what they were."""
    store, giver, wanted = app_state().store, _giver(), request.form.get("comment")
    found = giver.may_read(store)
    comment = next((one for one in found.comments if one.id == wanted), None)
    if comment is None:  # its time is over, or it was never theirs
        return "", 200, {"HX-Refresh": "true"}
    return render_template(
        "comments/_themes.html",
        home=current_home(),
        comment=comment,
        given=themes_at(store, [giver.home.id]),
        groups=_groups(_offered(giver, found)),
        chosen=_asked_for(),
        done=done,
        fault=fault,
        fresh=True,
    )


def _page(done: Done | None = None, fault: str = "") -> str:
    service, home, giver = app_state(), current_home(), _giver()
    found = giver.may_read(service.store)
    chosen = _chosen(found)
    listed = [comment for comment in found.comments if chosen.has(comment)]
    start = request.args.get("from", 0, int)
    start = start if 0 < start < len(listed) else 0
    shown = listed[start : start + ON_A_PAGE]
    if request.method != "HEAD":
        shown_to(service.store, home, shown, giver.account, now())
    choices = _offered(giver, found)
    in_use = {theme for comment in found.comments for theme in comment.themes}
    return render_template(
        "comments/all.html",
        home=home,
        found=found,
        shown=shown,
        to_read=[comment for comment in shown if comment.read is False],
        number=count_of(len(listed), "comment"),
        start=start,
        more=start + ON_A_PAGE if len(listed) > start + ON_A_PAGE else 0,
        before=max(start - ON_A_PAGE, 0),
        chosen={name: value for name, value in (asdict(chosen) | {"from": start}).items() if value},
        wanted=chosen,
        views=SHOWN,
        audiences={one: AUDIENCES[one] for one in ORDER if one in {comment.audience for comment in found.comments}},
        choices=choices,
        groups=_groups(choices),
        in_use=in_use,
        given=themes_at(service.store, [home.id]),
        done=done,
        fault=fault,
        longest=LONGEST,
        lead=current().may("resolve_child"),
        in_words=in_words,
        with_home=lambda text: with_home(text, [home]),
        demonstration=home.demonstration,
    )


def _giver() -> Giver:
    service, home = app_state(), current_home()
    return Giver(current().account, home, editions({home.kind})[0], service.form, service.hasher, day_at(now()))


def _offered(giver: Giver, found: ReadableComments) -> list[Theme]:
    return offered(app_state().store, giver, found.comments)


def _groups(choices: Sequence[Theme]) -> list[tuple[str, list[Theme]]]:
    return [(group, list(themes)) for group, themes in groupby(choices, lambda theme: theme.group)]


def _asked_for() -> dict[str, Any]:
    """What the address says of which comments are listed."""
    return {name: request.args[name] for name in ("show", "who", "theme", "from") if request.args.get(name)}


def _chosen(found: ReadableComments) -> Chosen:
    """What waits for children's readers, and everything for whoever reads only what others wrote."""
    asked = {name: text for name, text in _asked_for().items() if name != "from"}
    chosen = Chosen("waiting" if found.reader else "all")
    if asked.get("show", "") not in SHOWN:
        asked.pop("show", None)
    return replace(chosen, **asked)
