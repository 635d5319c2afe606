from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crypto.encoding import JsonValue, encode_json
from crypto.errors import BadSignature, NonCanonicalEncoding, WrongLength
from crypto.group import GENERATOR, SecretScalar, mul_base
from crypto.hashing import digest
from crypto.sealing import unseal
from crypto.times import MalformedTime, format_time
from infra.audit import verify_chain
from infra.keystore import KeyDestroyed
from infra.queues import queue_of
from register.columns import Field
from register.elections import (
    ManifestMismatch,
    PhaseMismatch,
    due_rolls,
    shredding_due,
)
from register.freezing import announce_draft
from register.holds import HoldOutOfTurn, HoldTooLong, HoldWithoutReason
from register.issuers import NoVerifierKey, make_issuer_keys, read_issuer_key
from register.jobs import sweep_register
from register.late_additions import (
    AdditionRefused,
    OnTheRoll,
    ReasonNeeded,
    TwoOfficialsNeeded,
    UnknownGroup,
    add_late,
)
from register.refusals import ElectionNotOpen
from register.roll import RollExists, RollFrozen, UnknownRoll, require_roll
from register.roll_findings import RollRow
from register.roll_phases import RollPhase
from register.rows import MAX_LENGTHS
from register.schedules import (
    NoReason,
    NotLater,
    OpeningMoved,
    ScheduleOfAnother,
    ScheduleOutOfTurn,
)
from register.sealed_manifest import SignersRefused
from register.shredding_jobs import shred_roll
from register.tables import Hold, RollEntry, VoterGroup
from tests.register.elections import (
    CLOSES,
    OFFICIAL,
    SLUG,
    VERIFIER,
    Election,
)
from tests.register.roll_files import ELECTION, KARI, OLA, PER
from voting.leaf_signatures import verify_leaf
from voting.leaves import MarksLeaf, read_leaf
from voting.manifest import decode_manifest, fingerprint_of
from voting.sealing import read_roll_totals

LATER = "2026-03-10T12:00:00Z"
DAYS = timedelta(days=1)


@pytest.fixture
def frozen(election: Election) -> Election:
    election.create()
    election.import_rows(KARI, OLA, PER)
    election.freeze()
    return election


@pytest.fixture
def open_election(election: Election) -> Election:
    election.open()
    return election


def test_new_election_opens_a_roll(election: Election) -> None:
    election.create()
    roll = election.roll()
    assert (roll.slug, roll.title) == (SLUG, "Lønnsoppgjøret 2026")
    assert (roll.organisation, roll.verifier_key) == (
        "Forbundet",
        VERIFIER.public_key,
    )
    assert roll.last_date == election.clock.now() + 90 * DAYS


def test_election_comes_once(election: Election) -> None:
    election.create()
    election.create()  # the same document: nothing happens
    body: JsonValue = {
        "organisation": "",
        "practice": False,
        "slug": "ny",
        "title": "",
        "verifier_key": "00" * 32,
    }
    with pytest.raises(RollExists):
        election.send("election-created", body)


def test_document_with_other_fields_is_not_taken(election: Election) -> None:
    with pytest.raises(NonCanonicalEncoding):
        election.send("election-created", {"slug": SLUG})
    with election.store.reading() as session, pytest.raises(UnknownRoll):
        require_roll(session, ELECTION)


def test_draft_is_told_by_group_and_count(election: Election) -> None:
    election.create()
    election.import_rows(KARI, OLA, PER)
    with election.store.begin() as session:
        announce_draft(
            session, election.settings, election_id=ELECTION, now=election.clock.now()
        )
    (told,) = election.posted("roll-draft")
    assert told == {
        "at": format_time(election.clock.now()),
        "groups": [
            {"count": 2, "label": "Krets Vest"},
            {"count": 1, "label": "Krets Øst"},
        ],
    }


def test_a_draft_that_is_as_it_was_before_is_told_again(election: Election) -> None:
    election.create()
    for rows in ((KARI, OLA), (KARI,), (KARI, OLA)):
        election.clock.move(minutes=1)
        election.import_rows(*rows)
        with election.store.begin() as session:
            now = election.clock.now()
            announce_draft(session, election.settings, election_id=ELECTION, now=now)
    counts = [len(told["groups"]) for told in election.posted("roll-draft")]
    assert counts == [2, 1, 2]


