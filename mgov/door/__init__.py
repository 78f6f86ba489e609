"""The door: staff with Unix accounts of their own use mgov without being able to open its files.

The door runs as the gateway's user. A caller's command comes in over a Unix socket, with his terminal and the files
that he may read himself; the kernel says who he is (SO_PEERCRED), and his role says what he may do.
"""
