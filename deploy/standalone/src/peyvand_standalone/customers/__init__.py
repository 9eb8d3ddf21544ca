"""`peyvand customers`: what the company's other systems know of its customers, and all customers as a table."""