def test_the_longest_label_of_a_group_stands_in_a_manifest(election: Election) -> None:
    election.create()
    election.import_rows((*KARI[:5], "K" * MAX_LENGTHS[Field.GROUP]))
    election.freeze()
    election.seal()
    assert election.roll().phase == RollPhase.SEALED


def test_frozen_totals_are_read_by_the_service(frozen: Election) -> None:
    (told,) = frozen.posted("roll-totals")
    totals = read_roll_totals(told)
    assert totals.commitment == frozen.roll().commitment
    assert [(group.label, group.entitled) for group in totals.groups] == [
        ("Krets Vest", 2),
        ("Krets Øst", 1),
    ]
    for index, group in enumerate(totals.groups):
        secret = SecretScalar.decode(unseal(VERIFIER, group.sealed_issuer_key))
        assert mul_base(secret) == group.issuer_key
        assert secret == read_issuer_key(frozen.keystore, ELECTION, index)


def test_issuer_keys_stand_in_no_database(frozen: Election, tmp_path: Path) -> None:
    secrets = [
        read_issuer_key(frozen.keystore, ELECTION, index).encoded for index in (0, 1)
    ]
    with frozen.store.reading() as session:
        for table in frozen.store.metadata.sorted_tables:
            for row in session.execute(select(table)):
                held = b"".join(each for each in row if isinstance(each, bytes))
                text = repr(tuple(row)) + held.decode("latin-1")
                for secret in secrets:
                    assert secret not in held
                    assert secret.hex() not in text
    for file in tmp_path.rglob("*.key"):
        assert not any(secret in file.read_bytes() for secret in secrets)


def test_freezing_that_broke_off_takes_up_the_keys_it_made(frozen: Election) -> None:
    with frozen.store.begin() as session:
        roll = require_roll(session, ELECTION)
        again = make_issuer_keys(session, frozen.keystore, roll)
    keys = [each["issuer_key"] for each in frozen.posted("roll-totals")[0]["groups"]]
    assert [group.issuer_key.hex() for group in again] == keys


def test_nothing_is_frozen_without_the_verifiers_key(frozen: Election) -> None:
    with frozen.store.begin() as session:
        roll = require_roll(session, ELECTION)
        roll.verifier_key = None
        with pytest.raises(NoVerifierKey):
            make_issuer_keys(session, frozen.keystore, roll)


def test_roll_is_frozen_once(frozen: Election) -> None:
    with pytest.raises(RollFrozen):
        frozen.freeze()


def test_manifest_is_kept_to_the_byte(frozen: Election) -> None:
    manifest = frozen.manifest()
    frozen.send("manifest", {"manifest": manifest})
    roll = frozen.roll()
    assert roll.manifest == encode_json(manifest)
    assert roll.fingerprint == digest("fingerprint", roll.manifest)
    assert roll.fingerprint == fingerprint_of(roll.manifest)
    assert roll.phase == RollPhase.SEALED


@pytest.mark.parametrize(
    "change",
    [
        {"election": "f" * 32},
        {"slug": "annen-2026"},
        {"roll_commitment": bytes(32)},
        {"register_key": bytes(range(1, 33))},
        {"service_key": bytes(range(1, 33))},
    ],
)
def test_manifest_of_another_roll_is_refused(
    frozen: Election, change: dict[str, object]
) -> None:
    with pytest.raises(ManifestMismatch):
        frozen.send("manifest", {"manifest": frozen.manifest(**change)})
    assert frozen.roll().phase == RollPhase.FROZEN


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entitled", 3),
        ("label", "Krets Nord"),
        ("issuer_key", GENERATOR.encoded.hex()),
    ],
)
def test_manifest_with_another_group_is_refused(
    frozen: Election, name: str, value: JsonValue
) -> None:
    manifest = frozen.manifest()
    assert isinstance(manifest, dict)
    manifest["groups"][0][name] = value
    with pytest.raises(ManifestMismatch):
        frozen.send("manifest", {"manifest": manifest})


