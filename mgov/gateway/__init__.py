"""Modem workers: the asynchronous edge between radios and the outbox."""
