from odoo.fields import Command

from ..common import MaintenanceCase


class LogCase(MaintenanceCase):
    def _draft(self, user=None, price=800.0, quantity=2.0, **line):
        self._set_price(self.seal, price)
        values = {"product_id": self.seal.id, "product_qty": quantity, **line}
        return self._ended(
            self.env["maintenance.requisition"]
            .with_user(user or self.planner)
            .create({"reason": "Leaks", "line_ids": [Command.create(values)]})
        )

    def _waiting(self, **kwargs):
        requisition = self._draft(**kwargs)
        requisition.action_submit()
        return self._ended(requisition)

    def _approved(self, **kwargs):
        requisition = self._waiting(**kwargs)
        requisition.with_user(self.procurement).action_approve("Fine")
        return self._ended(requisition)

    def _ended(self, requisition):
        """The transaction in which ``requisition`` changed is over."""
        self._end_transaction()
        return requisition

    def _rows(self, requisition, *names, since=None):
        """The newest rows, oldest first, as tuples of kind and ``names``."""
        self._end_transaction()
        self.env.invalidate_all()
        log = requisition.sudo().log_ids.sorted("id")
        log = log.filtered(lambda row: row.id > (since or 0))
        return [tuple(row[name].display_name if name.endswith("_id") else row[name] for name in ("kind", *names)) for row in log]

    def _last_id(self):
        return self.env["maintenance.requisition.log"].search([], limit=1).id
