"""SQL of this domain that is run by name: authentication in one statement, login codes, tokens, signing keys."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.sql import Row, fetch_all

# --- Who acts: one statement for each kind of holder -------------------------------------------------------------

CITIZEN_ACTOR = """
    SELECT device.kind AS channel, citizen.language, municipality.config_version
      FROM device
      JOIN citizen ON citizen.municipality_id = device.municipality_id AND citizen.id = device.holder_id
      JOIN municipality ON municipality.id = device.municipality_id
     WHERE device.municipality_id = %(municipality_id)s AND device.id = %(device_id)s
       AND device.holder_kind = 'citizen' AND device.holder_id = %(holder_id)s
       AND device.revoked_at IS NULL AND device.expires_at > %(now)s
       AND NOT citizen.is_blocked AND municipality.is_active"""

# Own roles of today, and those of the persons one stands in for today (who must still work here themselves);
# a role of a department reaches its whole subtree.
HELD_ROLES = """
    role_holder AS (
        SELECT signed_in.id FROM signed_in
         UNION
        SELECT absent.id
          FROM signed_in
          JOIN substitution ON substitution.municipality_id = %(municipality_id)s
                           AND substitution.substitute_id = signed_in.id
                           AND %(today)s BETWEEN substitution.valid_from AND substitution.valid_to
          JOIN staff_user absent ON absent.municipality_id = %(municipality_id)s
                                AND absent.id = substitution.absent_id AND absent.is_active
    ), held AS (
        SELECT DISTINCT role_assignment.role, role_assignment.department_id
          FROM role_holder
          JOIN role_assignment ON role_assignment.municipality_id = %(municipality_id)s
                              AND role_assignment.staff_user_id = role_holder.id
         WHERE role_assignment.valid_from <= %(today)s
           AND (role_assignment.valid_to IS NULL OR role_assignment.valid_to >= %(today)s)
    ), reach AS (
        SELECT held.department_id AS root, held.department_id AS id FROM held WHERE held.department_id IS NOT NULL
         UNION
        SELECT reach.root, department.id
          FROM reach
          JOIN department ON department.municipality_id = %(municipality_id)s AND department.parent_id = reach.id
    ), held_json AS (
        SELECT coalesce(json_agg(json_build_object('role', held.role, 'departments', (
                   SELECT json_agg(reach.id) FROM reach WHERE reach.root = held.department_id))), '[]') AS roles
          FROM held
    )"""

STAFF_ACTOR = f"""
    WITH RECURSIVE signed_in AS (
        SELECT staff_user.id, device.kind AS channel, municipality.config_version
          FROM device
          JOIN staff_user ON staff_user.municipality_id = device.municipality_id AND staff_user.id = device.holder_id
          JOIN municipality ON municipality.id = device.municipality_id
         WHERE device.municipality_id = %(municipality_id)s AND device.id = %(device_id)s
           AND device.holder_kind = 'staff' AND device.holder_id = %(holder_id)s AND device.kind <> 'console'
           AND device.revoked_at IS NULL AND device.expires_at > %(now)s
           AND staff_user.is_active AND municipality.is_active
    ), {HELD_ROLES}
    SELECT signed_in.channel, signed_in.config_version, held_json.roles FROM signed_in, held_json"""

# Whose work arrives by another way than their own signed-in phone: a sealed bundle, the office's inbox.
STAFF_STANDING = f"""
    WITH RECURSIVE signed_in AS (
        SELECT staff_user.id, municipality.config_version
          FROM staff_user JOIN municipality ON municipality.id = staff_user.municipality_id
         WHERE staff_user.municipality_id = %(municipality_id)s AND staff_user.id = %(holder_id)s
           AND staff_user.is_active AND municipality.is_active
    ), {HELD_ROLES}
    SELECT signed_in.config_version, held_json.roles FROM signed_in, held_json"""

# A console session lives by its use: the use is noted at most once a minute, and never waits for a parallel request.
CONSOLE_ACTOR = f"""
    WITH RECURSIVE signed_in AS (
        SELECT staff_user.id, device.id AS device_id, device.last_seen_at, municipality.config_version
          FROM device
          JOIN staff_user ON staff_user.municipality_id = device.municipality_id AND staff_user.id = device.holder_id
          JOIN municipality ON municipality.id = device.municipality_id
         WHERE device.municipality_id = %(municipality_id)s AND device.id = %(device_id)s
           AND device.holder_kind = 'staff' AND device.kind = 'console' AND device.secret_hash = %(secret_hash)s
           AND device.revoked_at IS NULL AND device.expires_at > %(now)s AND device.last_seen_at > %(idle_since)s
           AND staff_user.is_active AND municipality.is_active
    ), seen AS (
        UPDATE device SET last_seen_at = %(now)s
         WHERE municipality_id = %(municipality_id)s AND id IN (
               SELECT device.id FROM device
                 JOIN signed_in ON signed_in.device_id = device.id AND signed_in.last_seen_at < %(noted_since)s
                WHERE device.municipality_id = %(municipality_id)s FOR UPDATE OF device SKIP LOCKED)
    ), {HELD_ROLES}
    SELECT signed_in.id AS holder_id, signed_in.config_version, held_json.roles FROM signed_in, held_json"""

# --- Phone codes -------------------------------------------------------------------------------------------------

INSERT_LOGIN_CODE = """
    INSERT INTO login_code (municipality_id, id, phone_index, code_hash, created_at, expires_at, tries)
    VALUES (%(municipality_id)s, %(id)s, %(phone_index)s, %(code_hash)s, %(created_at)s, %(expires_at)s, 0)"""
# A try is spent before the code is compared, so parallel guesses cannot share one.
SPEND_TRY = """
    UPDATE login_code SET tries = tries + 1
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND tries < %(most_tries)s
       AND used_at IS NULL AND expires_at > %(now)s
 RETURNING phone_index, code_hash"""
USE_CODE = """
    UPDATE login_code SET used_at = %(now)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND used_at IS NULL"""

# --- Devices and refresh tokens ----------------------------------------------------------------------------------

INSERT_DEVICE = """
    INSERT INTO device (municipality_id, id, holder_kind, holder_id, kind, label, created_at, last_seen_at, expires_at,
                        secret_hash)
    VALUES (%(municipality_id)s, %(id)s, %(holder_kind)s, %(holder_id)s, %(kind)s, %(label)s, %(now)s, %(now)s,
            %(expires_at)s, %(secret_hash)s)"""
# The device is locked first: two uses of one family run one after the other.
LOCK_FAMILY = """
    SELECT device.id AS device_id, device.holder_kind, device.holder_id, device.kind, device.revoked_at,
           device.expires_at AS device_expires_at
      FROM device
     WHERE device.municipality_id = %(municipality_id)s AND device.id = (
           SELECT device_id FROM refresh_token
            WHERE municipality_id = %(municipality_id)s AND token_hash = %(token_hash)s)
       FOR UPDATE OF device"""
REFRESH = """
    SELECT token.id, token.used_at, token.expires_at, token.child_sealed, child.used_at AS child_used_at
      FROM refresh_token token
      LEFT JOIN refresh_token child ON child.municipality_id = token.municipality_id AND child.id = token.child_id
     WHERE token.municipality_id = %(municipality_id)s AND token.token_hash = %(token_hash)s"""
INSERT_REFRESH = """
    INSERT INTO refresh_token (municipality_id, id, device_id, token_hash, issued_at, expires_at)
    VALUES (%(municipality_id)s, %(id)s, %(device_id)s, %(token_hash)s, %(now)s, %(expires_at)s)"""
MARK_REFRESH_USED = """
    UPDATE refresh_token SET used_at = %(now)s, child_id = %(child_id)s, child_sealed = %(child_sealed)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""
