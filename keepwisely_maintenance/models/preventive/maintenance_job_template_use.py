from odoo import SUPERUSER_ID, api, fields, models

#: How work orders and schedules call what a template says.
REQUEST_NAMES = {"work_type_id": "maintenance_work_type_id"}
SCHEDULE_NAMES = {"expected_hours": "duration"}


class MaintenanceRequestTemplate(models.Model):
    """A work order from a template: what is not given comes from it, its tasks and parts are added once."""

    _inherit = "maintenance.request"

    maintenance_template_id = fields.Many2one(
        "maintenance.job.template", "Job template", copy=False, index="btree_not_null", ondelete="set null", check_company=True,
        domain="[('company_id', 'in', (False, company_id)), '|', ('category_ids', '=', False),"
        " ('category_ids', 'in', category_id)]",
        help="Its tasks and parts are added when it is saved; what was entered stays.",
    )  # fmt: skip

    @api.onchange("maintenance_template_id")
    def _onchange_maintenance_template_id(self):
        if self.maintenance_template_id:
            self.update(self._maintenance_get_template_vals(self.maintenance_template_id))

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["maintenance_template_id"])
        return super().create([self._maintenance_with_template({**default, **vals}) for vals in vals_list])

    @api.model
    def _maintenance_with_template(self, vals):
        """What is given wins over the template; a native type over its work type."""
        if not vals.get("maintenance_template_id"):
            return vals
        given = self._maintenance_browse_template(vals)._prepare_job_vals(REQUEST_NAMES)
        if "maintenance_type" in vals:
            given.pop("maintenance_work_type_id", None)
        return {**given, **{name: value for name, value in vals.items() if value or name not in given}}

    @api.model
    def _maintenance_browse_template(self, vals):
        """:raises AccessError: the user may not read the template, so what it says is not theirs to copy."""
        template = self.env["maintenance.job.template"].browse(vals["maintenance_template_id"])
        template.check_access("read")
        return template

    def write(self, vals):
        if not vals.get("maintenance_template_id"):
            return super().write(vals)
        template = self._maintenance_browse_template(vals)
        rest = {name: value for name, value in vals.items() if name != "maintenance_template_id"}
        fresh = self.filtered(lambda request: request.maintenance_template_id != template)
        # what the template asks for is there before the work moves on
        for request in fresh:
            given = request._maintenance_get_template_vals(template)
            super(MaintenanceRequestTemplate, request).write(
                {**{name: value for name, value in given.items() if name not in rest}, "maintenance_template_id": template.id}
            )
        fresh._maintenance_fill_in()
        return self.write(rest) if rest else True

    def _maintenance_get_template_vals(self, template):
        """What the template says about that which is empty so far."""
        self.ensure_one()
        given = template._prepare_job_vals(REQUEST_NAMES)
        return {name: value for name, value in given.items() if not self[name] or name == "instruction_type"}

    def _maintenance_fill_in(self):
        result = super()._maintenance_fill_in()
        tasks, parts = [], []
        for request in self.filtered("maintenance_template_id"):
            # sudo: what the template asks for belongs to the job, whoever picks it
            template, existing = request.maintenance_template_id, request.sudo()
            tasks += [
                {**task._prepare_task_vals(), "maintenance_request_id": request.id}
                for task in template._get_missing_tasks(existing.task_ids)
            ]
            products = existing.part_ids.filtered(lambda move: move.state != "cancel").product_id
            parts += [
                {**part._prepare_need_vals(), "maintenance_request_id": request.id}
                for part in template._get_missing_parts(products)
            ]
        if tasks:
            # by the superuser: technicians answer the tasks of a template, they do not take them away
            self.env["maintenance.task"].sudo().with_user(SUPERUSER_ID).create(tasks)
        if parts:
            # sudo: as above; the user stays the author of what is asked for
            self.env["stock.move"].sudo().create(parts)
        return result


class MaintenanceScheduleTemplate(models.Model):
    _inherit = "maintenance.schedule"

    template_id = fields.Many2one(
        "maintenance.job.template", "Job template", check_company=True, copy=False, ondelete="set null",
        domain="[('company_id', 'in', (False, company_id)), ('work_type_id.maintenance_type', '!=', 'corrective')]",
        help="Its tasks and parts are added when it is saved; what was entered stays.",
    )  # fmt: skip

    @api.onchange("template_id")
    def _onchange_template_id(self):
        if self.template_id:
            self.update(self._get_template_vals(self.template_id))

    @api.model_create_multi
    def create(self, vals_list):
        templates = self.env["maintenance.job.template"]
        default = self.default_get(["template_id"])
        filled = []
        for vals in vals_list:
            vals = {**default, **vals}
            given = templates.browse(vals["template_id"])._prepare_job_vals(SCHEDULE_NAMES) if vals.get("template_id") else {}
            filled.append({**given, **{name: value for name, value in vals.items() if value or name not in given}})
        schedules = super().create(filled)
        schedules._add_from_template()
        return schedules

    def write(self, vals):
        fresh = self.filtered(lambda schedule: vals.get("template_id") and schedule.template_id.id != vals["template_id"])
        result = super().write(vals)
        for schedule in fresh:
            given = schedule._get_template_vals(schedule.template_id)
            schedule.write({name: value for name, value in given.items() if name not in vals})
        fresh._add_from_template()
        return result

    def _get_template_vals(self, template):
        """What the template says about that which is empty so far; hours and kind are the template's."""
        self.ensure_one()
        given = template._prepare_job_vals(SCHEDULE_NAMES)
        return {
            name: value
            for name, value in given.items()
            if not self[name] or name in ("instruction_type", "duration")
        }

    def _add_from_template(self):
        for schedule in self.filtered("template_id"):
            template = schedule.template_id
            tasks = template._get_missing_tasks(schedule.task_ids)
            parts = template._get_missing_parts(schedule.part_ids.product_id)
            schedule.write(
                {
                    "task_ids": [fields.Command.create(task._prepare_task_vals()) for task in tasks],
                    "part_ids": [fields.Command.create(part._prepare_need_vals()) for part in parts],
                }
            )
