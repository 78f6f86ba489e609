"""Text in, value or reason out: pure readers without clock, files, network or database."""
