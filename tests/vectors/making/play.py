"""A ceremony that one program holds alone, knowing every secret."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import nacl.hash
from nacl.encoding import RawEncoder
from nacl.public import Box, PrivateKey, PublicKey

from crypto.ceremony import (
    deal_share,
    post_commit,
    post_keys,
    post_reveal,
    rehearse,
    sign_transcript,
)
from crypto.ceremony_messages import (
    Assembly,
    CeremonyDocument,
    Reveal,
    SealedShare,
)
from crypto.ceremony_record import CeremonyRecord
from crypto.group import Scalar, SecretScalar
from crypto.integers import u16
from crypto.knowledge import KnowledgeProof
from crypto.sealing import SealingKey
from crypto.sharing import Polynomial
from crypto.signing import SigningSeed, sign
from tests.vectors.making.dice import Dice

NAMES = ("Åse Ødegård", "Bjørn Berg", "Čohkka Eira", "Dag Dahl")


@dataclass(frozen=True, slots=True)
class Player:
    """One holder with all secrets."""

    index: int
    name: str
    seed: SigningSeed
    sealing: SealingKey
    polynomial: Polynomial


@dataclass(frozen=True, slots=True)
class Play:
    """A ceremony that is held by nobody but this program."""

    ceremony: bytes
    title: str
    threshold: int
    players: tuple[Player, ...]

    @property
    def assembly(self) -> Assembly:
        """Everybody's keys."""
        keys = tuple(
            post_keys(
                self.ceremony,
                player.index,
                player.name,
                player.seed,
                player.sealing.public_key,
            )
            for player in self.players
        )
        return Assembly(self.ceremony, self.threshold, keys)

    def reveal(self, index: int) -> Reveal:
        """What a holder reveals, honestly."""
        player = self.players[index - 1]
        nonce = Dice(f"{self.title} possession {index}").scalar()
        return post_reveal(
            self.assembly, index, player.polynomial, player.seed, nonce=nonce
        )

    def share(
        self, dealer: int, recipient: int, change: Callable[[bytes], bytes] = bytes
    ) -> SealedShare:
        """A share; `change` is what a bad dealer does to its 64 bytes."""
        player = self.players[dealer - 1]
        dice = Dice(f"{self.title} {dealer} {recipient}")
        return deal_share(
            self.assembly,
            dealer,
            recipient,
            player.polynomial,
            player.seed,
            seal_to=lambda key, plain: sealed_box(key, change(plain), dice.bytes(32)),
        )

    def signed_reveal(self, reveal: Reveal, possession: KnowledgeProof) -> Reveal:
        """A reveal with another proof, signed anew."""
        signature = sign(
            self.players[reveal.index - 1].seed,
            "ceremony/reveal",
            self.ceremony,
            self.assembly.keys,
            u16(reveal.index),
            reveal.encoded_points,
            possession.encoded,
        )
        return replace(reveal, possession=possession, signature=signature)

    def signed_share(self, dealer: int, recipient: int, sealed: bytes) -> SealedShare:
        """Any sealed bytes as a share, signed by the dealer."""
        signature = sign(
            self.players[dealer - 1].seed,
            "ceremony/share",
            self.ceremony,
            self.assembly.keys,
            u16(dealer),
            u16(recipient),
            self.reveal(dealer).encoded_points,
            sealed,
        )
        return SealedShare(dealer, recipient, sealed, signature)

    def document(self) -> CeremonyDocument:
        """The transcript."""
        assembly = self.assembly
        indices = range(1, len(self.players) + 1)
        return CeremonyDocument(
            title=self.title,
            assembly=assembly,
            commits=tuple(
                post_commit(assembly, player.index, player.polynomial, player.seed)
                for player in self.players
            ),
            reveals=tuple(self.reveal(index) for index in indices),
            shares=tuple(
                self.share(dealer, recipient)
                for dealer in indices
                for recipient in indices
            ),
        )

    def share_of(self, index: int) -> SecretScalar:
        """A holder's share of the election key."""
        total: Scalar = Scalar.from_int(0)
        for player in self.players:
            total += player.polynomial.share_of(index)
        return SecretScalar(total.encoded)

    def record(self, document: CeremonyDocument | None = None) -> CeremonyRecord:
        """The document with all signatures and rehearsals."""
        whole = document or self.document()
        transcript = whole.transcript
        return CeremonyRecord(
            document=whole,
            rehearsals=tuple(
                rehearse(
                    transcript,
                    player.index,
                    self.share_of(player.index),
                    nonce=Dice(f"{self.title} rehearsal {player.index}").scalar(),
                )
                for player in self.players
            ),
            signatures=tuple(
                sign_transcript(transcript, player.index, player.seed)
                for player in self.players
            ),
        )


def hold(title: str, holders: int, threshold: int) -> Play:
    """A ceremony with secrets from its title."""
    dice = Dice(title)
    ceremony = dice.bytes(16)
    players = tuple(
        Player(
            index=index,
            name=NAMES[index - 1],
            seed=SigningSeed(dice.bytes(32)),
            sealing=SealingKey(dice.bytes(32)),
            polynomial=Polynomial.draw(threshold, dice.scalar),
        )
        for index in range(1, holders + 1)
    )
    return Play(ceremony, title, threshold, players)


PLAY = hold("Lønnsoppgjøret 2027", 3, 2)


def sealed_box(public: bytes, plain: bytes, ephemeral: bytes) -> bytes:
    """Libsodium's crypto_box_seal with a known ephemeral key."""
    sender = PrivateKey(ephemeral)
    both = bytes(sender.public_key) + public
    nonce = nacl.hash.blake2b(both, digest_size=24, encoder=RawEncoder)
    box = Box(sender, PublicKey(public)).encrypt(plain, nonce)
    return bytes(sender.public_key) + box.ciphertext
