"""Development's mail server: it takes every mail, delivers none, and shows them all."""
