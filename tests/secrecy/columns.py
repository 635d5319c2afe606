"""Every column of both stores, and what it may tell whoever reads it.

This is a declaration, held against the schema: a column that is not here does not
stand. Before one is added it is asked, here, whether it could bring a member's name
and a ballot together; kinds of row are named by what they are of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Columns = Mapping[str, Mapping[str, str]]

_EXCHANGE_INBOX: Final = {
    "digest": "that a document of the other side was taken in",
    "kind": "which kind of document",
    "subject": "the election",
    "taken_at": "when the document came; documents are of totals",
}
_EXCHANGE_OUTBOX: Final = {
    "digest": "which document",
    "number": "the order of posting; of documents, of which none is of a member",
    "kind": "which kind of document",
    "subject": "the election",
    "body": "totals, dates, keys and signatures (docs/architecture.md)",
    "signature": "this side's",
    "posted_at": "when the document was posted",
    "delivered_at": "when it was delivered",
    "refusal": "the class of what stopped it",
}
_AUDIT: Final = {
    "seq": "the order of what officials and the clock did; no vote is an event",
    "at": "when; no vote is an event",
    "actor": "an official's id, or system",
    "kind": "what was done",
    "subject": "the election",
    "commitment": "nothing without the salt",
    "salt": "nothing; shredded with the content",
    "content": "what an official did, to which entry and why; shredded",
    "previous": "the event before",
    "hash": "the event",
}
_MARK: Final = {
    "entry_id": "whose: an entry of the roll, by a random id",
    "election_id": "the election",
    "group_index": "the voter group",
    "channel": "digital or paper",
    "element_digest": "nothing without the data key",
    "blinded_element": "nothing: uniformly random whoever's credential it hides",
    "signature": "that the holder of the login key asked",
    "login_key": "which of the member's messages was used",
}

REGISTER: Final[Columns] = {
    "audit_events": _AUDIT,
    "discrepancies": {
        "election_id": "the election",
        "group_index": "the voter group",
        "kind": "what does not add up",
        "number": "by how many",
    },
    "exchange_inbox": _EXCHANGE_INBOX,
    "exchange_outbox": _EXCHANGE_OUTBOX,
    "holds": {
        "election_id": "the election",
        "number": "how often it was held",
        "until": "until when",
        "document": "the reason, and key holders' signatures",
    },
    "hourly_totals": {
        "election_id": "the election",
        "hour": "a whole hour",
        "count": "how many rights were taken out in it, over all groups",
    },
    "mark_intake": _MARK,
    "marks": {**_MARK, "batch": "with which others it was moved, 20 or more"},
    "letter_batches": {
        "id": "a random id",
        "election_id": "the election",
        "sending_id": "of which sending",
        "number": "which batch of it",
        "letter_count": "how many letters",
        "state": "whether it is printed, never when",
        "renderings": "how often",
    },
    "messages": {
        "id": "a random id",
        "election_id": "the election",
        "sending_id": "in which sending",
        "entry_id": "to whom",
        "channel": "by e-mail, SMS or letter",
        "state": "whether it went and arrived, never when",
        "batch_id": "with which other letters it is printed",
    },
    "roll_entries": {
        "id": "a random id",
        "election_id": "the election",
        "group_index": "the voter group",
        "member_digest": "nothing without the data key",
        "email_digest": "nothing without the data key",
        "sealed_person": "nothing without the data key",
        "sealed_salt": "nothing without the data key",
        "channel": "digital, or entered as voting on paper",
        "added_late": "whether added after the opening",
        "preferred": "by what the member wants to be reached",
        "has_mobile": "whether an SMS can reach the member",
        "has_postal": "whether a letter can reach the member",
        "bounced_digest": "nothing without the data key",
    },
    "rolls": {
        "election_id": "the election",
        "slug": "its short name",
        "title": "its title",
        "organisation": "whose it is",
        "verifier_key": "a public key of the service",
        "phase": "where it stands",
        "key_id": "the name of the data key",
        "last_activity": "when an official last worked on the draft",
        "last_date": "when it is shredded at the latest",
        "source_digest": "nothing without the data key",
        "commitment": "nothing without the data key",
        "manifest": "what is public",
        "fingerprint": "what is public",
        "schedule_number": "how often the closing was moved",
        "opens_at": "what is public",
        "closes_at": "what is public",
        "closed_at": "when the box was closed",
        "final_size": "what is public",
        "final_root": "what is public",
        "rewritten_at": "when the files were written anew",
        "approved_at": "what is public",
        "protocol": "what is public",
        "shred_due": "when it is shredded",
        "hold_until": "until when it is held",
        "shredded_at": "when it was shredded",
        "alarm_days": "how near the last date was when officials were warned",
    },
    "sending_texts": {
        "sending_id": "of which sending",
        "language": "of the template",
        "election_id": "the election",
        "subject": "a template",
        "body": "a template",
        "sms": "a template",
    },
    "sendings": {
        "id": "a random id",
        "election_id": "the election",
        "kind": "invitation, reminder, resend, late",
        "state": "how far it has come",
        "created_by": "the official's id",
        "created_on": "the day",
        "subject": "a template",
        "body": "a template",
        "language": "of the template",
        "sms": "a template",
        "channels": "by what it may go",
        "falls_back": "whether another channel is tried",
        "starts_at": "when an official wants it to begin",
        "message_count": "how many",
        "number": "its leaf on the board",
        "codes_root": "what is public",
    },
    "shreddings": {
        "election_id": "the election",
        "state": "how far it has come",
        "started_at": "when",
        "counts": "how many rows of each kind",
        "certificate": "what is public",
    },
    "voter_groups": {
        "election_id": "the election",
        "index": "which group",
        "label": "its name",
        "entitled": "how many are in it",
        "issuer_key": "what is public",
        "digital_marks": "how many",
        "paper_marks": "how many",
    },
    "voting_codes": {
        "login_key": "a public key; the code is in the mail alone",
        "election_id": "the election",
        "entry_id": "whose",
        "message_id": "in which message",
        "state": "live or dead",
    },
}

SERVICE: Final[Columns] = {
    "audit_events": _AUDIT,
    "ballot_intake": {
        "election_id": "the election",
        "tracking": "which ballot",
        "credential": "a nameless public key",
        "sequence": "how often the same credential was used",
        "leaf": "what will be public",
    },
    "ballots": {
        "election_id": "the election",
        "tracking": "which ballot",
        "credential": "a nameless public key",
        "sequence": "how often the same credential was used",
        "batch": "with which others it was published, 20 or more",
    },
    "board_leaves": {
        "election_id": "the election",
        "position": "what is public; in a batch, the order of digests",
        "leaf_hash": "what is public",
        "tracking": "what is public",
        "body": "what is public",
    },
    "ceremony_messages": {
        "election_id": "the election",
        "kind": "which message",
        "index": "of which key holder",
        "recipient": "to which key holder",
        "body": "keys, commitments, sealed shares",
    },
    "checkpoints": {
        "election_id": "the election",
        "size": "what is public",
        "root": "what is public",
        "edge": "what is public",
        "note": "what is public",
    },
    "committee_seats": {
        "election_id": "the election",
        "index": "which seat",
        "official_id": "a key holder",
        "name": "a key holder's, which stands in the manifest",
        "access_digest": "nothing: the digest of a key of 130 bits",
    },
    "elections": {
        "id": "the election",
        "slug": "its short name",
        "title": "its title",
        "phase": "where it stands",
        "draft": "what an organiser wrote",
        "roll_draft": "how many are in each voter group",
        "roll_totals": "how many are in each voter group, and public keys",
        "ceremony_id": "which ceremony",
        "manifest": "what is public",
        "fingerprint": "what is public",
        "opens_at": "what is public",
        "closes_at": "what is public",
        "next_batch": "how many batches are out",
        "turnout": "rights by the hour, in steps of 20",
        "protocol": "what is public",
        "approved_at": "what is public",
        "approval_signature": "what is public",
        "certificate": "what is public",
        "alarm": "how near the last date is",
    },
    "exchange_inbox": _EXCHANGE_INBOX,
    "exchange_outbox": _EXCHANGE_OUTBOX,
    "holder_signatures": {
        "election_id": "the election",
        "kind": "under what",
        "number": "under which",
        "index": "which key holder's",
        "signature": "a key holder's signature",
    },
    "official_roles": {
        "official_id": "an official",
        "role": "the official's",
    },
    "official_sessions": {
        "token_digest": "nothing: the digest of 32 random bytes",
        "official_id": "an official; no member has a session",
        "expires_at": "when the official has to sign in again",
    },
    "officials": {
        "id": "a random id",
        "name": "an official's",
        "email": "an official's",
        "password_hash": "an official's",
        "disabled": "whether the official may sign in",
    },
    "partial_decryptions": {
        "election_id": "the election",
        "index": "which key holder's",
        "document": "what is public",
    },
    "proposals": {
        "election_id": "the election",
        "kind": "what is proposed",
        "number": "which",
        "document": "what is proposed",
        "state": "open, signed, withdrawn",
    },
    "tallies": {
        "election_id": "the election",
        "document": "sums, unopened",
        "digest": "of the sums",
    },
    "token_evidence": {
        "election_id": "the election",
        "document": "what is public",
    },
}

OF_A_VOTE: Final[Mapping[str, frozenset[str]]] = {
    "register": frozenset({"mark_intake", "marks"}),
    "service": frozenset({"ballot_intake", "ballots"}),
}
"""One row a vote: of who voted on the one side, of what on the other."""

OF_A_MEMBER: Final[Mapping[str, frozenset[str]]] = {
    "register": frozenset({"messages", "roll_entries", "voting_codes"}),
    "service": frozenset(),
}
"""One row or more a member, written before the first vote."""

ON_BOTH_SIDES: Final = frozenset({"election_id", "group_index", "fingerprint"})
"""What a row of each side may both hold: nothing finer than a voter group."""
