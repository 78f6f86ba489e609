"""Tests of the radios."""
