"""Anonymous surveys: definitions, launch, responses, results and exports.

Responses stand in the service database and bear no person, not even for a moment. Only
the module that owns the responses may read or write them; the figures shown are
suppressed where a group is too small.
"""