def test_manifest_with_a_group_less_is_refused(frozen: Election) -> None:
    manifest = frozen.manifest()
    assert isinstance(manifest, dict)
    manifest["groups"] = manifest["groups"][:1]
    with pytest.raises(ManifestMismatch):
        frozen.send("manifest", {"manifest": manifest})


def test_manifest_with_a_field_more_is_refused(frozen: Election) -> None:
    manifest = frozen.manifest()
    assert isinstance(manifest, dict)
    with pytest.raises(NonCanonicalEncoding):
        frozen.send("manifest", {"manifest": {**manifest, "more": 1}})


def test_manifest_neither_precedes_the_freezing_nor_comes_twice(
    election: Election,
) -> None:
    election.create()
    election.import_rows(KARI, OLA, PER)
    with pytest.raises(PhaseMismatch):
        election.send("manifest", {"manifest": {}})
    election.freeze()
    election.seal()
    with pytest.raises(PhaseMismatch):
        election.send("manifest", {"manifest": election.manifest(title="Ny")})


def test_schedule_opens_by_the_registers_clock(frozen: Election) -> None:
    frozen.clock.instant = datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
    frozen.seal()
    frozen.send("schedule", {"leaf": frozen.schedule()})
    assert frozen.roll().phase == RollPhase.SEALED
    frozen.clock.move(minutes=1)
    sweep_register(frozen.runtime)
    assert frozen.roll().phase == RollPhase.OPEN
    frozen.clock.instant = datetime.fromisoformat(CLOSES)
    sweep_register(frozen.runtime)
    assert frozen.roll().phase == RollPhase.CLOSED
    assert frozen.roll().last_date == datetime.fromisoformat(CLOSES) + 90 * DAYS


def test_two_holders_move_the_closing_later_and_open_again(
    open_election: Election,
) -> None:
    link = open_election.link("1001")
    open_election.clock.instant = datetime.fromisoformat(CLOSES)
    sweep_register(open_election.runtime)
    with pytest.raises(ElectionNotOpen):
        open_election.take(link)
    leaf = open_election.schedule(1, closes_at=LATER, reason="Strømbrudd.")
    open_election.send("schedule", {"leaf": leaf})
    assert open_election.roll().phase == RollPhase.OPEN
    open_election.take(link)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"signers": (1,)}, SignersRefused),
        ({"signers": (1, 1)}, SignersRefused),
        ({"signers": (2, 1)}, SignersRefused),
        ({"signers": (1, 2, 3)}, SignersRefused),
        ({"signers": (0, 1)}, SignersRefused),
        ({"signers": ()}, SignersRefused),
        ({"closes_at": CLOSES}, NotLater),
        ({"closes_at": "2026-03-08T12:00:00Z"}, NotLater),
        ({"closes_at": "2026-02-30T12:00:00Z"}, MalformedTime),
        ({"closes_at": "i morgen"}, MalformedTime),
        ({"opens_at": "2026-03-02T09:00:01Z"}, OpeningMoved),
        ({"reason": " "}, NoReason),
        ({"number": 2}, ScheduleOutOfTurn),
        ({"number": 0}, ScheduleOutOfTurn),
    ],
)
def test_later_schedule_that_may_not_follow_is_refused(
    open_election: Election, change: dict[str, object], refusal: type[Exception]
) -> None:
    wanted = {"number": 1, "closes_at": LATER, "reason": "Strømbrudd.", **change}
    leaf = open_election.schedule(**wanted)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        open_election.send("schedule", {"leaf": leaf})
    assert open_election.roll().closes_at == datetime.fromisoformat(CLOSES)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "En annen grunn."}, BadSignature),
        ({"closes_at": "2026-03-11T12:00:00Z"}, BadSignature),
        ({"fingerprint": "00" * 32}, ScheduleOfAnother),
        ({"fingerprint": "00"}, WrongLength),
        ({"type": "marks"}, NonCanonicalEncoding),
        ({"number": True}, NonCanonicalEncoding),
        ({"signatures": [{"index": 4, "signature": "00" * 64}] * 2}, SignersRefused),
        ({"signatures": {}}, NonCanonicalEncoding),
    ],
)
def test_changed_schedule_is_refused(
    open_election: Election,
    change: Mapping[str, JsonValue],
    refusal: type[Exception],
) -> None:
    leaf = open_election.schedule(1, closes_at=LATER, reason="Strømbrudd.")
    with pytest.raises(refusal):
        open_election.send("schedule", {"leaf": {**leaf, **change}})


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"signers": (1, 2)}, SignersRefused),
        ({"signers": (1,)}, SignersRefused),
        ({"number": 1, "signers": (0,)}, ScheduleOutOfTurn),
        ({"closes_at": "2026-03-02T09:00:00Z"}, NotLater),
    ],
)
def test_first_schedule_is_the_services_alone(
    frozen: Election, change: dict[str, object], refusal: type[Exception]
) -> None:
    frozen.seal()
    leaf = frozen.schedule(**change)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        frozen.send("schedule", {"leaf": leaf})
    assert frozen.roll().opens_at is None


