from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from infra.token_verifier import TokenVerifier
from voting.verifier_process import IssuerKeys, VerifierServer

AT_ONCE = 60


def test_sixty_who_ask_the_verifier_at_once_are_all_answered(tmp_path: Path) -> None:
    keys = IssuerKeys.at(tmp_path / "keys")
    verifier = TokenVerifier(tmp_path / "v.sock")
    together = Barrier(AT_ONCE)

    def ask(_: int) -> bytes:
        together.wait(30)
        return verifier.public_key()

    with (
        VerifierServer(tmp_path / "v.sock", keys) as server,
        ThreadPoolExecutor(AT_ONCE + 1) as pool,
    ):
        # Nobody takes a connection yet: as when the process is busy for a moment.
        answers = [pool.submit(ask, number) for number in range(AT_ONCE)]
        pool.submit(server.serve_forever)
        found = {answer.result(30) for answer in answers}
        server.shutdown()
    assert found == {keys.identity.public_key}
