"""What the officials' pages say: rows and sentences made from data. Pure.

Nothing here reads a request or a store. Sentences go through gettext, which answers
with the source language where there is no request.
"""
