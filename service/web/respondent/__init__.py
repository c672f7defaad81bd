"""The form that somebody answers, and the link that leads to it."""
