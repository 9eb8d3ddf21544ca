"""Mail that a vendor received for us and posts to us."""
