from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ...const import DONE_STATES, PLANNED_STATES

#: Earlier jobs of an asset that are told.
HISTORY = 5

#: States of the parts in which work can be completed, and states of the work in which hours can be booked.
NOTHING_MISSING = ("none", "ready", "consumed")
BOOKABLE = ("approved", "assigned", "waiting_parts", "in_progress", "completed")


def say(moment):
    """A moment as the page reads it, in UTC; None without one."""
    return fields.Datetime.to_string(moment) if moment else None


class MaintenancePhoneDataJob(models.AbstractModel):
    """What the phone shows of a work order: read as the user, a fixed number of queries for all of them, no price."""

    _inherit = "maintenance.phone"

    @api.model
    def _describe_jobs(self, jobs):
        self._read_supply(jobs)
        parts, history = self._describe_parts(jobs), self._describe_history(jobs.equipment_id)
        rounds = jobs.maintenance_round_line_ids.equipment_id
        documents, meters = self._describe_documents(jobs), self._describe_meters(jobs.equipment_id | rounds)
        timers, hours = self._get_timers(jobs), self._get_own_hours(jobs)
        return [
            {
                **self._describe_job(job),
                **self._describe_timers(timers[job.id]),
                "hours": hours.get(job.id, 0.0),
                "can": self._get_commands(job, timers[job.id]),
                "tasks": [self._describe_task(task) for task in job.task_ids],
                "parts": parts[job.id],
                "history": history[job.equipment_id.id],
                "meters": [
                    meter
                    for asset in job.equipment_id | job.maintenance_round_line_ids.equipment_id
                    for meter in meters[asset.id]
                ],
                "documents": documents[job],
                "contacts": self._describe_contacts(job),
                "gone": False,
            }
            for job in jobs
        ]

    @api.model
    def _read_supply(self, jobs):
        """Read at once what each work order would read by itself to say what it waits for."""
        # sudo: as `parts_message` does
        moves = jobs.sudo().part_ids
        for name in ("join_ids", "supply_move_ids", "maintenance_requisition_line_ids"):
            moves.mapped(name)
        lines = moves.maintenance_requisition_line_ids | jobs.sudo().service_line_ids
        for name in ("state", "part_move_ids", "join_ids", "purchase_line_ids.order_id.name"):
            lines.mapped(name)

    @api.model
    def _describe_job(self, job):
        # sudo: names of places and of those who work on it are said to whoever works on it
        known = job.sudo()
        people = known.maintenance_person_id | known.maintenance_crew_ids
        return {
            "id": job.id,
            "name": job.name,
            "number": job.reference or "",
            "state": job.state or "",
            "stage": known.stage_id.name,
            "priority": job.priority,
            "team": known.maintenance_team_id.name,
            "technicians": [{"id": person.id, "name": person.name} for person in people],
            "mine": job.maintenance_is_mine,
            "pool": not people,
            "asset": self._describe_asset_of(known),
            "place": known.maintenance_location_id.display_name or "",
            "round": known.maintenance_round_line_ids.equipment_id.mapped("name"),
            "planned": say(job.schedule_date),
            "deadline": say(job.schedule_end),
            "description": html2plaintext(job.description or "").strip(),
            "instructions": str(job.instruction_text or "") if job.instruction_type == "text" else "",
            "link": (job.instruction_google_slide or "") if job.instruction_type == "google_slide" else "",
            "failure": {
                "problem": job.failure_id.id or None,
                "cause": job.cause_id.id or None,
                "remedy": job.remedy_id.id or None,
                "required": job.failure_required,
                "text": job.work_done or "",
            },
            "started": say(job.date_started),
            "before_start": job.maintenance_start_message or "",
            "waits_for": job.parts_message or "",
        }

    @api.model
    def _describe_asset_of(self, job):
        asset = job.equipment_id
        if not asset:
            return None
        return {
            "id": asset.id,
            "name": asset.name,
            "code": asset.maintenance_number or asset.serial_no or "",
            "place": asset.location_id.display_name or "",
            "category": asset.category_id.id or None,
            "status": asset.status,
        }

    @api.model
    def _describe_task(self, task):
        answers = {
            "tick": task.is_done,
            "pass_fail": task.result or None,
            "number": task.value if task.has_value else None,
            "text": task.note or "",
        }
        limits = task.limits if task.kind == "number" else "none"
        return {
            "id": task.id,
            "name": task.name,
            # sudo: which asset of the round it is about is said to whoever sees it
            "asset": task.sudo().equipment_id.name or "",
            "kind": task.kind,
            "unit": task.unit or "",
            "min": task.limit_min if limits in ("min", "range") else None,
            "max": task.limit_max if limits in ("max", "range") else None,
            "choices": ["pass", "fail"] if task.kind == "pass_fail" else [],
            "required": task.is_mandatory,
            "before_start": task.is_before_start,
            "instructions": task.instructions or "",
            "answer": answers.get(task.kind, task.is_done),
            "done": task.is_done,
            "failed": task.is_failed,
            "note": task.note or "",
            # sudo: who answered a task is said to whoever sees it
            "done_by": task.sudo().done_by_id.name or "",
            "done_at": say(task.date_done),
        }

    # -- Hours ----------------------------------------------------------------------------------------

    @api.model
    def _get_timers(self, jobs):
        """Timers that run on each of the jobs: those who work on it see each other at work."""
        # sudo: as on the form
        timers = self.env["maintenance.labor"].sudo().search(
            [("is_running", "=", True), ("maintenance_request_id", "in", jobs.ids)], order="timer_start"
        )  # fmt: skip
        found = defaultdict(timers.browse)
        for timer in timers:
            found[timer.maintenance_request_id.id] |= timer
        return found

    @api.model
    def _describe_timers(self, timers):
        mine = timers.filtered(lambda timer: timer.user_id == self.env.user)
        return {
            "running": bool(mine),
            "timer_since": say(mine.timer_start) if mine else None,
            "working": [
                {"id": timer.person_id.id, "name": timer.person_id.name, "since": say(timer.timer_start)}
                for timer in timers
            ],
        }

    @api.model
    def _get_own_hours(self, jobs):
        mine = Domain("maintenance_request_id", "in", jobs.ids) & Domain("user_id", "=", self.env.uid)
        groups = self.env["maintenance.labor"]._read_group(mine, ["maintenance_request_id"], ["hours:sum"])
        return {job.id: hours for job, hours in groups}

    # -- What can be done -----------------------------------------------------------------------------

    @api.model
    def _get_commands(self, job, timers):
        """What the gates let through now, as far as can be said beforehand: they are asked again for whatever is sent."""
        can = ["note", "photo", "reading"]
        works = job.user_is_planner or job.user_is_technician
        if not works or not job._is_work_open():
            return can
        # who may approve, or begin before the approval
        begins = job.state != "requested" or job.user_is_planner or (
            # sudo: a setting of the company, not a secret
            job.priority == "3" and job.company_id.sudo().emergency_approved_after
        )
        can += ["task", "failure", "signature"]
        if self.env.user in timers.user_id:
            can.append("pause")
        elif begins and not job.maintenance_start_message and (
            job.state != "waiting_parts" or job.user_is_planner or not job._is_short()
        ):
            can.append("start")
        if job.state in BOOKABLE:
            can.append("hours")
        if job.state in PLANNED_STATES:
            can += ["part_used", "part_asked", "part_dropped"]
        undone = any(task.is_mandatory and not task.is_done for task in job.task_ids) or job.maintenance_start_message
        if begins and job.maintenance_person_id and not undone and job.parts_state in NOTHING_MISSING:
            can.append("complete")
        return can

    # -- What was done before, and whom to ask ---------------------------------------------------------

    @api.model
    def _describe_history(self, assets):
        """The last jobs of each asset that the user may read, the latest first, with what helped."""
        requests = self.env["maintenance.request"]
        found = defaultdict(list)
        if not assets:
            return found
        requests.flush_model(["equipment_id", "state", "date_completed"])
        query = requests._search(Domain("equipment_id", "in", assets.ids) & Domain("state", "in", DONE_STATES))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM (
                    SELECT id, ROW_NUMBER() OVER (PARTITION BY equipment_id ORDER BY date_completed DESC NULLS LAST, id DESC) AS n
                      FROM maintenance_request WHERE id IN %s) latest
                 WHERE n <= %s
                """,
                query.subselect(),
                HISTORY,
            )
        )
        earlier = requests.browse(row[0] for row in rows)
        for job in earlier.sorted(lambda job: (job.date_completed or job.create_date, job.id), reverse=True):
            words = [job.remedy_id.name, job.work_done]
            found[job.equipment_id.id].append(
                {"name": job.name, "closed": say(job.date_completed), "remedy": "; ".join(filter(None, words))}
            )
        return found

    @api.model
    def _describe_contacts(self, job):
        """Whoever reported it, the team's planner, and who else works on it."""
        # sudo: how to reach them is said to whoever works on it
        job = job.sudo()
        people = job.owner_user_id.partner_id | job.maintenance_team_id.maintenance_planner_id.partner_id
        people |= job.maintenance_person_id | job.maintenance_crew_ids
        return [
            {"name": person.name, "phone": person.phone or "", "email": person.email or ""}
            for person in people.filtered("active") - self.env.user.partner_id
        ]

    # -- Meters ---------------------------------------------------------------------------------------

    @api.model
    def _describe_meters(self, assets):
        meters = self.env["maintenance.meter"].search([("equipment_id", "in", assets.ids)])
        found = defaultdict(list)
        for meter in meters:
            found[meter.equipment_id.id].append(
                {
                    "id": meter.id,
                    "name": meter.name,
                    "asset": meter.equipment_id.name,
                    "kind": meter.kind,
                    "unit": meter.unit or "",
                    "last": meter.value if meter.value_date else None,
                    "last_at": say(meter.value_date),
                }
            )
        return found