TOUCH_DEVICE = """
    UPDATE device SET last_seen_at = %(now)s WHERE municipality_id = %(municipality_id)s AND id = %(device_id)s"""
HOLDER_STANDS = """
    SELECT EXISTS (SELECT 1 FROM citizen WHERE municipality_id = %(municipality_id)s AND id = %(holder_id)s
                      AND %(holder_kind)s = 'citizen' AND NOT is_blocked)
        OR EXISTS (SELECT 1 FROM staff_user WHERE municipality_id = %(municipality_id)s AND id = %(holder_id)s
                      AND %(holder_kind)s = 'staff' AND is_active) AS stands"""
REVOKE_DEVICES = """
    UPDATE device SET revoked_at = %(now)s, revoked_reason = %(reason)s
     WHERE municipality_id = %(municipality_id)s AND holder_kind = %(holder_kind)s AND holder_id = %(holder_id)s
       AND revoked_at IS NULL AND (%(device_id)s::uuid IS NULL OR id = %(device_id)s)
       AND (%(kept_id)s::uuid IS NULL OR id <> %(kept_id)s)
 RETURNING id"""

# --- Staff -------------------------------------------------------------------------------------------------------

# A step counts once, also when two sign-ins with the same code run at the same moment; and only for the secret that
# the code was checked against.
ACCEPT_TOTP_STEP = """
    UPDATE staff_user SET totp_last_step = %(step)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND is_active AND totp_secret = %(totp_secret)s
       AND (totp_last_step IS NULL OR totp_last_step < %(step)s)"""

