"""Settings: each checked, each described, none wrong in silence."""

from pathlib import Path

import pytest

from service.config import SettingError, config_from, keys_made_here

KEY = "k" * 32


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"SAYSO_STORE_URL": "mysql://x"}, "SAYSO_STORE_URL"),
        ({"SAYSO_STORE_URL": ""}, "SAYSO_STORE_URL"),
        ({"SAYSO_BASE_URL": "127.0.0.1:8000"}, "SAYSO_BASE_URL"),
        ({"SAYSO_BASE_URL": "https://example.org/app"}, "SAYSO_BASE_URL"),
        ({"SAYSO_BASE_URL": "https://example.org:notaport"}, "SAYSO_BASE_URL"),
        ({"SAYSO_SECRET_KEYS": "short"}, "SAYSO_SECRET_KEYS"),
        ({"SAYSO_SEAL_KEYS": f"{KEY},short"}, "SAYSO_SEAL_KEYS"),
        ({"SAYSO_HTMX_SOURCE": "elsewhere"}, "SAYSO_HTMX_SOURCE"),
        ({"SAYSO_DEMO": "yes"}, "SAYSO_DEMO"),
        ({"SAYSO_BEHIND_PROXIES": "-1"}, "SAYSO_BEHIND_PROXIES"),
        ({"SAYSO_EXPORTS_KEEP_DAYS": "0"}, "SAYSO_EXPORTS_KEEP_DAYS"),
        ({"SAYSO_FORMS_DIR": " "}, "SAYSO_FORMS_DIR"),
        ({"SAYSO_FORMS_DIR": "no/such/folder"}, "SAYSO_FORMS_DIR"),
        ({"SAYSO_FORMS_DIR": "README.md"}, "SAYSO_FORMS_DIR"),
        ({"SAYSO_COLOUR": "red"}, "SAYSO_COLOUR"),
        ({"SAYSO_DEMO_FILE": "/no/such/file"}, "SAYSO_DEMO_FILE"),
        ({"SAYSO_DEMO": "1", "SAYSO_DEMO_FILE": "/dev/null"}, "SAYSO_DEMO"),
        ({"SAYSO_BASE_URL": "https://sayso.example.org"}, "SAYSO_SECRET_KEYS"),
        ({"SAYSO_BASE_URL": "https://sayso.example.org", "SAYSO_SECRET_KEYS": KEY}, "SAYSO_SEAL_KEYS"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(environ: dict[str, str], name: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}: ") as stopped:
        config_from(environ)
    assert stopped.value.name == name


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"{KEY}\n{'o' * 40}\n")
    assert config_from({"SAYSO_SECRET_KEYS_FILE": str(path)}).secret_keys == (KEY, "o" * 40)


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    config = config_from({"SAYSO_INSTANCE_DIR": str(tmp_path / "new")})
    made = keys_made_here(config, "secret_keys")
    assert keys_made_here(config, "secret_keys") == made
    assert keys_made_here(config, "seal_keys") != made
    assert (tmp_path / "new" / "secret_keys").stat().st_mode & 0o077 == 0


def test_keys_are_never_shown_with_the_settings() -> None:
    assert KEY not in repr(config_from({"SAYSO_SECRET_KEYS": KEY}))
