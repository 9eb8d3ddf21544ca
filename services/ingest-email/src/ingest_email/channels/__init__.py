"""The ways in which mail comes to us, one module each."""
