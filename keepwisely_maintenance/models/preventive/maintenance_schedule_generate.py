from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...context import BY_SYSTEM
from ...words import format_day, in_language_of

#: What native code does for each work order by itself is done for all of them at once.
AT_ONCE = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
    "maintenance_follow_at_once": BY_SYSTEM,
}


class MaintenanceScheduleGenerate(models.Model):
    """Work orders made of schedules, ahead of time.

    Whoever makes them locks the lines of the assets first and writes what was handled on them, so of two
    at once the later one skips what is locked, or is rolled back by the database and tried again. One work
    order per asset and due date is a unique index as well.
    """

    _inherit = "maintenance.schedule"

    # -- By hand and by the clock -----------------------------------------------------------------

    def action_generate(self):
        """Make the work orders that are due within their lead time (planners).

        :returns: an action that opens them, or a message when nothing is due.
        """
        self.check_access("write")
        self._sync_assets()
        # sudo: work orders are made by the schedule, not by whoever presses the button
        schedules = self.sudo()
        lines = schedules.asset_ids
        requests = schedules._generate(lines)
        schedules._secure_parts(lines)
        if requests:
            return requests.with_env(self.env)._get_records_action(name=self.env._("Work orders"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": self._describe_nothing_due()},
        }

    def _describe_nothing_due(self):
        dates = [day for day in self.asset_ids.mapped("generate_date") if day]
        if not dates:
            return self.env._("Nothing is due; the next date depends on the work that is still open.")
        return self.env._(
            "Nothing is due yet; the next work order is made on %s.", format_day(self.env, min(dates))
        )

    @api.model
    def _cron_generate(self, limit=100):
        """Make what is due in all companies, and ask for the parts of what is coming, once a day.

        Whatever was done stays done when the run is cut short; running again is harmless. The scheduler comes again
        and again for what is left when time is up: it goes on there, and prepares nothing anew.

        :param int limit: how many assets between two commits.
        """
        cron = self.env["ir.cron"]
        schedules = self.search([("active", "=", True)])._remembering_working_days()
        if cron._maintenance_get_left() is None:
            prepare = partial(cron._maintenance_do_safely, schedules, lambda some: some._prepare_for_today())
            cron._maintenance_again(prepare)
        due = schedules._get_due_lines()
        lines = schedules.filtered("part_ids").asset_ids.sorted("id")
        # what was made is no longer due; what could not be made still is, and comes first
        cron._maintenance_work_through((due, schedules._generate_safely), (lines, schedules._secure_parts), limit=limit)

    def _prepare_for_today(self):
        self._sync_assets()
        self.asset_ids._refresh_dates()

    def _get_due_lines(self):
        """Lines of these schedules for which something is to be made or noted today."""
        lines = self.env["maintenance.schedule.asset"]
        for company, schedules in self.grouped("company_id").items():
            lines |= lines.search(
                [("schedule_id", "in", schedules.ids), ("generate_date", "<=", company._get_plant_day())]
            )
        return lines

    @api.model
    def _generate_safely(self, lines):
        """One schedule that cannot be made does not stop the others; its planner is told."""
        try:
            with self.env.cr.savepoint():
                return self._generate(lines)
        except UserError as error:
            if len(lines) == 1:
                reason = str(error)
                lines.schedule_id._tell_planner(
                    lambda schedule: schedule.env._(
                        "The work order for %(asset)s cannot be made: %(reason)s",
                        asset=lines.equipment_id.display_name,
                        reason=reason,
                    )
                )
                return self.env["maintenance.request"]
        return self.env["maintenance.request"].concat(*(self._generate_safely(line) for line in lines))

    def _tell_planner(self, get_message):
        """An activity, unless the same one is open already.

        :param get_message: says what, given the schedule in the language of its planner.
        """
        self.ensure_one()
        xmlid = "mail.mail_activity_data_warning"
        planners = self.owner_user_id.filtered("active") or self.maintenance_team_id._maintenance_get_planners(self.company_id)
        user = planners[:1] or self.env.ref("base.user_admin")
        schedule = in_language_of(self, user)
        message = get_message(schedule)
        if any(message in (activity.note or "") for activity in self.activity_search([xmlid])):
            return
        schedule.activity_schedule(xmlid, self.company_id._get_plant_day(), user_id=user.id, note=message)

    # -- Making work orders -----------------------------------------------------------------------

    @api.model
    def _generate(self, lines):
        """Make one work order for each asset that is due; leave out or add what falls due while one is open.

        :returns: the work orders.
        """
        lines = lines.try_lock_for_update(allow_referencing=True)
        todays = {company: company._get_plant_day() for company in lines.company_id}
        lines = lines.filtered(
            lambda line: line._is_running() and line.generate_date and line.generate_date <= todays[line.company_id]
        )
        open_requests = lines._get_open_requests()
        rules = lines.schedule_id._get_rules()
        planned = {}
        for line in lines:
            today = todays[line.company_id]
            if line in open_requests:
                line._pass_over(rules[line.schedule_id], open_requests[line], today)
            else:
                planned[line] = line._get_occurrence(rules[line.schedule_id], today)
        requests = self._create_requests({line: dates for line, dates in planned.items() if dates})
        # worked out here, with the working days that the run remembers
        lines.mapped("next_date")
        return requests

    @api.model
    def _create_requests(self, occurrences):
        """
        :param dict occurrences: date of the grid, due day and number of dates that were missed, by line.
        """
        requests = self.env["maintenance.request"]
        if not occurrences:
            return requests
        lines = self.env["maintenance.schedule.asset"].concat(*occurrences)
        days = lines.schedule_id._get_working_days()
        planned_parts = lines._get_next_planned_parts()
        # read at once what would be read for each of them
        lines.schedule_id.part_ids.mapped("product_uom_qty")
        lines.schedule_id.task_ids.mapped("name")
        stage = requests._default_stage()
        teams = {company: requests.with_company(company)._get_default_team_id() for company in lines.company_id}
        jobs = lines._group_into_jobs({line: due for line, (_nominal, due, _missed) in occurrences.items()})
        vals_list = []
        for job in jobs:
            vals = {
                "stage_id": stage.id,
                "maintenance_team_id": teams[job.company_id],
                **job._prepare_request_vals(occurrences[job[:1]][1], days[job.schedule_id]),
            }
            vals["part_ids"] = [
                fields.Command.create(part._prepare_part_vals())
                for line in job
                for part in line.schedule_id.part_ids - planned_parts[line].schedule_part_id
            ]
            vals_list.append(vals)
        created = requests.with_context(**AT_ONCE).create(vals_list)
        for job, request in zip(jobs, created, strict=True):
            for line in job:
                nominal, due, _missed = occurrences[line]
                line.write({**line._prepare_handled_vals(nominal, due), "last_request_id": request.id})
                planned_parts[line]._hand_over_to(request)
        # the schedule approves, not whoever has it made
        created.filtered(lambda request: request.state == "requested" and request.schedule_id.is_pre_approved).with_user(
            SUPERUSER_ID
        )._move_to("approved")
        created._follow_at_once()
        created._message_log_batch(
            {
                request.id: job[:1]._describe_origin(occurrences[job[:1]][2])
                for request, job in zip(created, jobs, strict=True)
            }
        )
        return created.with_env(self.env)


class MaintenanceScheduleAssetGenerate(models.Model):
    _inherit = "maintenance.schedule.asset"

    def _refresh_dates(self):
        """Days pass and working hours change; only dates that change are written."""
        self.mapped("next_date")
        for name in ("next_nominal_date", "next_date", "generate_date"):
            self.env.add_to_compute(self._fields[name], self)
        self.mapped("next_date")

    def _get_occurrence(self, rule, today):
        """What is to be made now: of several dates that were missed, the last one.

        :returns: date of the grid, due day and how many dates before it were missed; None when nothing is due.
        """
        self.ensure_one()
        nominal, due = self.next_nominal_date, self.next_date
        missed = 0
        if nominal and due <= today and not self._get_counted_from():
            for later in rule.get_dates(self.start_date, nominal, due):
                if later[1] > today:
                    break
                nominal, due = later
                missed += 1
        return nominal, due, missed

    def _prepare_handled_vals(self, nominal, due):
        """What says that the date is done with."""
        self.ensure_one()
        return {"handled_date": nominal or self.handled_date, "last_due_date": due}

    def _pass_over(self, rule, request, today):
        """What fell due while ``request`` is open is left out, or added to it, with one note."""
        self.ensure_one()
        if self.schedule_id.basis == "completion" or not self.next_date or self.next_date > today:
            return
        nominal, due, missed = self._get_occurrence(rule, today)
        self.write(self._prepare_handled_vals(nominal, due))
        if self.schedule_id.when_open == "merge":
            added = self._merge_into(request)
            body = self.env._(
                "Also due on %(day)s by %(schedule)s, so it stands for that too. %(added)s",
                day=request._format_plant_date(due), schedule=self.schedule_id.name, added=added,
            )  # fmt: skip
        else:
            body = self.env._(
                "Due again on %(day)s by %(schedule)s; left out, since this one is still open.",
                day=request._format_plant_date(due), schedule=self.schedule_id.name,
            )  # fmt: skip
        if missed == 1:
            body += " " + self.env._("The date before it went the same way.")
        elif missed:
            body += " " + self.env._("%s dates before it went the same way.", missed)
        request.message_post(body=body, subtype_xmlid="mail.mt_note", author_id=self.env.ref("base.partner_root").id)

    def _merge_into(self, request):
        """Add the tasks and parts that the open work order does not have yet.

        :returns: what was added, in words.
        """
        tasks = self.schedule_id.task_ids.filtered(lambda task: task.name not in request.task_ids.mapped("name"))
        parts = self.schedule_id.part_ids.filtered(lambda part: part.product_id not in request.part_ids.product_id)
        request.write(
            {
                "task_ids": [fields.Command.create(task._prepare_task_vals()) for task in tasks],
                "part_ids": [fields.Command.create(part._prepare_part_vals()) for part in parts],
            }
        )
        names = [*tasks.mapped("name"), *parts.mapped("product_id.display_name")]
        return self.env._("Added: %s.", ", ".join(names)) if names else ""

    def _group_into_jobs(self, dues):
        """The lines that each work order is for.

        :param dict dues: the day on which each line is due.
        :returns: a list of recordsets.
        """
        return list(self)

    def _prepare_request_vals(self, due, working_days):
        """Values of the work order that is due on ``due``, without its parts."""
        self.ensure_one()
        schedule, company = self.schedule_id, self.company_id
        day = max(due, company._get_plant_day())
        start = company._get_plant_moment(day, working_days.get_opening(day))
        vals = {
            "name": schedule.name,
            "company_id": company.id,
            "equipment_id": self.equipment_id.id,
            "schedule_id": schedule.id,
            "schedule_asset_id": self.id,
            "schedule_due_date": due,
            "maintenance_type": "preventive",
            "maintenance_work_type_id": schedule.work_type_id.id,
            "request_date": company._get_plant_day(),
            "schedule_date": start,
            "expected_hours": schedule.duration or 1.0,
            "priority": schedule.priority or "0",
            "owner_user_id": schedule.owner_user_id.id,
            "description": schedule.description,
            "instruction_type": schedule.instruction_type,
            "instruction_google_slide": schedule.instruction_google_slide,
            "instruction_text": schedule.instruction_text,
            "task_ids": [fields.Command.create(task._prepare_task_vals()) for task in schedule.task_ids],
        }
        if schedule.instruction_pdf:
            vals["instruction_pdf"] = schedule.instruction_pdf
        if schedule.user_id and schedule.user_id.partner_id._maintenance_can_work_for(company):
            vals["user_id"] = schedule.user_id.id
        team = schedule.maintenance_team_id or self.equipment_id.maintenance_team_id
        if team:
            vals["maintenance_team_id"] = team.id
        return vals

    def _describe_origin(self, missed):
        if missed == 1:
            return self.env._(
                "Made by the schedule %s. It also stands for an earlier date that was missed.", self.schedule_id.name
            )
        if missed:
            return self.env._(
                "Made by the schedule %(schedule)s. It also stands for %(count)s earlier dates that were missed.",
                schedule=self.schedule_id.name, count=missed,
            )  # fmt: skip
        return self.env._("Made by the schedule %s.", self.schedule_id.name)
