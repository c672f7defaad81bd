"""The commands: `flask --app wsgi …`. Each exits 0 when all is well, 1 for faults found, 2 for wrong usage."""

from flask import Flask

from service.cli.accounts import accounts
from service.cli.demo import demo
from service.cli.export import export
from service.cli.forms import forms
from service.cli.homes import homes
from service.cli.jobs import jobs
from service.cli.retention import erase, tidy
from service.cli.rounds import invite, rounds
from service.cli.store import keys, store


def register_commands(app: Flask) -> None:
    """Make the commands known to `flask`."""
    for command in (accounts, demo, erase, export, forms, homes, invite, jobs, keys, rounds, store, tidy):
        app.cli.add_command(command)
