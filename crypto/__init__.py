"""The cryptography of docs/protocol.md: bytes in, bytes out.

Pure: no web, no database, no queue, no clock. Functions named `verify_*` and
`require_*` raise on refusal, so that no answer can be ignored. Each docstring cites the
section of the protocol that it carries out.
"""
