"""`peyvand identity`: what other rules would make of the customers."""
