"""Check 11: every number and word of the protocol follows from the record."""

from crypto.encoding import JsonValue
from voting.protocol_document import BOUND_FILES, ProtocolInputs, build_protocol
from voting.tally import tally_digest
from voting.verification.facts import CheckFailed, Facts


def check(facts: Facts) -> None:
    """Raise unless the protocol, written anew, is the same to the byte."""
    files = {name: getattr(facts.parts, name) for name in BOUND_FILES}
    written = build_protocol(
        ProtocolInputs(
            manifest=facts.manifest,
            fingerprint=facts.fingerprint,
            board=facts.board,
            head=facts.head,
            result=facts.result,
            tally=tally_digest(facts.parts.tally),
            files={name: held for name, held in files.items() if held is not None},
        )
    )
    if written == facts.parts.protocol:
        return
    different = _different(
        facts.document(written), facts.document(facts.parts.protocol)
    )
    raise CheckFailed(f"the record does not bear out: {', '.join(different)}")


def _different(written: JsonValue, found: JsonValue) -> list[str]:
    if not isinstance(written, dict) or not isinstance(found, dict):
        return ["the protocol"]
    names = sorted(written.keys() | found.keys())
    return [name for name in names if written.get(name) != found.get(name)]