# Only while no code was accepted: an enrolled authenticator is never replaced from outside.
BEGIN_ENROLMENT = """
    UPDATE staff_user SET totp_secret = %(secret)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND totp_last_step IS NULL"""
SET_HASH = """
    UPDATE staff_user SET password_hash = %(password_hash)s,
                          must_change_password = must_change_password AND NOT %(is_replaced)s
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s"""
END_CONSOLE_SESSION = """
    UPDATE device SET revoked_at = %(now)s, revoked_reason = 'replaced'
     WHERE municipality_id = %(municipality_id)s AND id = %(id)s AND kind = 'console'
       AND secret_hash = %(secret_hash)s AND revoked_at IS NULL
 RETURNING holder_id"""

STAFF_PAGE = """
    SELECT staff_user.id, staff_user.username, staff_user.full_name, staff_user.title, staff_user.department_id,
           staff_user.is_active, coalesce((
               SELECT array_agg(DISTINCT role_assignment.role ORDER BY role_assignment.role)
                 FROM role_assignment
                WHERE role_assignment.municipality_id = %(municipality_id)s
                  AND role_assignment.staff_user_id = staff_user.id AND role_assignment.valid_from <= %(today)s
                  AND (role_assignment.valid_to IS NULL OR role_assignment.valid_to >= %(today)s)), '{}') AS roles
      FROM staff_user
     WHERE staff_user.municipality_id = %(municipality_id)s
       AND (%(scope)s::uuid[] IS NULL OR staff_user.department_id = ANY(%(scope)s))
       AND (%(department_id)s::uuid IS NULL OR staff_user.department_id = %(department_id)s)
       AND (%(search)s::text IS NULL
            OR tr_fold(staff_user.full_name) LIKE %(search)s OR staff_user.username LIKE %(search)s)
       AND (%(after_id)s::uuid IS NULL
            OR (staff_user.full_name COLLATE "tr-x-icu", staff_user.id) > (%(after_name)s, %(after_id)s))
     ORDER BY staff_user.full_name COLLATE "tr-x-icu", staff_user.id
     LIMIT %(size)s"""

# --- Substitutions -----------------------------------------------------------------------------------------------

SUBSTITUTIONS = """
    SELECT substitution.id, substitution.absent_id, absent.full_name AS absent_name, substitution.substitute_id,
           substitute.full_name AS substitute_name, substitution.valid_from, substitution.valid_to,
           substitution.reason
      FROM substitution
      JOIN staff_user absent ON absent.municipality_id = %(municipality_id)s AND absent.id = substitution.absent_id
      JOIN staff_user substitute ON substitute.municipality_id = %(municipality_id)s
                                AND substitute.id = substitution.substitute_id
     WHERE substitution.municipality_id = %(municipality_id)s AND substitution.valid_to >= %(today)s
       AND (%(scope)s::uuid[] IS NULL OR absent.department_id = ANY(%(scope)s))
     ORDER BY substitution.valid_from, substitution.id
     LIMIT 500"""
