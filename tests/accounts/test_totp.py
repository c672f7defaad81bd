"""Six digits that change every half minute, each good once."""

from datetime import timedelta

import pytest

from service.accounts.totp import in_fours, new_totp_secret, set_up_address, step_of
from tests.accounts.sign_in_helpers import NOON, TOTP, code_at


@pytest.mark.parametrize(
    ("seconds", "taken"), [(0, True), (30, True), (-30, True), (60, False), (-60, False), (90, False), (3600, False)]
)
def test_a_phone_may_be_half_a_minute_early_or_late(seconds: int, taken: bool) -> None:
    code = code_at(NOON + timedelta(seconds=seconds))
    assert (step_of(TOTP, code, NOON, 0) is not None) is taken


def test_a_code_and_all_before_it_are_used_up_with_it() -> None:
    late = NOON + timedelta(seconds=30)
    used = step_of(TOTP, code_at(late), NOON, 0)
    assert used is not None
    assert step_of(TOTP, code_at(late), NOON, used) is None
    assert step_of(TOTP, code_at(NOON), NOON, used) is None
    assert step_of(TOTP, code_at(late + timedelta(seconds=30)), late, used) == used + 1


@pytest.mark.parametrize("typed", ["{a} {b}", " {a}{b}\n", "{a}\u00a0{b}"])
def test_a_code_may_be_typed_in_groups(typed: str) -> None:
    code = code_at(NOON)
    assert step_of(TOTP, typed.format(a=code[:3], b=code[3:]), NOON, 0) is not None


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345６", "x" * 100_000, "000000\x00"])
def test_what_is_no_code_is_refused(wrong: str) -> None:
    assert step_of(TOTP, wrong, NOON, 0) is None


def test_without_a_secret_no_code_is_right() -> None:
    assert step_of("", "123456", NOON, 0) is None


def test_each_secret_is_another_and_can_be_typed() -> None:
    one, other = new_totp_secret(), new_totp_secret()
    assert one != other
    assert in_fours(one).replace(" ", "") == one
    assert max(map(len, in_fours(one).split())) == 4
    assert set_up_address(one, "ro@example.org") == f"otpauth://totp/Sayso:ro%40example.org?secret={one}&issuer=Sayso"
