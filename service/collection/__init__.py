"""WHOM WE ASK, AND WHEN: homes, rounds, invitations and what came back."""
