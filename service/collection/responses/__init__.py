"""Responses: drafts, submission, anonymity, paper."""
