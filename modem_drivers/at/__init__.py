"""The `at` driver, by height: `port` (bytes), `dialogue` (lines), `replies` (meaning), `radio` (messages)."""

from modem_drivers.at.radio import AtRadio

__all__ = ["AtRadio"]