def test_schedule_needs_a_sealed_and_unfinished_election(frozen: Election) -> None:
    with pytest.raises(PhaseMismatch):
        frozen.send("schedule", {"leaf": frozen.schedule()})
    frozen.seal()
    frozen.send("schedule", {"leaf": frozen.schedule()})
    frozen.close()
    leaf = frozen.schedule(1, closes_at=LATER, reason="Mer tid.")
    with pytest.raises(PhaseMismatch):
        frozen.send("schedule", {"leaf": leaf})


def read_marks(election: Election, leaf: JsonValue) -> MarksLeaf:
    """Read a leaf as the service does, and check the register's signature."""
    found = read_leaf(leaf)
    assert isinstance(found, MarksLeaf)
    manifest = decode_manifest(election.roll().manifest or b"")
    verify_leaf(manifest, fingerprint_of(election.roll().manifest or b""), found)
    return found


def test_checkpoint_is_answered_with_signed_counts(open_election: Election) -> None:
    open_election.take(open_election.link("1001"))
    open_election.take(open_election.link("1002"))
    open_election.send("checkpoint", {"root": "ab" * 32, "size": 5})
    leaf = read_marks(open_election, open_election.posted("leaf")[-1]["leaf"])
    assert (leaf.counts, leaf.paper) == ((1, 1), (0, 0))
    assert (leaf.size, leaf.root, leaf.final) == (5, b"\xab" * 32, False)
    assert queue_of(open_election.runtime, "register").count == 1


def test_closing_gives_final_counts_and_destroys_the_issuer_keys(
    open_election: Election,
) -> None:
    open_election.take(open_election.link("1001"))
    open_election.close()
    (told,) = open_election.posted("leaf")
    leaf = read_marks(open_election, told["leaf"])
    assert (leaf.final, leaf.counts, leaf.paper) == (True, (0, 1), (0, 0))
    with open_election.store.reading() as session:
        groups = session.scalars(select(VoterGroup).order_by(VoterGroup.index))
        kept = [(each.digital_marks, each.paper_marks) for each in groups]
    assert kept == [(0, 0), (1, 0)]
    for index in (0, 1):
        with pytest.raises(KeyDestroyed):
            read_issuer_key(open_election.keystore, ELECTION, index)


def test_after_the_final_counts_nothing_more_is_said(open_election: Election) -> None:
    open_election.close()
    open_election.send("checkpoint", {"root": "ab" * 32, "size": 10})
    assert len(open_election.posted("leaf")) == 1
    with pytest.raises(PhaseMismatch):
        open_election.send(
            "closed", {"at": "2026-03-09T12:10:00Z", "root": "ab" * 32, "size": 11}
        )


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"at": "2026-03-09T11:59:59Z"}, PhaseMismatch),
        ({"at": "2026-03-09T12:30:00Z"}, PhaseMismatch),
        ({"at": "2026-03-09"}, MalformedTime),
        ({"size": 0}, NonCanonicalEncoding),
        ({"root": "ab"}, WrongLength),
    ],
)
def test_box_is_not_closed_before_its_time_nor_ahead_of_it(
    open_election: Election, body: dict[str, JsonValue], refusal: type[Exception]
) -> None:
    open_election.clock.instant = datetime(2026, 3, 9, 12, 11, tzinfo=UTC)
    good: dict[str, JsonValue] = {
        "at": "2026-03-09T12:10:00Z",
        "root": "ab" * 32,
        "size": 9,
    }
    with pytest.raises(refusal):
        open_election.send("closed", {**good, **body})
    assert open_election.roll().closed_at is None
    read_issuer_key(open_election.keystore, ELECTION, 0)


