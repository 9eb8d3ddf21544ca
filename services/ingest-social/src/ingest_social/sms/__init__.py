"""Short messages of any panel: who wrote to whom, how a panel is asked, and what of its answers is new."""
