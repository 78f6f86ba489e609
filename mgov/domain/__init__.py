"""Rules as pure functions over plain records: nothing here has a side effect."""
