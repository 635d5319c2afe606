"""Catalogues of nynorsk and English: extracted, compared, compiled."""
