"""Enrolled tablets: enrolment, unlocking, what they offer."""