def test_approval_sets_the_day_of_shredding(open_election: Election) -> None:
    open_election.close()
    open_election.approve()
    roll = open_election.roll()
    assert roll.phase == RollPhase.APPROVED
    assert roll.protocol == b"\xef" * 32
    assert roll.approved_at is not None
    assert roll.shred_due == roll.approved_at + 30 * DAYS
    scheduled = queue_of(open_election.runtime, "register").scheduled_job_registry
    (job,) = scheduled.get_job_ids()
    assert scheduled.get_scheduled_time(job) == roll.shred_due
    with open_election.store.reading() as session:
        assert due_rolls(session, roll.shred_due - timedelta(seconds=1)) == []
        assert due_rolls(session, roll.shred_due) == [ELECTION]


def test_approval_comes_after_the_closing_once_and_not_ahead(
    open_election: Election,
) -> None:
    with pytest.raises(PhaseMismatch):
        open_election.approve()
    open_election.close()
    for elsewhen in ("2027-03-09T12:00:00Z", "2026-03-09T12:09:59Z"):
        with pytest.raises(PhaseMismatch):
            open_election.send("approved", open_election.approval(elsewhen))
    open_election.approve()
    open_election.clock.move(days=1)
    with pytest.raises(PhaseMismatch):
        open_election.approve()


@pytest.mark.parametrize("signers", [(), (1,), (1, 2, 3), (3, 1), (2, 2)])
def test_service_alone_approves_nothing(
    open_election: Election, signers: tuple[int, ...]
) -> None:
    open_election.close()
    with pytest.raises(SignersRefused):
        open_election.send("approved", open_election.approval(signers=signers))
    assert open_election.roll().shred_due is None


def test_approval_is_of_the_protocol_that_was_signed(open_election: Election) -> None:
    open_election.close()
    other = {**open_election.approval(), "protocol": "ee" * 32}
    with pytest.raises(BadSignature):
        open_election.send("approved", other)


@pytest.mark.parametrize("kind", ["approved", "cancelled"])
def test_what_comes_after_the_shredding_holds_nothing_back(
    open_election: Election, kind: str
) -> None:
    open_election.close()
    approval = open_election.approval()
    open_election.clock.move(days=91)
    shred_roll(open_election.runtime, ELECTION)
    at = {"at": format_time(open_election.clock.now())}
    assert open_election.send(kind, approval if kind == "approved" else at)
    assert open_election.roll().phase == RollPhase.SHREDDED


def test_hold_keeps_a_roll_and_renewals_are_numbered(open_election: Election) -> None:
    open_election.close()
    open_election.approve()
    open_election.clock.move(days=20)
    open_election.send("hold", open_election.hold())
    roll = open_election.roll()
    assert shredding_due(roll) == open_election.clock.now() + 30 * DAYS
    open_election.clock.move(days=25)
    open_election.send("hold", open_election.hold(1, days=10))
    assert shredding_due(open_election.roll()) == open_election.clock.now() + 10 * DAYS
    with open_election.store.reading() as session:
        assert len(session.scalars(select(Hold)).all()) == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"days": 31}, HoldTooLong),
        ({"number": 1}, HoldOutOfTurn),
        ({"reason": "  "}, HoldWithoutReason),
        ({"signers": (1,)}, SignersRefused),
        ({"signers": (1, 1)}, SignersRefused),
        ({"signers": (3, 1)}, SignersRefused),
        ({"signers": (0, 1)}, SignersRefused),
    ],
)
def test_hold_that_does_not_hold_is_refused(
    open_election: Election, change: dict[str, object], refusal: type[Exception]
) -> None:
    open_election.close()
    open_election.approve()
    hold = open_election.hold(**change)  # type: ignore[arg-type]
    with pytest.raises(refusal):
        open_election.send("hold", hold)
    assert open_election.roll().hold_until is None


