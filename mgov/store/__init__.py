"""Every table, constraint, query and migration of the shared database."""
