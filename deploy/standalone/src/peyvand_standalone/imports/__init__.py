"""`peyvand import`: what was said before Peyvand was there."""
