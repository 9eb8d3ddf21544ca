"""`peyvand send`: a sample delivery, signed as its vendor would, posted to a running Peyvand."""
