"""Taking mail that a company's own mail server hands over, by SMTP or LMTP."""
