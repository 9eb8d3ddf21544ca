"""What all channels at Twilio share: an account, the proof of its calls, and asking its REST API."""
