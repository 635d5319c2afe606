"""Elections: ballots, box, board, key ceremony, tally, approval and record.

Everything here stands in the service database, where no member is named. Only
`voting.box` touches sealed ballots. The rules of an election (ballots, decision rules,
phases) are pure modules that know neither the web nor the database.
"""
