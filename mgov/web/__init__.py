"""What is answered over HTTP on this host: measurements and health."""
