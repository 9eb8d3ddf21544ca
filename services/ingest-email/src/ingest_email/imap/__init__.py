"""What the IMAP channel needs of a server: one connection, one thread, read only."""
