from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError

from ...const import DONE_STATES
from ...context import BY_SYSTEM, get_moment

#: How far along a state is. ``waiting_parts`` counts as what the work had reached before it
#: had to wait, see `_lifecycle_rank`; ``cancelled`` is off the line.
RANK = {"requested": 0, "approved": 1, "assigned": 2, "in_progress": 3, "completed": 4, "closed": 5}

#: The gate that leads to each rank, and the date stamped when it is passed.
GATES = {
    1: ("_gate_approve", "date_approved"),
    2: ("_gate_assign", "date_assigned"),
    3: ("_gate_start", "date_started"),
    4: ("_gate_complete", "date_completed"),
    5: ("_gate_close", "date_closed"),
}

#: What Odoo makes of planned work.
PLANNED = "maintenance.mail_act_maintenance_request"

#: Stamps that are taken back when the work goes back before their gate.
#: ``date_started`` is not among them: it is stamped once.
TAKEN_BACK = {
    1: {"approved_by_id": False, "date_approved": False},
    2: {"date_assigned": False},
    4: {"date_completed": False},
    5: {"date_closed": False},
}


class MaintenanceRequestLifecycle(models.Model):
    """Gates between the states of a work order.

    They are checked on every write of a stage, so boards, imports, RPC and other modules meet
    the same rules. A move over several states passes every gate on its way. Code that runs
    with ``sudo()`` acts for the system: *who* may pass is not asked then, *what must hold* is.
    """

    _inherit = "maintenance.request"

    # -- Actions ------------------------------------------------------------------------------

    def action_approve(self):
        """Approve the reported work, or emergency work that was begun before (planners)."""
        due = self.filtered("is_approval_due")
        if due:
            due._require_planner(self.env._("%s waits for a planner's approval.", due[:1].display_name))
            # sudo: the stamp is the system's; who approves was checked
            due.sudo().write({"approved_by_id": self.env.uid})
        return (self - due)._move_to("approved")

    def action_assign(self):
        """Hand the work to its technician; a technician of the team who asks takes it."""
        self._take_unassigned()
        return self._move_to("assigned")

    def action_start(self):
        """Start or resume the work; a technician who starts work of nobody takes it."""
        self._take_unassigned()
        return self._move_to("in_progress")

    def action_complete(self):
        """Finish the work: reserved parts are consumed, all others must be returned or dropped."""
        return self._move_to("completed")

    def action_close(self):
        """Make the costs of completed work final (planners)."""
        return self._move_to("closed")

    def action_reopen(self, reason=None):
        """Open closed, completed or cancelled work again (planners).

        :param str reason: why; required for closed work, kept in the history.
        :raises UserError: no reason is given for closed work.
        """
        for state, requests in self.grouped("state").items():
            target = "requested" if state == "cancelled" else "in_progress"
            requests._move_to(target, {"reopen_reason": reason} if reason else {})
        return True

    def archive_equipment_request(self):
        """Cancel the work: its open parts go back, what was asked for and not ordered is cancelled."""
        if any(self.mapped("recurring_maintenance")):
            self.filtered("recurring_maintenance").recurring_maintenance = False
        return self._move_to("cancelled")

    def reset_equipment_request(self):
        """Back from cancelled by the gates of the lifecycle, which know where to; the native way ends in the first stage."""
        return self.action_reopen()

    def _move_to(self, state, vals=None):
        stage = self.env["maintenance.stage"]._first_of_state(state)
        if not stage:
            raise UserError(
                self.env._(
                    "No stage stands for “%s”; add one under Maintenance, Configuration, Stages.",
                    dict(self._fields["state"]._description_selection(self.env))[state],
                )
            )
        moving = self.filtered(lambda request: request.state != state or request.archive != (state == "cancelled"))
        if moving:
            moving.write({**(vals or {}), "stage_id": stage.id})
        return True

    def _take_unassigned(self):
        if self.env.su or not self.env.user.has_group("keepwisely_maintenance.group_maintenance_technician"):
            return
        free = self.filtered(
            lambda request: not request.maintenance_person_id and request._is_work_open() and request._user_is_technician()
        )
        if free:
            free.user_id = self.env.user

    # -- Moving -------------------------------------------------------------------------------

    def write(self, vals):
        if "stage_id" in vals or "archive" in vals:
            return self._write_stage(vals)
        return super().write(vals)

    def _write_stage(self, vals):
        """Write a stage (or the native archive flag, which means cancelling) through the gates."""
        stages = self.env["maintenance.stage"]
        # why it is opened again is written with the move
        rest = {key: value for key, value in vals.items() if key not in ("stage_id", "archive", "reopen_reason")}
        if "stage_id" in vals:
            moving, target = self, stages.browse(vals["stage_id"])
        else:
            moving = self.filtered(lambda request: request.archive != bool(vals["archive"]))
            target = stages._first_of_state("cancelled" if vals["archive"] else "requested")
            target = target or self._default_stage()
        # both stages are read at once
        target = target.with_prefetch((target | moving.stage_id)._ids)
        # Everything is checked before anything is written.
        self.check_access("write")
        stamps = moving._check_gates(target.state, vals)
        staying = moving.filtered(
            # between stages that nobody has read yet everybody moves as natively
            lambda request: request.state and request.state == target.state and request.stage_id != target
        )
        staying._require_access_to_move(target.state)
        staying._maintenance_check_not_closed()
        if rest:
            self.write(rest)
        before = {request.id: request.state for request in moving}
        moving._set_stage(target, vals)
        for values, requests in stamps.items():
            requests.sudo().write(dict(values))
        moving._follow_move(before)
        return True

    def _set_stage(self, target, vals):
        """Move without asking; the gates were passed."""
        was_done = self.filtered(lambda request: request.stage_id.done)
        values = {"stage_id": target.id, "archive": target.state == "cancelled"}
        if "kanban_state" in vals:
            values["kanban_state"] = vals["kanban_state"]
        # From one done stage to another is no new closing date.
        for requests, context in ((self - was_done, {}), (was_done, {"maintenance_keep_close_date": BY_SYSTEM})):
            if not requests:
                continue
            context["maintenance_no_recurrence"] = BY_SYSTEM
            # sudo: what native code does on a move (dates, activities) is the system's
            requests = requests.with_context(**context).sudo()
            super(MaintenanceRequestLifecycle, requests).write(dict(values))  # pylint: disable=super-method-mismatch
        if target.done:
            (self - was_done)._maintenance_close_on_plant_day()
        return True

    def _maintenance_close_on_plant_day(self):
        """Native code closes on the day it is in UTC."""
        for company, requests in self.grouped("company_id").items():
            day = company._get_plant_day(get_moment(self.env))
            # sudo: as the closing date itself
            requests.sudo().filtered(lambda request, day=day: request.close_date not in (False, day)).close_date = day

    def _check_gates(self, state, vals):
        """Check every gate on the way to ``state``, on the records as ``vals`` will make them.

        :returns: the values to stamp, as a dict of item tuples to records.
        :raises UserError: a gate is shut.
        """
        crossing = defaultdict(self.browse)
        stamps = defaultdict(self.browse)
        now = get_moment(self.env)
        for request in self.filtered(lambda request: request.state != state):
            gates, values = request._get_way_to(state, vals, now)
            for gate in gates:
                crossing[gate] |= request
            if values:
                stamps[tuple(sorted(values.items()))] |= request
        # into a stage without a state only those that pass a gate; concat() alone is everything
        moving = (self if state else self.browse()).concat(*crossing.values())
        if moving:
            moving._require_access_to_move(state)
        for gate, requests in crossing.items():
            getattr(requests, gate)(state, vals)
        return stamps

    def _get_way_to(self, state, vals, now):
        """The gates on the way to ``state``, in order, and what is stamped by passing them."""
        self.ensure_one()
        if state == "cancelled":
            return ["_gate_cancel"], {}
        if not state:
            # a stage that nobody has read yet: nothing is passed, and what is over is opened again by whoever may
            gate = {"closed": "_gate_reopen", "cancelled": "_gate_reset"}.get(self.state, "_gate_back")
            return [gate], {"reopen_reason": vals["reopen_reason"].strip()} if vals.get("reopen_reason") else {}
        gates, values, old = [], {}, self.state
        if old == "cancelled":
            gates.append("_gate_reset")
            values = {key: False for taken in TAKEN_BACK.values() for key in taken}
            old = "requested"
        start = self._lifecycle_rank(old)
        if state == "waiting_parts":
            end = max(RANK["approved"], min(start, RANK["in_progress"]))
        else:
            end = RANK[state]
        if end < start:
            gates.append("_gate_reopen" if old == "closed" else "_gate_back")
        if gates and vals.get("reopen_reason"):
            values["reopen_reason"] = vals["reopen_reason"].strip()
        for rank in range(start + 1, end + 1):
            gate, stamp = GATES[rank]
            gates.append(gate)
            if rank == RANK["approved"]:
                values["approved_by_id"] = self._user_is_planner() and self.env.uid
            if not (stamp == "date_started" and self.date_started):
                # of what is written down later, too, nothing ends before it began
                values[stamp] = max(now, self.date_started or now)
        if state == "closed" and self.is_approval_due:
            values["approved_by_id"] = self.env.uid
        for rank in range(end + 1, start + 1):
            values.update(TAKEN_BACK.get(rank, {}))
        if state == "waiting_parts":
            gates.append("_gate_wait")
        if old == "waiting_parts":
            gates.append("_gate_leave_waiting")
        return gates, values

    def _lifecycle_rank(self, state):
        """Rank of ``state``; waiting work counts as far as it had come."""
        self.ensure_one()
        if state in RANK:
            return RANK[state]
        # in a stage without a state it has come nowhere yet
        return 3 if self.date_started else 2 if self.date_assigned else 1 if state or self.date_approved else 0

    def _follow_move(self, before):
        """What a move brings about once it is allowed."""
        reopened = self.filtered(lambda request: before[request.id] == "cancelled" and request.state != "cancelled")
        reopened._maintenance_restore_parts()
        approved = self.filtered(
            lambda request: before[request.id] in (False, "requested", "cancelled")
            and request.state not in (False, "requested", "cancelled")
        )
        approved._confirm_parts()
        self.filtered(
            lambda request: request.state in DONE_STATES and before[request.id] not in DONE_STATES
        )._consume_parts()
        self.filtered(lambda request: request not in reopened and request.state == "requested")._unconfirm_parts()
        self.filtered(lambda request: request.state == "cancelled")._cancel_supply()
        under_way = self.filtered(
            lambda request: request.state in ("waiting_parts", "in_progress", "cancelled", *DONE_STATES)
        )
        # sudo: the to-do to go on, and that of Odoo that the work is planned, were the technician's, whoever moves the work on
        under_way.sudo().activity_unlink(["keepwisely_maintenance.mail_activity_parts_ready", PLANNED])

    # -- Gates: who may pass, and what must hold ------------------------------------------------

    def _require_access_to_move(self, state):
        """Reporters follow their work order; they do not move it along."""
        if self._user_is_planner():
            return
        for request in self:
            own_report = request.owner_user_id == self.env.user and state == "cancelled"
            if not own_report and not request._user_is_technician():
                raise UserError(
                    self.env._(
                        "%s can be moved by the technicians of its team or a planner.", request.display_name
                    )
                )

    def _require_planner(self, message):
        if not self._user_is_planner():
            raise UserError(message)

    def _gate_approve(self, state, vals):
        """A planner; where the company says so, technicians begin emergencies and planners approve after."""
        waiting = self.filtered(
            lambda request: request.priority != "3" or not request.company_id.sudo().emergency_approved_after
        )
        if waiting:
            waiting._require_planner(self.env._("%s waits for a planner's approval.", waiting[:1].display_name))

    def _gate_assign(self, state, vals):
        if self.env.su:
            return
        for request in self:
            user_id = vals.get("user_id", request.user_id.id)
            if not user_id and not vals.get("maintenance_person_id", request.maintenance_person_id.id):
                raise UserError(
                    self.env._("Choose a technician for %s first.", request.display_name)
                )
            if not self._user_is_planner() and user_id != self.env.uid:
                raise UserError(
                    self.env._(
                        "Only a planner can assign %s to someone; a technician of the team can take it.",
                        request.display_name,
                    )
                )

    def _gate_start(self, state, vals):
        """Technicians of the team and planners; checked for every move."""

    def _gate_complete(self, state, vals):
        """Mandatory tasks done; every part consumed, returned or dropped."""
        for request in self:
            undone = request.task_ids.filtered(lambda task: task.is_mandatory and not task.is_done)
            if undone:
                raise UserError(
                    self.env._(
                        "Tick the mandatory task “%(task)s” before completing %(work_order)s.",
                        task=undone[0].name,
                        work_order=request.display_name,
                    )
                )
        self._check_parts_consumable()

    def _gate_close(self, state, vals):
        self._require_planner(self.env._("%s can be closed by a planner only.", self[:1].display_name))
        for request in self:
            open_requisition = request.sudo().requisition_line_ids.filtered("is_open").requisition_id[:1]
            if open_requisition:
                raise UserError(
                    self.env._(
                        "%(requisition)s is still open for %(work_order)s; receive or cancel it before closing.",
                        requisition=open_requisition.name,
                        work_order=request.display_name,
                    )
                )

    def _gate_back(self, state, vals):
        """Going back is allowed to the team; taking an approval back is the planner's."""
        for request in self:
            if state == "requested":
                request._require_planner(
                    self.env._("Only a planner can take the approval of %s back.", request.display_name)
                )
                if any(move.state == "done" for move in request.sudo().part_ids):
                    raise UserError(
                        self.env._(
                            "Parts were already used on %s; it cannot go back to Requested.", request.display_name
                        )
                    )

    def _gate_reopen(self, state, vals):
        self._require_planner(self.env._("%s is closed; only a planner can reopen it.", self[:1].display_name))
        if not (vals.get("reopen_reason") or "").strip():
            raise UserError(
                self.env._(
                    "%s is closed; use Reopen and say why it is opened again.", self[:1].display_name
                )
            )

    def _gate_reset(self, state, vals):
        self._require_planner(
            self.env._("%s was cancelled; only a planner can reopen it.", self[:1].display_name)
        )

    def _gate_cancel(self, state, vals):
        for request in self:
            reported_by_me = request.owner_user_id == self.env.user and not request.date_approved
            if not self._user_is_planner() and not reported_by_me:
                raise UserError(
                    self.env._("%s can be cancelled by a planner only.", request.display_name)
                )
            if request.date_completed or any(move.state == "done" for move in request.sudo().part_ids):
                raise UserError(
                    self.env._(
                        "Work was done on %s, so it cannot be cancelled; complete and close it instead.",
                        request.display_name,
                    )
                )

    def _gate_wait(self, state, vals):
        for request in self:
            if not request._is_short():
                raise UserError(
                    self.env._("No part is missing on %s, so it cannot wait for parts.", request.display_name)
                )

    def _gate_leave_waiting(self, state, vals):
        """Waiting work moves on by itself; a planner may start it with what is there."""
        if self._user_is_planner():
            return
        for request in self:
            if request._is_short():
                raise UserError(
                    self.env._(
                        "%(work_order)s waits for %(parts)s; a planner can start it with what is there.",
                        work_order=request.display_name,
                        parts=request._describe_missing_parts(),
                    )
                )

    # -- Planned activity -------------------------------------------------------------------------

    def activity_schedule(self, act_type_xmlid="", date_deadline=None, summary="", note="", **act_values):
        date_deadline = self._maintenance_get_planned_day([act_type_xmlid], date_deadline)
        # without a day it is due today in the plant, not today for whoever causes it
        date_deadline = date_deadline or (self.company_id[:1] or self.env.company)._get_plant_day()
        return super().activity_schedule(act_type_xmlid, date_deadline, summary, note, **act_values)

    def activity_reschedule(self, act_type_xmlids, user_id=None, date_deadline=None, new_user_id=None, **kwargs):
        date_deadline = self._maintenance_get_planned_day(act_type_xmlids, date_deadline)
        return super().activity_reschedule(act_type_xmlids, user_id, date_deadline, new_user_id, **kwargs)

    def _maintenance_get_planned_day(self, act_type_xmlids, day):
        """Planned work is due on its day in the plant; native code takes the one in UTC."""
        if day and act_type_xmlids == [PLANNED] and len(self) == 1 and self.schedule_date:
            return self.company_id._get_plant_day(self.schedule_date)
        return day

    def activity_feedback(self, act_type_xmlids, *args, **kwargs):
        """Natively every change of stage marks the to-do of planned work done; see `_follow_move`."""
        if act_type_xmlids == [PLANNED]:
            return True
        return super().activity_feedback(act_type_xmlids, *args, **kwargs)

    def activity_update(self):
        """Natively planned work is a to-do; here the board shows it, and another reminder would bury what is news."""
        return None
