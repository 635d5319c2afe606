"""Forms of the officials' pages: shape only; the law is in the rules of voting/."""
