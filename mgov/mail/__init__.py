"""Mail in and out: the asynchronous edge between mail servers and the outbox."""
