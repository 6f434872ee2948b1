from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceJobTemplate(models.Model):
    """What a job takes, written once: tasks, parts, hours, kind and instructions, to be copied into work orders and schedules.

    What was copied stays as it is when the template changes.
    """

    _name = "maintenance.job.template"
    _description = "Job Template"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char("Work", required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: for every company.")
    category_ids = fields.Many2many(
        "maintenance.equipment.category", "maintenance_job_template_category_rel", "template_id", "category_id",
        "Asset categories", help="Where it is offered; empty: for every asset.",
    )  # fmt: skip
    work_type_id = fields.Many2one("maintenance.work.type", "Work type", check_company=True, ondelete="restrict")
    expected_hours = fields.Float("Expected hours", help="Hours of work that the job takes.")
    description = fields.Html()
    instruction_type = fields.Selection(
        [("pdf", "PDF"), ("google_slide", "Google Slide"), ("text", "Text")], "Instruction", default="text"
    )
    instruction_pdf = fields.Binary("PDF")
    instruction_google_slide = fields.Char("Google Slide")
    instruction_text = fields.Html("Instructions")
    task_ids = fields.One2many("maintenance.job.template.task", "template_id", "Tasks", copy=True)
    part_ids = fields.One2many("maintenance.job.template.part", "template_id", "Parts", copy=True)

    _expected_hours_sensible = models.Constraint(
        "CHECK(expected_hours >= 0 AND expected_hours <= 10000)", "Expected hours are zero or more, and ten thousand at most."
    )

    def _prepare_job_vals(self, names):
        """Values for what is made from the template.

        :param dict names: how the other model calls fields that have another name there.
        """
        self.ensure_one()
        vals = {"name": self.name, names.get("work_type_id", "work_type_id"): self.work_type_id.id}
        vals[names.get("expected_hours", "expected_hours")] = self.expected_hours
        vals["description"] = self.description
        if self.instruction_pdf or self.instruction_google_slide or self.instruction_text:
            vals.update(
                instruction_type=self.instruction_type,
                instruction_pdf=self.instruction_pdf,
                instruction_google_slide=self.instruction_google_slide,
                instruction_text=self.instruction_text,
            )
        return {name: value for name, value in vals.items() if value}

    def _get_missing_tasks(self, tasks):
        """The tasks that ``tasks`` do not have yet, by name."""
        return self.task_ids.filtered(lambda task: task.name not in tasks.mapped("name"))

    def _get_missing_parts(self, products):
        return self.part_ids.filtered(lambda part: part.product_id not in products)


class MaintenanceJobTemplateTask(models.Model):
    _name = "maintenance.job.template.task"
    _inherit = ["maintenance.checklist.mixin"]
    _description = "Job Template Task"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one("maintenance.job.template", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Task", required=True, translate=True)

    def _prepare_task_vals(self):
        """What a work order or schedule gets of it."""
        self.ensure_one()
        return {"sequence": self.sequence, "name": self.name, **self._prepare_checklist_vals()}


class MaintenanceJobTemplatePart(models.Model):
    _name = "maintenance.job.template.part"
    _description = "Job Template Part"
    _order = "template_id, sequence, id"
    _check_company_auto = True
    _rec_name = "product_id"

    template_id = fields.Many2one("maintenance.job.template", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product", "Part", required=True, index=True, ondelete="restrict", check_company=True,
        domain="[('type', '=', 'consu')]",
    )  # fmt: skip
    product_uom_qty = fields.Float("Quantity", digits="Product Unit", required=True, default=1.0)
    product_uom = fields.Many2one(
        "uom.uom", "Unit", compute="_compute_product_uom", store=True, readonly=False, precompute=True, required=True,
        ondelete="restrict",
    )  # fmt: skip

    _quantity_positive = models.Constraint("CHECK(product_uom_qty > 0)", "Enter a quantity above zero for every part.")

    @api.depends("product_id")
    def _compute_product_uom(self):
        for part in self:
            part.product_uom = part.product_id.uom_id

    @api.constrains("product_id", "product_uom")
    def _check_unit(self):
        for part in self:
            if not part.product_uom._has_common_reference(part.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is counted in %(unit)s; it cannot be counted in %(other)s.",
                        product=part.product_id.display_name,
                        unit=part.product_id.uom_id.name,
                        other=part.product_uom.name,
                    )
                )

    def _prepare_need_vals(self):
        """What a work order or schedule gets of it."""
        self.ensure_one()
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": self.product_uom_qty,
        }
