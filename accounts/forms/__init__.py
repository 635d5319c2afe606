"""Forms of officials' accounts: shape only."""
