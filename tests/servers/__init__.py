"""Private PostgreSQL and MariaDB servers for the tests: one of each per test run, shared by its workers."""
