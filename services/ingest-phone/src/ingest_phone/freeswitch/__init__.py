"""FreeSWITCH's call records: how they are wrapped, what they say, and where they lie after an outage."""
