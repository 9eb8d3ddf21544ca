"""From the bus into the record: every delivery and event once, whatever fails on the way."""
