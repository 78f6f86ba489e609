"""A simulated GSM network whose modems stand on real pseudo-terminals.

`SimulatedNetwork` is the door; `python -m modem_drivers.simulated` runs one as a process of its own.
"""

from modem_drivers.simulated.faults import FaultKind
from modem_drivers.simulated.network import OPERATORS, SimulatedNetwork
from modem_drivers.simulated.phone import Phone, Text
from modem_drivers.simulated.profiles import profiles
from modem_drivers.simulated.smsc import Submission

__all__ = ["OPERATORS", "FaultKind", "Phone", "SimulatedNetwork", "Submission", "Text", "profiles"]
