import hashlib
import secrets

import pytest
from sqlalchemy import select

from register.refusals import CodeDead, ElectionNotOpen
from register.roll import require_roll
from register.tables import Message, Sending, VotingCode
from register.voting_codes import (
    AlreadyMarked,
    NothingToAnnounce,
    announce_codes,
    codes_root,
    draw_code,
    kill_codes_of_entry,
    kill_codes_of_message,
    login_public_key,
)
from tests.register.elections import Election, Link
from tests.register.roll_files import ELECTION
from voting.leaf_signatures import verify_leaf
from voting.leaves import CodesLeaf, read_leaf
from voting.manifest import decode_manifest, fingerprint_of


@pytest.fixture
def open_election(election: Election) -> Election:
    election.open()
    return election


def announce(election: Election, sending: Sending) -> int:
    with election.store.begin() as session:
        return announce_codes(
            session,
            election.settings,
            session.get_one(Sending, sending.id),
            now=election.clock.now(),
        )


def kill_message(election: Election, link: Link) -> None:
    with election.store.begin() as session:
        kill_codes_of_message(session, session.get_one(Message, link.message_id))


def test_only_the_public_key_of_a_code_is_kept(open_election: Election) -> None:
    link = open_election.link("1001")
    with open_election.store.reading() as session:
        (row,) = session.scalars(select(VotingCode))
        assert row.login_key == link.seed.public_key
        for table in open_election.store.metadata.sorted_tables:
            for each in session.execute(select(table)):
                held = b"".join(value for value in each if isinstance(value, bytes))
                assert link.code.symbols.encode() not in held
                assert link.seed.secret not in held
                assert link.code.symbols not in repr(tuple(each))


def test_every_code_is_another(open_election: Election) -> None:
    links = [open_election.link("1001") for _ in range(5)]
    assert len({link.code.symbols for link in links}) == 5


def test_root_is_over_sorted_keys_as_rfc_6962_says() -> None:
    keys = [secrets.token_bytes(32) for _ in range(3)]
    leaves = [hashlib.sha256(b"\x00" + key).digest() for key in sorted(keys)]
    left = hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert codes_root(keys) == hashlib.sha256(b"\x01" + left + leaves[2]).digest()
    assert codes_root(reversed(keys)) == codes_root(keys)


def test_each_sending_is_told_to_the_board_once(open_election: Election) -> None:
    first = open_election.new_sending()
    second = open_election.new_sending("reminder")
    links = [open_election.link(each, first) for each in ("1001", "1002")]
    kill_message(open_election, links[0])
    open_election.link("1001", second)
    assert announce(open_election, first) == 0
    assert announce(open_election, second) == 1
    with pytest.raises(NothingToAnnounce):
        announce(open_election, first)
    manifest = open_election.roll().manifest or b""
    leaf = read_leaf(open_election.posted("leaf")[0]["leaf"])
    assert isinstance(leaf, CodesLeaf)
    verify_leaf(decode_manifest(manifest), fingerprint_of(manifest), leaf)
    assert (leaf.number, leaf.kind, leaf.count) == (0, "invitation", 2)
    assert leaf.root == codes_root(link.seed.public_key for link in links)
    reminded = open_election.posted("leaf")[1]["leaf"]
    assert (reminded["kind"], reminded["count"]) == ("reminder", 20)


def test_sending_without_codes_is_not_told(open_election: Election) -> None:
    sending = open_election.new_sending()
    with open_election.store.begin() as session:
        session.add(sending)
    with pytest.raises(NothingToAnnounce):
        announce(open_election, sending)


def test_after_closing_no_code_is_drawn_or_told(open_election: Election) -> None:
    sending = open_election.new_sending()
    open_election.link("1001", sending)
    open_election.close()
    with pytest.raises(ElectionNotOpen):
        open_election.link("1002", sending)
    with pytest.raises(ElectionNotOpen):
        announce(open_election, sending)


def test_no_code_is_drawn_before_the_manifest_is_sealed(election: Election) -> None:
    election.create()
    message = Message(election_id=ELECTION)
    with election.store.begin() as session, pytest.raises(ElectionNotOpen):
        draw_code(session, message)


def test_code_that_did_not_arrive_is_dead(open_election: Election) -> None:
    lost, other = open_election.link("1001"), open_election.link("1001")
    kill_message(open_election, lost)
    with pytest.raises(CodeDead):
        open_election.take(lost)
    open_election.take(other)


def test_code_that_was_used_did_arrive(open_election: Election) -> None:
    link = open_election.link("1001")
    first = open_election.take(link)
    kill_message(open_election, link)
    assert open_election.take(link).evaluated == first.evaluated


def test_marked_member_gets_no_new_code(open_election: Election) -> None:
    link = open_election.link("1001")
    open_election.take(link)
    with open_election.store.begin() as session, pytest.raises(AlreadyMarked):
        kill_codes_of_entry(session, link.entry_id)
    open_election.take(link)


def test_login_key_is_bound_to_the_election(open_election: Election) -> None:
    link = open_election.link("1001")
    fingerprint = open_election.fingerprint
    with open_election.store.reading() as session:
        assert require_roll(session, ELECTION).fingerprint == fingerprint
    ours = login_public_key(fingerprint, link.code)
    assert ours == link.seed.public_key
    assert login_public_key(bytes(32), link.code) != ours
