import inspect
import re

from register import rollfile_refusals
from register.columns import Field
from register.roll_findings import Problem, Remark
from register.roll_wording import FIELD_NAMES, PROBLEMS, REFUSALS, REMARKS
from register.rollfile_refusals import RollFileRefused


def test_everything_that_can_be_found_has_its_sentence() -> None:
    assert set(PROBLEMS) == set(Problem)
    assert set(REMARKS) == set(Remark)
    assert set(FIELD_NAMES) == set(Field)


def test_every_refusal_has_its_sentence() -> None:
    classes = {
        each
        for _, each in inspect.getmembers(rollfile_refusals, inspect.isclass)
        if issubclass(each, RollFileRefused) and each is not RollFileRefused
    }
    assert set(REFUSALS) == classes


def test_every_sentence_ends_as_one_and_its_places_have_names() -> None:
    for sentence in (*PROBLEMS.values(), *REMARKS.values(), *REFUSALS.values()):
        for text in (sentence.wrong, sentence.remedy):
            assert text.endswith(".")
            assert "%" not in re.sub(r"%\([a-z_]+\)s", "", text)
