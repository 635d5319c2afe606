"""The register's pages and its two answers to voters."""
