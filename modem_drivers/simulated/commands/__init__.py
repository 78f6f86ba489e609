"""The AT commands that a simulated modem knows, by name."""

from modem_drivers.simulated.commands import equipment, memory, network, routing, sending, terminal
from modem_drivers.simulated.commands.base import Handler, Pending

HANDLERS: dict[str, Handler] = (
    terminal.HANDLERS | equipment.HANDLERS | network.HANDLERS | routing.HANDLERS | memory.HANDLERS | sending.HANDLERS
)

#: Refused with +CMS ERROR: 310, 311 or 316 until the SIM is open.
NEEDS_SIM_CMS = frozenset(
    ("+CMGS", "+CMSS", "+CMGW", "+CMGL", "+CMGR", "+CMGD", "+CPMS", "+CSCA", "+CNMA", "+CMMS", "+CNMI", "+CMGC")
)
#: Refused with +CME ERROR: 10, 11 or 12 until the SIM is open.
NEEDS_SIM_CME = frozenset(("+CIMI", "+CNUM", "+CPBS", "+CPBR", "+CPBW", "+CPBF", "+CUSD", "+COPS", "+CLCK", "+CLIP"))

__all__ = ["HANDLERS", "NEEDS_SIM_CME", "NEEDS_SIM_CMS", "Handler", "Pending"]
