"""What a website's form says, however it was posted."""
