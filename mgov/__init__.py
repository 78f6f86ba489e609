"""mgov: the SMS gateway and transaction engine of a provincial government."""

__version__ = "0.1.0"
