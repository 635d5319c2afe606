"""What `scripts/vendor` is made of; for developers, never imported by Urne."""