def test_hold_with_another_reason_than_was_signed_is_refused(
    open_election: Election,
) -> None:
    hold = {**open_election.hold(), "reason": "En annen klage."}
    with pytest.raises(BadSignature):
        open_election.send("hold", hold)


@pytest.mark.parametrize("reached", ["created", "frozen", "open"])
def test_cancelled_election_is_shredded_thirty_days_later(
    election: Election, reached: str
) -> None:
    if reached == "open":
        election.open()
    else:
        election.create()
        election.import_rows(KARI, OLA)
    if reached == "frozen":
        election.freeze()
    election.send("cancelled", {"at": "2026-03-02T10:00:00Z"})
    roll = election.roll()
    assert roll.phase == RollPhase.CANCELLED
    assert shredding_due(roll) == election.clock.now() + 30 * DAYS
    sweep_register(election.runtime)
    assert election.roll().rewritten_at == election.clock.now()


def test_approved_election_cannot_be_cancelled(open_election: Election) -> None:
    open_election.close()
    open_election.approve()
    with pytest.raises(PhaseMismatch):
        open_election.send("cancelled", {"at": "2026-03-10T10:00:00Z"})


def new_member(**changes: object) -> RollRow:
    fields: dict[str, object] = {
        "line": 0,
        "member_number": "2001",
        "given_name": "Siri",
        "family_name": "Sen",
        "email": "siri@example.no",
        "mobile": None,
        "group": "Krets Øst",
        **changes,
    }
    return RollRow(**fields)  # type: ignore[arg-type]


def add(election: Election, **changes: object) -> bytes:
    values: dict[str, object] = {
        "member": new_member(),
        "officials": (OFFICIAL, "b" * 32),
        "reason": "Glemt i uttrekket.",
        **changes,
    }
    with election.store.begin() as session:
        return add_late(
            session,
            election.settings,
            election.keystore,
            election_id=ELECTION,
            now=election.clock.now(),
            **values,  # type: ignore[arg-type]
        )


def test_forgotten_member_is_added_in_the_open_and_votes(
    open_election: Election,
) -> None:
    add(open_election)
    add(open_election, member=new_member(member_number="2002", group="Krets Vest"))
    manifest = decode_manifest(open_election.roll().manifest or b"")
    fingerprint = fingerprint_of(open_election.roll().manifest or b"")
    leaves = [each["leaf"] for each in open_election.posted("leaf")]
    for number, (group, leaf) in enumerate(zip((1, 0), leaves, strict=True)):
        verify_leaf(manifest, fingerprint, read_leaf(leaf))
        assert (leaf["number"], leaf["group"]) == (number, group)
    open_election.take(open_election.link("2001"))
    with open_election.store.reading() as session:
        counted = session.get_one(VoterGroup, (ELECTION, 1))
        late = session.scalars(select(RollEntry.added_late)).all()
    assert counted.entitled == 1
    assert sorted(late) == [False, False, False, True, True]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"officials": (OFFICIAL, OFFICIAL)}, TwoOfficialsNeeded),
        ({"reason": " "}, ReasonNeeded),
        ({"reason": "x" * 1001}, ReasonNeeded),
        ({"member": new_member(group="Krets Nord")}, UnknownGroup),
        ({"member": new_member(member_number="01001")}, OnTheRoll),
    ],
)
def test_addition_that_may_not_be_is_refused(
    open_election: Election,
    changes: dict[str, object],
    refusal: type[AdditionRefused],
) -> None:
    with pytest.raises(refusal):
        add(open_election, **changes)
    assert open_election.posted("leaf") == []


def test_nobody_is_added_before_the_opening_or_after_the_closing(
    open_election: Election,
) -> None:
    for instant in ("2026-03-02T08:59:59Z", CLOSES):
        open_election.clock.instant = datetime.fromisoformat(instant)
        with pytest.raises(ElectionNotOpen):
            add(open_election)


def test_every_step_is_in_a_chain_that_holds(open_election: Election) -> None:
    open_election.close()
    open_election.approve()
    with open_election.store.reading() as session:
        assert verify_chain(session).seq >= 7
