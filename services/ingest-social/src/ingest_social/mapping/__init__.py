"""Any JSON source without code: what its settings say is what it means."""
