"""An address may hold any text; what is no short name is asked of no database."""

from __future__ import annotations

import pytest

from infra.slugs import is_slug
from surveys.results import ResultsNotMade, find_shared
from surveys.sealed import find_launched
from surveys.surveys import UnknownSurvey
from tests.conftest import Stores
from voting.sealed import UnknownElection, find_sealed


def test_a_text_that_is_no_slug_names_nothing(postgres_stores: Stores) -> None:
    assert is_slug("valg-2027")
    for odd in ("valg\x00", "\x00", "valg-2027\n", "VALG", "va", "v" * 61):
        assert not is_slug(odd)
        with postgres_stores.service.reading() as session:
            with pytest.raises(UnknownSurvey):
                find_launched(session, odd)
            with pytest.raises(ResultsNotMade):
                find_shared(session, odd)
            with pytest.raises(UnknownElection):
                find_sealed(session, odd)
