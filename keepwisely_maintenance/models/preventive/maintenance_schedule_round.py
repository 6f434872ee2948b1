from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Tasks of one asset come before those of the next.
STEP = 1000


class MaintenanceScheduleRound(models.Model):
    """A round: one work order for all assets of the schedule that are due on a day, with the tasks of each."""

    _inherit = "maintenance.schedule"

    is_round = fields.Boolean(
        "One work order for all", tracking=True,
        help="A round: one work order for all assets that are due on the same day. Tasks and parts are for each asset, "
        "expected hours for the whole round. Hours and costs are shared by the weights of the due dates.",
    )  # fmt: skip

    @api.constrains("is_round", "included_ids", "including_ids")
    def _check_round_alone(self):
        for schedule in self:
            others = schedule.included_ids | schedule.including_ids
            if others and any((schedule | others).mapped("is_round")):
                raise ValidationError(
                    self.env._(
                        "A round over several assets neither includes others nor is included; see %s.",
                        (schedule | others).filtered("is_round")[:1].name,
                    )
                )


class MaintenanceScheduleAssetRound(models.Model):
    _inherit = "maintenance.schedule.asset"

    weight = fields.Float(
        default=1.0, help="On a round: how much of its hours and costs the asset bears, against the others."
    )

    _weight_not_negative = models.Constraint("CHECK(weight >= 0)", "A weight is zero or more.")

    def _group_into_jobs(self, dues):
        """Lines of a round that are due on the same day are one job."""
        rounds = self.filtered("schedule_id.is_round")
        jobs = rounds.sorted(lambda line: (line.equipment_id.name, line.id)).grouped(
            lambda line: (line.schedule_id, dues[line])
        )
        return super(MaintenanceScheduleAssetRound, self - rounds)._group_into_jobs(dues) + list(jobs.values())

    def _prepare_request_vals(self, due, working_days):
        if not self.schedule_id.is_round:
            return super()._prepare_request_vals(due, working_days)
        vals = super(MaintenanceScheduleAssetRound, self[:1])._prepare_request_vals(due, working_days)
        vals.update(
            equipment_id=False,
            schedule_asset_id=False,
            maintenance_round_line_ids=[
                fields.Command.create({"equipment_id": line.equipment_id.id, "weight": line.weight, "sequence": place})
                for place, line in enumerate(self)
            ],
            task_ids=[
                fields.Command.create(task_vals)
                for place, line in enumerate(self)
                for task_vals in line._prepare_round_task_vals(place)
            ],
        )
        return vals

    def _prepare_round_task_vals(self, place):
        """What is to be done on the asset; a tick where the schedule names no task."""
        self.ensure_one()
        asset = self.equipment_id
        steps = [task._prepare_task_vals() for task in self.schedule_id.task_ids] or [{"name": self.schedule_id.name}]
        return [
            {**vals, "name": f"{asset.name}: {vals['name']}", "equipment_id": asset.id, "sequence": place * STEP + number}
            for number, vals in enumerate(steps)
        ]

    def _pass_over(self, rule, request, today):
        """One note on the round says what was left out for all of its assets."""
        if not request.maintenance_round_line_ids or self == request.last_of_schedule_ids.sorted("id")[:1]:
            return super()._pass_over(rule, request, today)
        if self.schedule_id.basis != "completion" and self.next_date and self.next_date <= today:
            nominal, due, _missed = self._get_occurrence(rule, today)
            self.write(self._prepare_handled_vals(nominal, due))
        return None

    def _merge_into(self, request):
        """A round has the tasks of all its assets already."""
        if request.maintenance_round_line_ids:
            return ""
        return super()._merge_into(request)

    def _get_requests_to_supply(self, leads):
        """Also the rounds that stand for these lines."""
        found = super()._get_requests_to_supply(leads)
        for request, lines in self.filtered("schedule_id.is_round").grouped("last_request_id").items():
            if not request or not request._is_work_open() or not request.schedule_date:
                continue
            longest = max((days for (line, _part), days in leads.items() if line in lines), default=0)
            company = request.company_id
            until = fields.Date.add(company._get_plant_day(), days=longest)
            if company._get_plant_day(request.schedule_date) <= until:
                found |= request
        return found
