"""The identity store: persons, roll, invitations, marks, voting rights, shredding.

Everything that names a member is here and nowhere else, and only this package opens the
register database. What leaves it towards the service are signed documents that carry
totals and no names. All of it is built to be shredded.
"""
