"""What gunicorn runs."""

from service import create_app

app = create_app()
