"""What was sent from this machine, which runs were looked at, and how long they took."""
