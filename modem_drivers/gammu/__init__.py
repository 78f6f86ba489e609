"""The `gammu` driver: python-gammu in a child process that can be killed, behind the one interface of all radios."""

from modem_drivers.gammu.radio import GammuRadio

__all__ = ["GammuRadio"]
