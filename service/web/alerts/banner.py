"""The banner on every page behind the sign-in: that something waits, for those who may know and nobody else."""

import hashlib
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.collection.follow_up.alert_notices import calls, not_reached
from service.dates import now
from service.reports.labels import in_a_list
from service.state import app_state
from service.web.admin.audit_text import Names
from service.web.alerts.text import told
from service.web.http.access import current, lacks_second_factor, may


@may("see_alerts")
def changed() -> ResponseReturnValue:
    """The banner for the page that shows it; nothing where the page has it as it is."""
    if request.headers.get("HX-Request") != "true":  # opened by itself, it is no page
        return redirect(url_for("alerts.all"))
    banner = _banner()
    if banner["mark"] == request.args.get("mark"):
        return "", 204
    return render_template("alerts/_banner.html", banner={**banner, "fresh": True})


def banner_here() -> dict[str, Any] | None:
    """The banner of whoever is signed in; None where nobody is, or not far enough to be told."""
    who = current()
    if not who.may("see_alerts") or lacks_second_factor(who.account, who.session):
        return None
    return _banner()


def _banner() -> dict[str, Any]:
    """What it says. `mark` is the same as long as it says the same, so nothing in it may count minutes."""
    store, account, moment = app_state().store, current().account, now()
    names = Names(store)
    alerts = calls(store, account)
    waiting = [line for alert in alerts if (line := told(alert, names, moment))]
    late = {one.id: one.name for alert in alerts for one in not_reached(store, alert, moment) if one.id != account.id}
    shown: dict[str, Any] = {
        "waiting": waiting,
        "urgent": sum(line.alert.severity == "urgent" for line in waiting),
        "late": in_a_list(sorted(late.values())),
    }
    parts = Markup(render_template("alerts/_banner_parts.html", **shown))  # noqa: S704 - a page of ours, escaped
    return {**shown, "parts": parts, "mark": hashlib.sha256(parts.encode()).hexdigest()[:16]}
