"""Call logs as tables: which column says what is told by peyvand.yaml, by itself or through a recipe."""
