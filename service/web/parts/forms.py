"""A form as pages of managers send it: words typed into fields, whatever else somebody may send to its address."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import IntegerField

_LONGEST_NUMBER = 15  # digits: what is longer is no number of anything here, and some too long to reckon with


class TypedForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form of text fields. A file or JSON sent in a field's place is nothing typed."""

    class Meta:
        csrf = False  # checked for every POST at once

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What was typed, where the form was sent; what was given outright goes before it."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if form.is_submitted() else None

    def text(self, name: str) -> str:
        """What was typed into a field."""
        return self[name].data or ""


class WholeNumber(IntegerField):
    """A number, or a sentence that asks for one."""

    def __init__(self, label: str, *args: Any, asks: str = "Write a number, such as 4.", **kwargs: Any) -> None:
        super().__init__(label, *args, **kwargs)
        self._asks = asks

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it."""
        try:
            if valuelist and len(valuelist[0].strip()) > _LONGEST_NUMBER:
                raise ValueError
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(self._asks) from None
