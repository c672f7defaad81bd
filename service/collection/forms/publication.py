"""Making versions of forms known to the store, once and for good."""

from collections.abc import Iterable

from service.collection.models.published_form import PublishedForm
from service.collection.models.repository import Store
from service.definitions import Form, paths
from service.definitions.form import EASY_READ


class VersionTaken(Exception):
    """A form in the folder has changed but kept its version."""

    def __init__(self, form: Form) -> None:
        self.form = form
        super().__init__(
            f"{form.id}: version {form.version} has been published with other words. "
            f'Raise its "version" to {form.version + 1}.'
        )


class EasyReadUnfinished(Exception):
    """A child's form whose easy read has gaps: a child who asks for it would get half of it in other words."""

    def __init__(self, form: Form, missing: list[str]) -> None:
        self.form = form
        super().__init__(
            f"{form.id}: easy read must be full before a child's form is published; missing: "
            f"{', '.join(missing[:3])}{' and more' if len(missing) > 3 else ''}."
        )


def publish(store: Store, forms: Iterable[Form]) -> None:
    """Make these versions known to the store, so that every machine sees them.

    Raises VersionTaken where a version is known with another fingerprint, EasyReadUnfinished where easy read of a
    child's form has gaps.
    """
    new = [form for form in forms if store.forms.get(form.fingerprint) is None]
    if not new:
        return
    with store.transaction() as books:
        for form in new:
            if missing := _easy_read_gaps(form):
                raise EasyReadUnfinished(form, missing)
            if any(
                known.version == form.version and known.id != form.fingerprint
                for known in books.forms.find("form_id", form.id)
            ):
                raise VersionTaken(form)
            books.forms.put(PublishedForm(form.fingerprint, form.id, form.version, form.to_json()))


def _easy_read_gaps(form: Form) -> list[str]:
    if form.audience != "child":
        return []
    translated = [language for language in form.languages[1:] if language.endswith(EASY_READ)]
    return [path for language in translated for path in paths(form) if path not in form.translations.get(language, {})]
