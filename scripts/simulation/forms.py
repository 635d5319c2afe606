"""The forms of a page, read from its HTML as a browser reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

_VOID: Final = frozenset({"submit", "button", "reset", "image", "file"})
_TICKED: Final = frozenset({"checkbox", "radio"})


class NoSuchForm(Exception):
    """The page has no form like that; the text names what was looked for."""


@dataclass(slots=True)
class Form:
    """A form with what stands in its fields."""

    action: str
    method: str
    enctype: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    """What a browser would send, in order, if nobody changed anything."""
    choices: list[tuple[str, str]] = field(default_factory=list)
    """Every value that a box, a button or a list offers."""
    names: set[str] = field(default_factory=set)

    def filled(self, values: dict[str, str | list[str]]) -> list[tuple[str, str]]:
        """Return what is sent when these fields are changed; others stay.

        Raises:
            NoSuchForm: there is no field of such a name.

        """
        unknown = values.keys() - self.names
        if unknown:
            raise NoSuchForm(f"no field {min(unknown)} at {self.action}")
        kept = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            several = [value] if isinstance(value, str) else value
            kept += [(name, each) for each in several]
        return kept

    def offered(self, name: str) -> list[str]:
        """Return the values that a field of boxes, buttons or options offers."""
        return [value for of, value in self.choices if of == name]


def read_forms(html: str, own: str) -> list[Form]:
    """Return the forms of a page, in order; one without an address has its `own`."""
    reader = _FormReader(own)
    reader.feed(html)
    reader.close()
    return reader.forms


def find_form(forms: Iterable[Form], *, ending: str) -> Form:
    """Return the first form whose address ends so.

    Raises:
        NoSuchForm: there is none.

    """
    for each in forms:
        if each.action.partition("?")[0].endswith(ending):
            return each
    raise NoSuchForm(f"no form for {ending}")


class _FormReader(HTMLParser):
    def __init__(self, own: str) -> None:
        super().__init__(convert_charrefs=True)
        self._own = own
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._text: list[str] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(
                given.get("action") or self._own,
                given.get("method", "get").lower(),
                given.get("enctype", "application/x-www-form-urlencoded"),
            )
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in given:
            self._read_control(self._form, tag, given)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            self._add(self._area, "".join(self._text).removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select is not None:
            self._end_select(self._select)
            self._select = None

    @override
    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text.append(data)

    def _read_control(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if name:
            form.names.add(name)
        if tag == "input" and name:
            self._read_input(form, name, given)
        elif tag == "button" and name:
            form.choices.append((name, given.get("value", "")))
        elif tag == "textarea" and name:
            self._area, self._text = name, []
        elif tag == "select" and name:
            self._select, self._options = name, []
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            form.choices.append((self._select, value))
            self._options.append((value, "selected" in given))

    def _read_input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind in _VOID:
            return
        if kind in _TICKED:
            value = given.get("value", "on")
            form.choices.append((name, value))
            if "checked" in given:
                self._add(name, value)
            return
        self._add(name, given.get("value", ""))

    def _end_select(self, name: str) -> None:
        chosen = [value for value, selected in self._options if selected]
        first = [value for value, _ in self._options[:1]]
        for value in chosen or first:
            self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.fields.append((name, value))
