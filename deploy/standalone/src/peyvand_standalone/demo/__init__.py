"""The demo: invented customers whose sample deliveries Peyvand sends to itself, over real HTTP and from real files."""
