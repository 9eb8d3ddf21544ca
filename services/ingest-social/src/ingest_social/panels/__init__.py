"""How each Iranian panel is asked, and what its rows mean."""
