"""Files with a table in them, CSV and XLSX: their rows as text, one after the other."""
