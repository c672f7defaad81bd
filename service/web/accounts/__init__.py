"""The pages of accounts: the way in, one's own account, and everybody's for administrators."""

# importing a module adds its views to the blueprint
from service.web.accounts.administration import invite
from service.web.accounts.blueprint import bp
from service.web.accounts.profile import account
from service.web.accounts.sign_in import sign_in

__all__ = ["account", "bp", "invite", "sign_in"]
