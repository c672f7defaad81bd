"""The page on which children's comments are read, one after the other, without who wrote them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.calendar import in_words, now
from service.collection.comments import comments_at, read, shown_to
from service.web.access import here, home_here, may
from service.web.running import running
from service.workbooks.wording import count_of, with_home


@may("read_comments")
def waiting(home_id: str) -> ResponseReturnValue:
    """What waits to be read. That it was shown is remembered."""
    service, home, account = running(), home_here(), here().account
    found = comments_at(service.store, home, account, service.form, service.hasher)
    if request.method == "GET":
        shown_to(service.store, home, found.comments, account, now())
    return render_template(
        "alerts/comments.html",
        home=home,
        found=found,
        lead=here().may("resolve_child"),
        in_words=in_words,
        with_home=lambda text: with_home(text, [home]),
        demonstration=home.demonstration,
    )


@may("read_comments")
def have_read(home_id: str) -> ResponseReturnValue:
    """Keep which of them were read; to the page's own script, what stands in the place of the one that was."""
    service, home = running(), home_here()
    ids = set(request.form.getlist("comment"))
    count = read(service.store, home, ids, here().account, service.form, service.hasher, now())
    if request.headers.get("HX-Request") == "true" and len(ids) == 1:
        return render_template("alerts/_have_read.html", comment_id=ids.pop())
    flash(f"{count_of(count, 'comment is', 'comments are')} kept as read." if count else "Nothing was new to read.", "")
    return redirect(url_for("alerts.comments", home_id=home.id), 303)
