"""The language that Peyvand's services speak, and the skeleton that every connector stands on."""
