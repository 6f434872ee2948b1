from odoo import api, models

#: What rows bring along besides their work order.
LINES = {"labors": "maintenance.labor", "downtimes": "maintenance.downtime", "costs": "maintenance.cost.entry"}


class MaintenanceRequestHistory(models.Model):
    """Work orders of another system, written down as they were: no gate, no message, no to-do, no stock, nothing of today.

    The record counts as made when the work was reported; that is the day from which all figures, the time line and every
    list reckon.
    """

    _inherit = "maintenance.request"

    @api.model_create_multi
    def create(self, vals_list):
        if self._maintenance_is_bringing_in():
            return self._maintenance_bring_in(vals_list)
        return super().create(vals_list)

    @api.model
    def _maintenance_make_history(self, rows):
        quiet = self._maintenance_quietly()
        self._maintenance_number([row["vals"] for row in rows])
        requests = quiet.create([row["vals"] for row in rows])
        requests._maintenance_overwrite("create_date", [row["reported"] for row in rows])
        for key, model in LINES.items():
            lines = [
                {**line, "maintenance_request_id": request.id}
                for request, row in zip(requests, rows, strict=True)
                for line in row[key]
            ]
            if lines:
                self.env[model]._maintenance_make_history(lines)
        if requests:
            quiet.env["maintenance.request.phase"]._draw_from_stamps(requests.ids)
        return requests.with_env(self.env)

    @api.model
    def _maintenance_number(self, vals_list):
        """Those without a number of their own get the next ones here."""
        for vals in vals_list:
            if not vals["reference"]:
                vals["reference"] = self._maintenance_draw_reference(vals["company_id"])

    @api.model
    def _maintenance_find_by_number(self, fields, data, log):
        """Find the work orders that the rows of a file name by their numbers, in one query."""
        if "maintenance_request_id" not in fields:
            return
        column = fields.index("maintenance_request_id")
        numbers = list({row[column] for row in data if isinstance(row[column], str) and row[column]})
        found = self.search_fetch([("reference", "in", numbers)], ["reference", "company_id"])
        for request in found.sorted(lambda request: request.company_id == self.env.company):
            log.found[self._name, None, request.reference] = (request.id, [])
