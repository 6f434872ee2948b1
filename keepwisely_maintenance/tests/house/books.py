"""Whether stock, reservations, requisitions, orders, to-dos, meters and the ledger agree, in any database.

``Books(env).find_wrong()`` asks what the random plant asks after its steps, as far as no one need have watched: what was
decided on and how closed work orders were is known to who was there. ``bench/books.py`` asks it of a database.
"""

from odoo.tools import SQL

from .random_checks import STORED, Checks, differ
from .random_money import Money
from .random_step import CENT

#: What only somebody can say who was there all the time.
TO_BE_WATCHED = ("check_that_no_more_is_placed_than_was_decided", "check_that_what_is_closed_stays")

#: What changes as days pass is looked at by the scheduler, once a day.
DAILY = ("date_expected", "parts_ready_date")


class Books(Checks, Money):
    """Everything in the database that can disagree, company by company; nothing is changed."""

    stored = {model: tuple(name for name in names if name not in DAILY) for model, names in STORED.items()}

    def __init__(self, env):
        self.env = self.planner = None
        self.all = env

    def find_wrong(self):
        """
        :returns: what does not agree, in sentences; none when all does.
        """
        wrong = []
        for company in self.all["res.company"].search([("parent_id", "=", False)]):
            self._look_at(company)
            for name in dir(type(self)):
                if name.startswith("check_that_") and name not in TO_BE_WATCHED:
                    wrong += self._ask(getattr(self, name), company)
        return wrong

    def _look_at(self, company):
        env = self.env = self.all(user=self.all.ref("base.user_root"), context={"allowed_company_ids": company.ids})
        self.planner, self.company = env.user, env.company
        self.team = env["maintenance.team"].with_context(active_test=False).search([])
        self.assets = self.find("maintenance.equipment")
        self.products = env["product.product"].with_context(active_test=False).search([("is_storable", "=", True)])
        self.raised_by_hand = set()

    def _ask(self, check, company):
        savepoint = self.env.cr.savepoint()
        try:
            self.env.invalidate_all()
            check(True)
            self.env.flush_all()
        except AssertionError as wrong:
            return [f"{company.name}: {wrong}"]
        finally:
            self.env.invalidate_all(flush=False)  # stored fields were computed again
            savepoint.close(rollback=True)
        return []

    def check_that_assets_cost_what_their_jobs_do(self, full):
        """What was bought for an asset without a job counts as well."""
        rows = self.rows("SELECT equipment_id, SUM(amount) AS amount FROM maintenance_cost_report GROUP BY 1")
        ledger = {row["equipment_id"]: row["amount"] for row in rows}
        for asset in self.assets:
            cost = ledger.get(asset.id, 0)
            assert abs(asset.maintenance_cost - cost) < CENT, f"{asset.name}: {asset.maintenance_cost}, the ledger has {cost}"

    def check_that_the_ledger_has_every_document_once(self, full):
        """To settle what was bought once more enters nothing."""
        entries = self.env["maintenance.cost.entry"]
        [last] = self.rows("SELECT COALESCE(MAX(id), 0) AS id FROM maintenance_cost_entry")
        self.find("purchase.order.line")._settle_cost()
        new = entries.search([("id", ">", last["id"])])
        assert not new, f"the ledger does not say what {new.purchase_line_id.order_id.mapped('name')} cost"

    def check_that_meters_say_what_was_read(self, full):
        wrong = self.rows(
            """
            SELECT meter.name, meter.value, last.value AS read, meter.counted, used.counted AS used
              FROM maintenance_meter meter
              JOIN LATERAL (SELECT value FROM maintenance_meter_reading WHERE meter_id = meter.id
                             ORDER BY date DESC, id DESC LIMIT 1) last ON TRUE
              JOIN LATERAL (SELECT SUM(delta) AS counted FROM maintenance_meter_reading WHERE meter_id = meter.id) used ON TRUE
             WHERE ABS(meter.value - last.value) > 0.005 OR ABS(COALESCE(meter.counted, 0) - COALESCE(used.counted, 0)) > 0.005
            """
        )
        assert not wrong, f"meters say something else than their readings: {wrong}"

    def check_that_to_dos_lead_somewhere(self, full):
        """A to-do is on a record that is there, and its type and person are as well."""
        for row in self.rows("SELECT DISTINCT res_model FROM mail_activity WHERE active AND res_model IS NOT NULL"):
            table = self.env[row["res_model"]]._table
            lost = self.rows(
                "SELECT id FROM mail_activity WHERE active AND res_model = %s"
                " AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = res_id)",
                row["res_model"], SQL.identifier(table),
            )  # fmt: skip
            assert not lost, f"to-dos on {row['res_model']} that is not there: {lost}"

    def check_that_who_decides_has_a_to_do(self, full):
        """What waits for a tier stands on somebody's list, unless it was marked done there, and on nobody's once it is over."""
        approve = self.env.ref("keepwisely_maintenance.mail_activity_approve")
        waiting = self.find("maintenance.requisition", ("state", "=", "to_approve"))
        asked = self.env["mail.activity"].with_context(active_test=False).search(
            [("activity_type_id", "=", approve.id), ("res_model", "=", waiting._name)]
        )
        on = set(asked.filtered("active").mapped("res_id"))
        told = on | set(asked.filtered("date_done").mapped("res_id"))
        silent = waiting.filtered(lambda requisition: requisition.id not in told)
        assert not silent, f"nobody is asked about {silent.mapped('name')}"
        over = self.find(waiting._name, ("id", "in", list(on))) - waiting
        assert not over, f"people are still asked about {over.mapped('name')}"

    def check_that_references_are_there_once(self, full):
        numbers = (("maintenance.request", "reference"), ("maintenance.requisition", "name"), ("purchase.order", "name"))
        for model, name in numbers:
            twice = self.rows(
                "SELECT company_id, %s AS name, COUNT(*) FROM %s WHERE %s IS NOT NULL GROUP BY 1, 2 HAVING COUNT(*) > 1",
                SQL.identifier(name), SQL.identifier(self.env[model]._table), SQL.identifier(name),
            )  # fmt: skip
            assert not twice, f"{model}: {twice}"

    def check_that_receipts_are_counted_once(self, full):
        """What an order line says has come is what its moves brought."""
        for line in self.find("purchase.order.line", ("qty_received_method", "=", "stock_moves")):
            was = line.qty_received
            self.env.add_to_compute(line._fields["qty_received"], line)
            now = line.qty_received
            assert not differ(was, now), f"{line.order_id.name}: {was} came of {line.name}, really {now}"
