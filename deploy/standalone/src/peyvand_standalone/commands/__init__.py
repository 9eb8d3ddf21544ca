"""The peyvand command's subcommands, one file each."""
