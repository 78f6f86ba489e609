"""Radios: one interface, one vocabulary of outcomes; knows nothing of government or databases."""
