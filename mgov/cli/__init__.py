"""The command line: prints and calls, no rules of its own."""
