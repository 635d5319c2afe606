"""Officials: who may sign in, which roles they hold, and what they may do.

Organisers, committee members and auditors live here, never members. Every view bears
one mark that says who may open it, and every act of an official becomes an event of the
audit chain. Members' names never enter this package.
"""
