"""Documents for the archive: the protocol and its annex, set as PDF."""
