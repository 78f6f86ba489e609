"""Parts of `script/bench`, each run in a process of its own, with a deadline."""
