"""Two unions on one service, on their way to a joint count."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tests.web.conftest import Office
from tests.web.staging import Stage
from voting.joint_tables import JointCount


@dataclass(frozen=True)
class Unions:
    """Two unions on one service, each with an election of its own."""

    office: Office
    first: Stage
    second: Stage

    def page(self, stage: Stage) -> str:
        return f"/valg/{stage.id}/felles"

    def joint_id(self) -> str:
        with self.first.store.reading() as session:
            return session.scalars(select(JointCount.id)).one()

    def propose(self, slugs: str = "forbund-b") -> str:
        organiser = self.office.visit(self.office.people.organiser)
        page = self.page(self.first)
        return organiser.post(page, title="Samlet", others=slugs).text

    def agree(self, stage: Stage) -> str:
        return self.answer(stage, "godta")

    def answer(self, stage: Stage, word: str) -> str:
        organiser = self.office.visit(self.office.people.organiser)
        page = self.page(stage)
        return organiser.post(f"{page}/{self.joint_id()}/{word}", page=page).text

    def to_declared(self) -> None:
        self.first.to_ready("forbund-a", "Hovedoppgjøret, A")
        self.second.to_ready("forbund-b", "Hovedoppgjøret, B")
        self.propose()
        self.agree(self.first)
        assert "er avtalt" in self.agree(self.second)


def count(stage: Stage, slug: str) -> None:
    """Bring a sealed election to its approval."""
    stage.open()
    stage.vote()
    stage.close()
    stage.hand_in_marks()
    stage.prove()
    stage.start_count()
    stage.hand_in_partial(1)
    assert stage.hand_in_partial(3)
    stage.sign("approval", 1, 2)
    assert stage.sign("approval", 1, 3)
    stage.do_work()
    assert slug
