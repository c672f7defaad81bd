"""Making versions of forms known to the store, once and for good."""

from collections.abc import Iterable

from service.collection.published import PublishedForm
from service.collection.repository import Store
from service.definitions import Form


class VersionTaken(Exception):
    """A form in the folder has changed but kept its version."""

    def __init__(self, form: Form) -> None:
        self.form = form
        super().__init__(
            f"{form.id}: version {form.version} has been published with other words. "
            f'Raise its "version" to {form.version + 1}.'
        )


def publish(store: Store, forms: Iterable[Form]) -> None:
    """Make these versions known to the store, so that every machine sees them.

    Raises VersionTaken where a version is known with another fingerprint.
    """
    new = [form for form in forms if store.forms.get(form.fingerprint) is None]
    if not new:
        return
    with store.transaction() as books:
        for form in new:
            if any(
                known.version == form.version and known.id != form.fingerprint
                for known in books.forms.find("form_id", form.id)
            ):
                raise VersionTaken(form)
            books.forms.put(PublishedForm(form.fingerprint, form.id, form.version, form.to_json()))
