"""Orders in rows, as tables of other systems give them."""
