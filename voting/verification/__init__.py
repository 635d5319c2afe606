"""The offline verifier of election records: the twelve checks of docs/protocol.md §7.

Each check is a module with one function, `check`, which returns nothing or raises. It
reads a record and nothing else: no database, no network, no clock.
"""
