"""From the bytes of a mail to what an event needs: pure, bounded, and never surprised."""
