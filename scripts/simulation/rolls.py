"""Rolls of invented members, as a union's member system would export them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scripts.simulation.drawing import Draw

HEADINGS: Final = ("Medlemsnummer", "Fornavn", "Etternavn", "E-post", "Mobil", "Krets")
MAIL_DOMAIN: Final = "medlem.example"
"""A domain that nobody can have (RFC 2606): no mail of ours reaches a person."""

_FIRST_NUMBER: Final = 200_001
_FIRST: Final = (
    "Anne Åse Astrid Berit Bjørg Camilla Eli Elisabeth Frøydis Gro Gunn Hanne Hege"
    " Ingeborg Inger Jorunn Karin Kjersti Liv Marit Mette Nina Oddny Ragnhild Randi"
    " Sissel Solveig Tone Turid Vigdis Aksel Anders Arne Asbjørn Bjørn Dag Einar Erik"
    " Finn Geir Gunnar Hallvard Håkon Håvard Jan Jørgen Knut Kåre Lars Leif Magne"
    " Morten Odd Ola Pål Roar Sigurd Stian Sverre Terje Tor Trond Vegard Øystein"
)
_LAST: Final = (
    "Aas Andreassen Bakke Berg Bråten Bøe Dahl Dahle Eide Engen Fjeld Fossum Gjerde"
    " Grønli Haugen Hauge Hegge Holm Høyland Iversen Jørgensen Kleven Krogh Kvåle Lien"
    " Lund Løkken Moe Myhre Nygård Næss Nøkleby Opdahl Rød Sandvik Skår Solberg Strøm"
    " Sæther Sørlie Tangen Tveit Ulriksen Vatne Vik Wold Ødegård Østby Åsen Ånestad"
)
_FIRST_NAMES: Final = tuple(_FIRST.split())
_LAST_NAMES: Final = tuple(_LAST.split())
_GROUPS: Final = (
    *("Oslo", "Trøndelag", "Vestland", "Nordland", "Agder", "Finnmark", "Telemark"),
    *("Innlandet", "Østfold", "Rogaland", "Troms", "Buskerud", "Vestfold", "Akershus"),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One invented member."""

    number: str
    first_name: str
    last_name: str
    email: str
    mobile: str
    group: str


def invent_members(count: int, *, groups: int, seed: int) -> list[Member]:
    """Return so many members in so many groups; the same seed: the same people."""
    draw = Draw(seed, "roll")
    labels = group_labels(groups)
    return [_invent(draw, place, labels) for place in range(count)]


def group_labels(count: int) -> list[str]:
    """Return names of so many voter groups."""
    rounds = -(-count // len(_GROUPS))
    labels = [
        name if number == 1 else f"{name} {number}"
        for number in range(1, rounds + 1)
        for name in _GROUPS
    ]
    return labels[:count]


def write_roll(members: Iterable[Member], *, encoding: str = "utf-8-sig") -> bytes:
    """Return the roll as a file with semicolons; `encoding` may be windows-1252."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for each in members:
        writer.writerow(
            [
                *(each.number, each.first_name, each.last_name),
                *(each.email, each.mobile, each.group),
            ]
        )
    return out.getvalue().encode(encoding)


def _invent(draw: Draw, place: int, labels: list[str]) -> Member:
    first, last = draw.one_of(_FIRST_NAMES), draw.one_of(_LAST_NAMES)
    number = str(_FIRST_NUMBER + place)
    local = f"{_ascii(first)}.{_ascii(last)}.{number}".lower()
    return Member(
        number=number,
        first_name=first,
        last_name=last,
        email=f"{local}@{MAIL_DOMAIN}",
        mobile=f"+47 4{draw.below(10_000_000):07d}",
        # The first members fill every group, the others fall where they fall.
        group=labels[place] if place < len(labels) else draw.one_of(labels),
    )


def _ascii(name: str) -> str:
    spelled = name.translate(str.maketrans("æøåÆØÅ", "eoaEOA"))
    return unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
