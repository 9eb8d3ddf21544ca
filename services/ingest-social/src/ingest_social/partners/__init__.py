"""The API for partners: what the company's own systems tell us, under ids of their own."""
