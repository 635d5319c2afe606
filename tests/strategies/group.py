"""Strategies for scalars, points and byte strings of ristretto255."""

from hypothesis import strategies as st

from crypto.group import ORDER, Point, Scalar, SecretScalar, mul_base

# Where carries, borrows and reductions go wrong, if they do.
_EDGES = [0, 1, 2, ORDER // 2, ORDER - 2, ORDER - 1]

scalar_numbers = st.one_of(st.sampled_from(_EDGES), st.integers(0, ORDER - 1))
scalars = scalar_numbers.map(Scalar.from_int)
nonzero_scalars = st.one_of(st.sampled_from(_EDGES[1:]), st.integers(1, ORDER - 1)).map(
    Scalar.from_int
)
secret_scalars = st.integers(1, ORDER - 1).map(SecretScalar.from_int)
"""Never zero: keys, nonces and blinds."""

points = scalars.map(mul_base)
nonidentity_points = nonzero_scalars.map(mul_base)
unknown_points = st.binary(min_size=64, max_size=64).map(Point.from_uniform)
"""Points whose logarithm the test does not know."""

digests = st.binary(min_size=32, max_size=32)
texts = st.text(st.characters(codec="utf-8"), max_size=40)
parts = st.lists(st.binary(max_size=40), max_size=6)
