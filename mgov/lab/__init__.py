"""The fault lab: the real daemon as a process of its own on a simulated network, and what faults do to it."""
