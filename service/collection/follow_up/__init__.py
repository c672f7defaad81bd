"""How a round stands: progress, what is due, what needs attention."""
