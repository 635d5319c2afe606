"""How properties are tried here."""

from hypothesis import settings

# A property that holds is not broken by a machine that is busy elsewhere.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