# A person without any role lends nothing, and is nobody's business but the administrator's.
ROLES_BEYOND = """
    SELECT 1
     WHERE NOT EXISTS (SELECT 1 FROM role_assignment
                        WHERE municipality_id = %(municipality_id)s AND staff_user_id = %(staff_user_id)s)
        OR EXISTS (SELECT 1 FROM role_assignment
                    WHERE municipality_id = %(municipality_id)s AND staff_user_id = %(staff_user_id)s
                      AND (valid_to IS NULL OR valid_to >= %(today)s)
                      AND (department_id IS NULL OR department_id <> ALL(%(scope)s::uuid[])))"""

# --- Consents ----------------------------------------------------------------------------------------------------

CURRENT_TEXTS = """
    SELECT DISTINCT ON (code) id, code, version, kind, title, body, valid_from
      FROM consent_text
     WHERE municipality_id = %(municipality_id)s AND valid_from <= %(now)s
     ORDER BY code, version DESC"""
DECISIONS = """
    SELECT DISTINCT ON (consent_text.code) consent_text.code, consent_text.version, consent.consent_text_id,
           consent.decision, consent.channel, consent.given_at
      FROM consent
      JOIN consent_text ON consent_text.municipality_id = consent.municipality_id
                       AND consent_text.id = consent.consent_text_id
     WHERE consent.municipality_id = %(municipality_id)s AND consent.citizen_id = %(citizen_id)s
     ORDER BY consent_text.code, consent.given_at DESC, consent.id DESC"""

# --- Clean-up ----------------------------------------------------------------------------------------------------

FORGET_SEALED_CHILDREN = """
    UPDATE refresh_token AS token SET child_sealed = NULL
     WHERE municipality_id = %(municipality_id)s AND child_sealed IS NOT NULL AND used_at < %(grace_over)s
       AND (used_at < %(field_grace_over)s
            OR EXISTS (SELECT FROM refresh_token child
                        WHERE child.municipality_id = token.municipality_id AND child.id = token.child_id
                          AND child.used_at IS NOT NULL)
            OR NOT EXISTS (SELECT FROM device
                            WHERE device.municipality_id = token.municipality_id AND device.id = token.device_id
                              AND device.kind = 'field_app'))"""
DELETE_LOGIN_CODES = """
    DELETE FROM login_code WHERE municipality_id = %(municipality_id)s AND expires_at < %(codes_before)s"""
DELETE_REFRESH_TOKENS = """
    DELETE FROM refresh_token
     WHERE municipality_id = %(municipality_id)s AND (expires_at < %(tokens_before)s OR used_at < %(used_before)s)"""
DELETE_DEVICES = """
    DELETE FROM device
     WHERE municipality_id = %(municipality_id)s
       AND (revoked_at < %(devices_before)s OR expires_at < %(devices_before)s)"""

# --- Signing keys (shared by the installation) -------------------------------------------------------------------

SIGNING_KEYS = """
    SELECT kid, public_key, private_sealed, state FROM signing_key
     WHERE retires_at IS NULL OR retires_at > %(now)s ORDER BY created_at, kid"""
INSERT_SIGNING_KEY = """
    INSERT INTO signing_key (kid, public_key, private_sealed, state, created_at)
    VALUES (%(kid)s, %(public_key)s, %(private_sealed)s, %(state)s, %(created_at)s)"""
RETIRE_SIGNING_KEY = "UPDATE signing_key SET state = 'retired', retires_at = %(retires_at)s WHERE state = 'current'"
PROMOTE_SIGNING_KEY = "UPDATE signing_key SET state = 'current' WHERE state = 'next'"
DELETE_SIGNING_KEYS = "DELETE FROM signing_key"
DELETE_OLD_SIGNING_KEYS = "DELETE FROM signing_key WHERE retires_at <= %(now)s"


async def signing_keys(session: AsyncSession, now: datetime) -> list[Row]:
    """Read the keys that may still verify a token, oldest first."""
    return await fetch_all(session, SIGNING_KEYS, {"now": now})
