"""Rounds and their invitations."""
