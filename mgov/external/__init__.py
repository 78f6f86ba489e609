"""Agencies' systems, asked for the answer to a keyword: the asynchronous edge that may be slow or down."""
