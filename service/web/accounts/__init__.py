"""The pages of accounts: the way in, one's own account, and everybody's for administrators."""

# importing a module adds its views to the blueprint
from service.web.accounts.blueprint import bp
from service.web.accounts.entering import sign_in
from service.web.accounts.everyone import invite
from service.web.accounts.own import account

__all__ = ["account", "bp", "invite", "sign_in"]
