"""Publishing versions of forms: each is kept once and for good."""

from collections.abc import Iterable
from dataclasses import replace

from service.collection.models.published_form import FormState, PublishedForm
from service.definitions import Form, paths
from service.definitions.form import EASY_READ
from service.repository import Records, Store, Transaction


class FormRefused(Exception):
    """A form that cannot be published as it is; `reason` says why without naming it."""

    def __init__(self, form: Form, reason: str) -> None:
        self.form = form
        self.reason = reason
        super().__init__(f"{form.id}: {reason}")


class VersionTaken(FormRefused):
    """A form has changed, but its version is not a new one."""

    def __init__(self, form: Form, newest: int) -> None:
        taken = (
            f"version {form.version} has been published with other words."
            if form.version == newest
            else f"version {form.version} is older than version {newest}, which has been published."
        )
        super().__init__(form, f'{taken} Raise its "version" to {newest + 1}.')


class EasyReadUnfinished(FormRefused):
    """A child's form whose easy read has gaps: a child who asks for it would get half of it in other words."""

    def __init__(self, form: Form, missing: list[str]) -> None:
        more = " and more" if len(missing) > 3 else ""
        super().__init__(
            form,
            f"easy read must be full before a child's form is published; missing: {', '.join(missing[:3])}{more}.",
        )


def publish(store: Store, forms: Iterable[Form]) -> None:
    """Make these versions known to the store, so that every machine sees them at once.

    Raises FormRefused (VersionTaken, EasyReadUnfinished) where one of them cannot be published; then none is.
    """
    new = [form for form in forms if store[PublishedForm].get(form.fingerprint) is None]
    if not new:
        return
    with store.transaction() as tx:
        for form in new:
            check_version(tx, form)
            keep_version(tx, form)


def check_version(records: Records | Transaction, form: Form) -> None:
    """Raises FormRefused where this version is neither published nor can be."""
    if records[PublishedForm].get(form.fingerprint) is not None:
        return
    if missing := _easy_read_gaps(form):
        raise EasyReadUnfinished(form, missing)
    known = list(records[PublishedForm].find("form_id", form.id))
    newest = max((each.version for each in known), default=0)
    if form.version <= newest and not any(_says_the_same(each, form) for each in known):
        raise VersionTaken(form, newest)


def keep_version(tx: Transaction, form: Form) -> None:
    """Keep a version that `check_version` has passed; the newest one is what is offered."""
    tx[PublishedForm].put(PublishedForm(form.fingerprint, form.id, form.version, form.to_json()))
    tx[FormState].put(with_version(tx[FormState].get(form.id) or FormState(form.id), form.version, form.fingerprint))


def with_version(state: FormState, version: int, fingerprint: str) -> FormState:
    """The state once this version is published."""
    return replace(state, version=version, current=fingerprint) if version >= state.version else state


def _says_the_same(known: PublishedForm, form: Form) -> bool:
    """Whether it is this version under a fingerprint from before definitions were cleaned (0.1.0)."""
    return known.version == form.version and Form.of(known.definition).fingerprint == form.fingerprint


def _easy_read_gaps(form: Form) -> list[str]:
    if form.audience != "child":
        return []
    translated = [language for language in form.languages[1:] if language.endswith(EASY_READ)]
    return [path for language in translated for path in paths(form) if path not in form.translations.get(language, {})]
