from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import DONE_STATES


class MaintenanceScheduleInclude(models.Model):
    """The big service includes the small one: due for the same asset on the same day, one work order stands for both.

    The small one is made by no run of its own on that day. Its line takes the big work order for its last one, so its
    next date moves on as if it had been done with it.
    """

    _inherit = "maintenance.schedule"

    included_ids = fields.Many2many(
        "maintenance.schedule", "maintenance_schedule_include_rel", "schedule_id", "included_id", "Includes", check_company=True,
        domain="[('id', '!=', id), ('company_id', '=', company_id)]",
        help="Smaller services that are done with this one. Where both are due for an asset on the same day there is one "
        "work order, with the tasks and parts of both.",
    )  # fmt: skip
    including_ids = fields.Many2many(
        "maintenance.schedule", "maintenance_schedule_include_rel", "included_id", "schedule_id", "Included in", copy=False
    )

    @api.constrains("included_ids", "including_ids")
    def _check_includes(self):
        for schedule in self:
            if schedule in schedule._get_all_included():
                raise ValidationError(self.env._("%s would include itself; take one of the services out.", schedule.name))

    def _get_all_included(self):
        """What these include, and what that includes."""
        return self._follow_includes("included_ids")

    def _get_all_including(self):
        return self._follow_includes("including_ids")

    def _follow_includes(self, name):
        found = self.browse()
        more = self[name]
        while more:
            found |= more
            more = more[name] - found
        return found

    def _get_due_lines(self):
        """The big ones first: what they stand for need not be made."""
        lines = super()._get_due_lines()
        depth = {schedule: len(schedule._get_all_including()) for schedule in lines.schedule_id}
        return lines.sorted(lambda line: depth[line.schedule_id])

    @api.model
    def _generate(self, lines):
        included = lines.schedule_id._get_all_included()
        small = lines.filtered(lambda line: line.schedule_id in included)
        if small and small != lines:
            return self._generate(lines - small) | self._generate(small)
        return super()._generate(lines._leave_to_bigger())

    @api.model
    def _create_requests(self, occurrences):
        requests = super()._create_requests(occurrences)
        for request in requests.sudo().filtered("schedule_asset_id"):
            request.schedule_asset_id._join_included(request)
        return requests


class MaintenanceScheduleAssetInclude(models.Model):
    _inherit = "maintenance.schedule.asset"

    def _get_bigger_lines(self):
        """Lines of the same asset by schedules that include those of these lines."""
        self.ensure_one()
        including = self.schedule_id._get_all_including()
        return self.search([("schedule_id", "in", including.ids), ("equipment_id", "=", self.equipment_id.id)])

    def _leave_to_bigger(self):
        """Leave to the work order of a bigger service what it stands for.

        What a bigger service will stand for that is due on that day, and has no work order yet, waits for that.

        :returns: the lines that are still to be made.
        """
        rest = self
        for line in self.filtered("schedule_id.including_ids"):
            today = line.company_id._get_plant_day()
            bigger = line._get_bigger_lines()
            if not bigger or not line.generate_date or line.generate_date > today or line._get_open_requests():
                continue
            rules = (line | bigger).schedule_id._get_rules()
            nominal, due, _missed = line._get_occurrence(rules[line.schedule_id], today)
            request = line._get_bigger_request(bigger, due)
            if request:
                line.try_lock_for_update(allow_referencing=True)._leave_to(request, nominal, due)
            if request or any(due in big._get_coming_dates(rules[big.schedule_id], due) for big in bigger):
                rest -= line
        return rest

    def _get_bigger_request(self, bigger, due):
        """The work order of a bigger service for that day; of one that is done, if the tasks of this one were in it."""
        requests = self.env["maintenance.request"].search(
            [("schedule_asset_id", "in", bigger.ids), ("schedule_due_date", "=", due), ("state", "!=", "cancelled")]
        )
        names = set(self.schedule_id.task_ids.mapped("name"))
        return requests.filtered(
            lambda request: request._is_work_open() or names <= set(request.task_ids.mapped("name"))
        )[:1]

    def _leave_to(self, request, nominal, due):
        """``request`` stands for what is due."""
        for line in self:
            line.write({**line._prepare_handled_vals(nominal, due), "last_request_id": request.id})
            if request._is_work_open():
                line._join(request)
            elif request.state in DONE_STATES:
                line._on_done()
            line.schedule_id._message_log(
                body=self.env._(
                    "%(asset)s, due on %(day)s: left to %(work_order)s, which includes it.",
                    asset=line.equipment_id.display_name,
                    day=request._format_plant_date(due),
                    work_order=request._get_html_link(),
                )
            )

    def _join_included(self, request):
        """Smaller services that will be due on the day of the new work order are in it from the beginning."""
        self.ensure_one()
        included = self.schedule_id._get_all_included()
        due = request.schedule_due_date
        lines = included and self.search(
            [("schedule_id", "in", included.ids), ("equipment_id", "=", self.equipment_id.id)]
        )
        rules = included._get_rules()
        for line in lines or ():
            if line._is_running() and due in line._get_coming_dates(rules[line.schedule_id], due):
                line._join(request)

    def _join(self, request):
        """Add the tasks and parts that the bigger work order lacks, with what was asked for them already."""
        self.ensure_one()
        if self.schedule_id in request.maintenance_included_ids:
            return
        products = request.part_ids.product_id
        planned = self._get_planned_parts().filtered(
            lambda move: move.schedule_due_date == request.schedule_due_date and move.product_id not in products
        )
        planned._hand_over_to(request)
        added = self._merge_into(request)
        request.maintenance_included_ids |= self.schedule_id
        request._message_log(
            body=self.env._("Includes %(schedule)s, due on the same day. %(added)s", schedule=self.schedule_id.name, added=added)
        )

    def _get_open_requests(self):
        """Also the bigger work order that stands for the last one."""
        found = super()._get_open_requests()
        return {line: line.last_request_id for line in self if line._is_last_open()} | found

    def _get_dates_to_supply(self, rule, until):
        """On days for which a bigger work order stands its parts are there already."""
        dates = super()._get_dates_to_supply(rule, until)
        if not dates or not self.schedule_id.including_ids:
            return dates
        requests = self.env["maintenance.request"].search(
            [
                ("equipment_id", "=", self.equipment_id.id),
                ("maintenance_included_ids", "in", self.schedule_id.ids),
                ("schedule_due_date", "in", dates),
                ("state", "!=", "cancelled"),
            ]
        )
        covered = set(requests.mapped("schedule_due_date"))
        return [day for day in dates if day not in covered]

    def _compute_last_done_date(self):
        result = super()._compute_last_done_date()
        for line in self:
            # sudo: when it was done is no secret of the work order
            last = line.sudo().last_request_id
            if last.state in DONE_STATES and last.date_completed:
                day = line.company_id._get_plant_day(last.date_completed)
                line.last_done_date = max(day, line.last_done_date or day)
        return result


class MaintenanceRequestInclude(models.Model):
    _inherit = "maintenance.request"

    maintenance_included_ids = fields.Many2many(
        "maintenance.schedule", "maintenance_request_included_rel", "request_id", "schedule_id", "Includes", readonly=True,
        copy=False, help="Smaller services that were due on the same day and are done with this one.",
    )  # fmt: skip
