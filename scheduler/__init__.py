"""When things happen: cadence rules and the one file that imports APScheduler."""
