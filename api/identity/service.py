"""What other domains and the routes may ask of this one: its verbs under one name."""

from api.identity.accounts import change_password, edit_own_account, own_account
from api.identity.authentication import authenticate_bearer, console_actor, standing_staff
from api.identity.citizen_login import finish_citizen_login, start_citizen_login
from api.identity.citizens import (
    block_citizen,
    citizen_cards,
    citizen_phone,
    known_or_new_citizen,
    register_citizen,
    reveal_citizen,
)
from api.identity.cleaning import clean_up
from api.identity.colleagues import colleagues, workplaces
from api.identity.consents import current_texts, has_consented, own_consents, publish_text, record_consent
from api.identity.console_cookies import cookie_name, csrf_token, verify_csrf
from api.identity.devices import list_devices, revoke_device, sign_out
from api.identity.errors import BadCredentials
from api.identity.refresh import refresh
from api.identity.signing_keys import clean_signing_keys, jwks, rotate_signing_key
from api.identity.signing_keys import verify as verify_token
from api.identity.staff import (
    add_staff,
    assign_role,
    edit_staff,
    end_role,
    list_staff,
    read_staff,
    reset_sign_in,
    staff_names,
)
from api.identity.staff_login import ConsoleSignIn, open_console_session, sign_in_staff
from api.identity.substitutions import arrange_substitution, end_substitution, list_substitutions

__all__ = [
    "BadCredentials",
    "ConsoleSignIn",
    "add_staff",
    "arrange_substitution",
    "assign_role",
    "authenticate_bearer",
    "block_citizen",
    "change_password",
    "citizen_cards",
    "citizen_phone",
    "clean_signing_keys",
    "clean_up",
    "colleagues",
    "console_actor",
    "cookie_name",
    "csrf_token",
    "current_texts",
    "edit_own_account",
    "edit_staff",
    "end_role",
    "end_substitution",
    "finish_citizen_login",
    "has_consented",
    "jwks",
    "known_or_new_citizen",
    "list_devices",
    "list_staff",
    "list_substitutions",
    "open_console_session",
    "own_account",
    "own_consents",
    "publish_text",
    "read_staff",
    "record_consent",
    "refresh",
    "register_citizen",
    "reset_sign_in",
    "reveal_citizen",
    "revoke_device",
    "rotate_signing_key",
    "sign_in_staff",
    "sign_out",
    "staff_names",
    "standing_staff",
    "start_citizen_login",
    "verify_csrf",
    "verify_token",
    "workplaces",
]
