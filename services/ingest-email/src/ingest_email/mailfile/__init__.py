"""Reading a mailbox file while others write it."""
