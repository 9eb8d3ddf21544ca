"""`peyvand connect`: asks for a channel's account, tries the sign-in, and writes the connector into peyvand.yaml."""
