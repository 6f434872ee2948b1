from odoo import fields, models


class MaintenanceRequestService(models.Model):
    """What a work order waits for besides parts from stock: services and one-off parts."""

    _inherit = "maintenance.request"

    service_line_ids = fields.One2many(
        "maintenance.requisition.line",
        "maintenance_request_id",
        "Services and one-off parts",
        domain=[("part_move_ids", "=", False)],
    )

    def action_request_service(self, name, quantity=1.0, product_id=False, is_service=True, is_blocking=None, reason=""):
        """Ask the buyers for a vendor's service or a part that is not in the catalogue.

        :param str name: what is needed; the name of the product when empty.
        :param bool is_blocking: whether the job waits for it; by default for parts, not for services.
        :returns: the requisition, which waits for a price as long as the buyers gave none.
        :raises UserError: the work is over, or belongs to another team.
        """
        self.ensure_one()
        self._require_may_request_parts()
        values = {
            "maintenance_request_id": self.id,
            "product_id": product_id,
            "product_qty": quantity,
            "date_required": self.schedule_date and self.company_id._get_plant_day(self.schedule_date),
        }
        if not product_id:
            values.update(name=name, is_service=is_service)
        elif name:
            values["name"] = name
        if is_blocking is not None:
            values["is_blocking"] = is_blocking
        requisition = self.env["maintenance.requisition"].create(
            {
                "reason": reason or self.display_name,
                "priority": self.priority,
                "company_id": self.company_id.id,
                "date_required": values["date_required"],
                "line_ids": [fields.Command.create(values)],
            }
        )
        requisition.action_submit()
        if self.state != "waiting_parts" and self._get_missing_lines():
            # sudo: asking for what the job waits for stops it, as asking for parts does
            self.sudo()._move_to("waiting_parts")
        return requisition

    def _get_missing_lines(self):
        """Services and one-off parts that the work waits for and that are not here."""
        # sudo: what is missing is said to everybody who may read the work order
        return self.sudo().service_line_ids.filtered(
            lambda line: line.is_blocking and line.state not in ("done", "cancelled")
        )

    def _is_short(self):
        """Whether the work lacks a part, or a service that it waits for."""
        return bool(self._get_missing_parts() or self._get_missing_lines())
