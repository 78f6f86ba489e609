"""The use cases: synchronous functions, one transaction each, `now` passed in."""
