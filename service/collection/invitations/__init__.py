"""Invitations by e-mail: links, reminders, delivery; planned rounds, which send them."""
