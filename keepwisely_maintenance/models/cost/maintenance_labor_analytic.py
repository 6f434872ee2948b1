from odoo import api, fields, models

#: What the cost of hours follows from.
CHARGED_FIELDS = {"date", "hourly_cost", "hours", "is_running", "maintenance_request_id", "person_id", "user_id"}


class MaintenanceLaborAnalytic(models.Model):
    """Hours are charged to the analytic accounts of their work order when they are booked.

    One analytic item per account, kept in step with the hours. Items stay on the accounts that they
    were charged to: a later change of the work order's distribution holds for hours booked later.
    """

    _inherit = "maintenance.labor"

    analytic_line_ids = fields.One2many(
        "account.analytic.line", "maintenance_labor_id", "Analytic items", groups="analytic.group_analytic_accounting"
    )

    @api.model_create_multi
    def create(self, vals_list):
        labors = super().create(vals_list)
        labors._charge()
        return labors

    def write(self, vals):
        # sudo: who books hours has no analytic rights
        moved = self.sudo() if "maintenance_request_id" in vals else self.sudo().browse()
        moved.filtered(
            lambda labor: labor.maintenance_request_id.id != vals["maintenance_request_id"]
        ).analytic_line_ids.unlink()
        result = super().write(vals)
        if CHARGED_FIELDS & vals.keys():
            self._charge()
        return result

    def _charge(self):
        """Make the analytic items what hours and cost say."""
        vals_list = []
        # sudo: as above
        # what was brought in stands in the books of its time
        for labor in self.sudo().filtered(lambda labor: not labor.maintenance_brought_in):
            lines = labor.analytic_line_ids
            distribution = lines._get_distribution_of_amounts() or labor._get_distribution_to_charge()
            vals_list += self.env["account.analytic.account"].sudo()._perform_analytic_distribution(
                distribution, -labor.amount, labor.hours, lines, labor
            )
            labor.analytic_line_ids.write(labor._prepare_analytic_item_vals())
        self.env["account.analytic.line"].sudo().create(vals_list)

    def _get_distribution_to_charge(self):
        """By what hours are charged that were charged to nothing yet."""
        self.ensure_one()
        return self.maintenance_request_id.analytic_distribution

    def _is_charged_by(self, distribution):
        """Whether the hours are charged as a work order with this distribution charges them."""
        self.ensure_one()
        return self.analytic_line_ids._maintenance_is_charged_by(distribution)

    def _prepare_analytic_item_vals(self):
        self.ensure_one()
        return {
            "name": self.maintenance_request_id.display_name,
            "ref": self.maintenance_request_id.reference,
            "date": self.date,
            "user_id": self.user_id.id,
        }

    def _prepare_analytic_line_values(self, account_field_values, amount, unit_amount):
        """What native code asks the charged document for."""
        return {
            **self._prepare_analytic_item_vals(),
            **account_field_values,
            "amount": amount,
            "unit_amount": unit_amount,
            "product_uom_id": self.env.ref("uom.product_uom_hour").id,
            "company_id": self.company_id.id,
            "maintenance_labor_id": self.id,
        }
