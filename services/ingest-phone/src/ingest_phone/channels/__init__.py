"""One module per telephone system."""
