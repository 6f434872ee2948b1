import hashlib
import json
import secrets
from base64 import b64encode
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import hmac

from ...const import DONE_STATES, PLANNED_STATES
from ..work_order.res_users import PLANNERS, TECHNICIANS
from .maintenance_request import get_week
from .phone_entry import is_id

#: Days ahead of which planned work is on the phone, and how many jobs at most.
DAYS_AHEAD = 7
MAX_JOBS = 200

#: Longest side of the photos that a phone sends.
PHOTO_PX = 1920

#: What can follow a report before it is a work order.
AFTER_REPORT = ("note", "photo")

#: Characters of what says that a list or a work order is as it was.
VERSION = 16


class MaintenancePhone(models.AbstractModel):
    """What a phone is given: the user's jobs of the next days and the pool of their teams, and what they need for them."""

    _name = "maintenance.phone"
    _description = "Work on the Phone"

    @api.model
    def _get_data(self, stamp=None):
        """What has changed since the phone got ``stamp``, or all of it; see docs/phone.md."""
        known = self._read_stamp(stamp)
        jobs = {row["id"]: row for row in self._get_jobs()}
        for row in jobs.values():
            job = self.env["maintenance.request"].browse(row["id"])
            # once a week a mark is given anew, see `_maintenance_phone_was_shown`
            row["version"] = job._maintenance_phone_mark(self._digest([row, get_week()]))
        lists = self._get_lists()
        versions = {name: self._digest(rows) for name, rows in lists.items()}
        versions["jobs"] = {str(job_id): row["version"][:VERSION] for job_id, row in jobs.items()}
        before = known.get("jobs") or {}
        company = self.env.company
        return {
            "stamp": json.dumps(versions, separators=(",", ":")),
            "now": self._get_now(),
            "user": self._get_user(),
            "rules": {
                "days_kept": company.maintenance_phone_days,
                "document_mb": company.maintenance_phone_document_mb,
                "photo_px": PHOTO_PX,
                "report_can": list(AFTER_REPORT),
            },
            "key": self._get_key(),
            "seal": self._get_seal(),
            "csrf": request.csrf_token() if request else None,
            "lease": self._get_lease(self.env.user),
            "jobs": [row for job_id, row in jobs.items() if before.get(str(job_id)) != row["version"][:VERSION]],
            "gone": [int(job_id) for job_id in before if int(job_id) not in jobs],
            **{name: rows if versions[name] != known.get(name) else None for name, rows in lists.items()},
        }

    @api.model
    def _get_now(self):
        return fields.Datetime.to_string(fields.Datetime.now())

    @api.model
    def _check_worker(self):
        """:raises AccessError: the page is for technicians and planners."""
        if not self.env.user.has_group(TECHNICIANS):
            raise AccessError(self.env._("This page is for technicians and planners; ask your administrator for the role."))

    @api.model
    def _read_stamp(self, stamp):
        """What the phone has, by the stamp it was given; nothing where it cannot be read."""
        try:
            known = json.loads(stamp) if isinstance(stamp, str) else {}
        except ValueError:
            known = {}
        if not isinstance(known, dict) or not isinstance(known.get("jobs", {}), dict):
            return {}
        known["jobs"] = {job_id: version for job_id, version in known.get("jobs", {}).items() if job_id.isdecimal()}
        return known

    @api.model
    def _digest(self, rows):
        text = json.dumps(rows, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:VERSION]

    @api.model
    def _get_user(self):
        user = self.env.user
        return {
            "id": user.id,
            "name": user.name,
            "partner": user.partner_id.id,
            "lang": user.lang,
            "tz": user.tz or self.env.company._get_plant_timezone().zone,
            "planner": user.has_group(PLANNERS),
        }

    @api.model
    def _get_key(self):
        """The secret of this login, under which the phone keeps what it has; it goes with the session."""
        if not request:
            return None
        kept = request.session.get("maintenance_phone_key") or {}
        if kept.get("uid") != self.env.uid:
            kept = {"uid": self.env.uid, "key": b64encode(secrets.token_bytes(32)).decode()}
            request.session["maintenance_phone_key"] = kept
        return kept["key"]

    @api.model
    def _get_seal(self):
        """The secret of the user, under which the phone keeps what is not sent yet: it is there again after the next login."""
        # the superuser reads the key of the database
        return hmac(self.env(su=True), "maintenance-phone-seal", self.env.uid)

    # -- Who may keep it ------------------------------------------------------------------------------

    @api.model
    def _get_lease(self, user):
        """What a phone shows to learn whether it may keep what it has; another one with another password."""
        # sudo: Odoo's own mark of a login, from password and archive flag, marked again by the key of the database
        user = user.sudo()
        token = user._compute_session_token("maintenance-phone")
        return hmac(self.env(su=True), "maintenance-phone-lease", (user.id, token))

    @api.model
    def _is_lease_good(self, user_id, lease):
        """Whether the phone of ``user_id`` may keep what it has; asked without a login."""
        if not is_id(user_id) or not isinstance(lease, str):
            return False
        # sudo: nobody is logged in; only a phone that was given the lease learns anything
        user = self.env["res.users"].sudo().browse(user_id).exists()
        good = self._get_lease(user) if user.active and user.has_group(TECHNICIANS) else ""
        return bool(good) and secrets.compare_digest(good.encode(), lease.encode())

    # -- Which jobs -----------------------------------------------------------------------------------

    @api.model
    def _get_domain(self):
        """The user's open work of the next days, and work of their teams that is nobody's and can be begun."""
        until = fields.Datetime.now() + timedelta(days=DAYS_AHEAD)
        soon = Domain("schedule_date", "=", False) | Domain("schedule_date", "<=", until)
        soon |= Domain("state", "in", ("in_progress", "waiting_parts"))
        is_open = Domain("state", "not in", (*DONE_STATES, "cancelled")) & Domain("archive", "=", False)
        mine = Domain("maintenance_is_mine", "=", True)
        nobodys = Domain("maintenance_is_for_my_teams", "=", True) & Domain("maintenance_person_id", "=", False)
        # emergencies may be begun before they are approved, where the company says so; they are seen in any case
        can_begin = Domain("state", "in", PLANNED_STATES) | (Domain("state", "=", "requested") & Domain("priority", "=", "3"))
        return is_open & soon & (mine | (nobodys & can_begin))

    @api.model
    def _get_jobs(self):
        jobs = self.env["maintenance.request"].search(
            self._get_domain(), order="priority desc, schedule_date, id", limit=MAX_JOBS
        )
        return self._describe_jobs(jobs)
