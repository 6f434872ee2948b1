from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...authors import get_actor_id
from ...const import COSTS_GROUP

LOG_KINDS = [
    ("created", "Created"),
    ("submitted", "Submitted"),
    ("sent_back", "Sent back"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("taken_back", "Approval taken back"),
    ("cancelled", "Cancelled"),
    ("state", "State changed"),
    ("requester", "Requester changed"),
    ("approvers", "Approvers changed"),
    ("purpose", "Reason changed"),
    ("line_added", "Line added"),
    ("line_removed", "Line removed"),
    ("item", "Product or description changed"),
    ("quantity", "Quantity changed"),
    ("price", "Unit price changed"),
    ("price_asked", "New price asked for"),
    ("vendor", "Vendor changed"),
    ("job", "Work order or asset changed"),
    ("ordered", "Ordered"),
    ("order_changed", "Order changed"),
    ("order_quantity", "Ordered quantity changed"),
    ("order_price", "Order price changed"),
    ("order_confirmed", "Order confirmed"),
    ("order_cancelled", "Order cancelled"),
    ("received", "Received"),
    ("delegation", "Delegation"),
    ("emergency", "Emergency"),
    ("note", "Note"),
    ("deleted", "Deleted"),
]

#: Their amounts are prices of one unit, and nothing is a price, too.
PRICE_KINDS = ("price", "price_asked", "order_price")


class MaintenanceRequisitionLog(models.Model):
    """The history of requisitions: who did what, when, from what to what.

    Rows are only ever added, by `_log` and by what `maintenance.audit.mixin` sees change, with one
    INSERT when the transaction commits. Access rights grant nothing but reading, the model refuses
    everything else even to the superuser, and a trigger refuses it to SQL.
    """

    _name = "maintenance.requisition.log"
    _inherit = ["maintenance.journal.mixin"]
    _description = "Requisition History"
    _order = "id desc"
    _rec_name = "requisition_name"
    # who and when are fields of their own; four columns less that something could write
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Who", required=True, readonly=True, ondelete="restrict", index=True)
    kind = fields.Selection(LOG_KINDS, "What", required=True, readonly=True, index=True)
    # What history is about may be deleted later, drafts for example; then its name remains here.
    requisition_id = fields.Many2one(
        "maintenance.requisition", readonly=True, ondelete="set null", index="btree_not_null"
    )
    requisition_name = fields.Char("Requisition number", required=True, readonly=True)
    revision = fields.Integer("Submission", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    # recursive: of each row alone; for one of several that are created the others would be read
    currency_id = fields.Many2one(related="company_id.currency_id", recursive=True)
    line_id = fields.Many2one(
        "maintenance.requisition.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    line_name = fields.Char("Item", readonly=True)
    maintenance_request_id = fields.Many2one(
        "maintenance.request", "Work order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment", "Asset", readonly=True, ondelete="set null", index="btree_not_null"
    )
    purchase_order_id = fields.Many2one(
        "purchase.order", "Purchase order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    old_value = fields.Char("Old value", readonly=True)
    new_value = fields.Char("New value", readonly=True)
    # Prices stand here and never in the texts above, which technicians read.
    amount_before = fields.Monetary("Amount before", readonly=True, groups=COSTS_GROUP, aggregator=None)
    amount = fields.Monetary(
        readonly=True, groups=COSTS_GROUP, aggregator=None,
        help="In the company's currency, taxes excluded: what was submitted, decided on or ordered, or the "
        "price of one unit.",
    )  # fmt: skip
    reason = fields.Char("Why", readonly=True)
    is_own = fields.Boolean(
        "On their own", readonly=True, help="Decided by somebody who asked for it or wrote it, as the company allows."
    )
    price_reason = fields.Char("Why the price changed", readonly=True, groups=COSTS_GROUP)
    # for the screens; exports have the columns above
    description = fields.Text("Details", compute="_compute_description")
    amount_change = fields.Char("Price or amount", compute="_compute_amount_change", groups=COSTS_GROUP)

    @api.depends("line_name", "old_value", "new_value", "reason")
    def _compute_description(self):
        """“Seal: 2 Units → 5 Units”"""
        for row in self:
            change = " → ".join(filter(None, [row.old_value, row.new_value]))
            row.description = ": ".join(filter(None, [row.line_name, change, row.reason]))

    @api.depends("amount_before", "amount", "kind", "price_reason")
    def _compute_amount_change(self):
        """“$ 800.00 → $ 750.00: Steel is cheaper”"""
        for row in self:
            is_price = row.kind in PRICE_KINDS
            amounts = [row.amount_before] if row.amount_before or is_price else []
            amounts += [row.amount] if row.amount or is_price else []
            change = " → ".join(row.currency_id.format(amount) for amount in amounts)
            row.amount_change = ": ".join(filter(None, [change, row.price_reason]))

    # -- The database refuses ---------------------------------------------------------------------

    def _auto_init(self):
        """An upgrade may fill new columns of old rows; `init` puts the trigger back."""
        self._drop_guard()
        return super()._auto_init()

    def init(self):
        """Refuse UPDATE, DELETE and TRUNCATE.

        An update from within another trigger is a foreign key forgetting a deleted document; that
        is the only one that passes.
        """
        self._drop_guard()
        self.env.cr.execute(
            SQL(
                """
                CREATE FUNCTION maintenance_requisition_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1 THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'The history of requisitions is only ever added to.'
                          USING ERRCODE = 'restrict_violation';
                END $$;
                CREATE TRIGGER maintenance_requisition_log_guard BEFORE UPDATE OR DELETE ON %(table)s
                   FOR EACH ROW EXECUTE FUNCTION maintenance_requisition_log_guard();
                CREATE TRIGGER maintenance_requisition_log_guard_all BEFORE TRUNCATE ON %(table)s
                   FOR EACH STATEMENT EXECUTE FUNCTION maintenance_requisition_log_guard();
                """,
                table=SQL.identifier(self._table),
            )
        )

    @api.model
    def _drop_guard(self):
        """Lift the guard; for the owner of the database, upgrades and uninstallation."""
        self.env.cr.execute("DROP FUNCTION IF EXISTS maintenance_requisition_log_guard() CASCADE")

    # -- Writing ------------------------------------------------------------------------------------

    @api.model
    def _refusal(self):
        return UserError(
            self.env._("The history of requisitions writes itself; nobody adds to it, changes it or deletes from it.")
        )

    @api.model
    def _new_pending(self):
        return Trail()

    @api.model
    def _add_rows(self, vals_list, user_id=None):
        """Add rows to the history when the transaction commits.

        :param vals_list: values of rows, without date and user.
        :param user_id: who, when not the current user.
        """
        if vals_list:
            self._get_pending().add(vals_list, user_id or get_actor_id(self.env))

    @api.model
    def _write_pending(self):
        trail = self._take_pending()
        if not trail:
            return
        records = self._find_watched(trail)
        vals_list = []
        for step in trail.steps:
            record = records.get(step.key)
            if record is not None:
                step.rows += record._prepare_created_log_vals() if step.is_new else []
                step.rows += record._prepare_changed_log_vals(step.before)
            # the company first: amounts are in its currency, which would be read from the row otherwise
            company = [vals.get("company_id") for vals in step.rows]
            vals_list += [
                {"company_id": company_id, "date": step.date, "user_id": step.user_id, **vals}
                for company_id, vals in zip(company, step.rows, strict=True)
            ]
        self._insert([trail.forget_gone(vals) for vals in vals_list])

    @api.model
    def _find_watched(self, trail):
        """``{(model, id): record}`` of what is there still."""
        watched = trail.get_watched().items()
        return {(model, record.id): record for model, ids in watched for record in self.env[model].browse(ids)}

    @api.readonly
    def action_open(self):
        """Open the requisition."""
        self.ensure_one()
        return self.requisition_id._get_records_action() if self.requisition_id else False


class Trail:
    """What one transaction has done to requisitions and their orders, in order.

    Plain Python: it lives between the first change and the commit.

    :ivar steps: rows to write, or a record whose former values are remembered.
    :ivar gone: ``(model, id)`` of what was deleted.
    """

    def __init__(self):
        self.steps = []
        self.gone = set()
        self._watched = {}

    def add(self, rows, user_id):
        """Write ``rows``, dicts of values, as of now."""
        step = Step(None, user_id)
        step.rows = rows
        self.steps.append(step)

    def watch(self, record, user_id):
        """The step that remembers ``record``."""
        key = (record._name, record.id)
        if key not in self._watched:
            self._watched[key] = Step(key, user_id)
            self.steps.append(self._watched[key])
        return self._watched[key]

    def resume(self, step, user_id):
        """A new record goes on to change: that is told here, not where it was created."""
        if not step.is_new or not step.before:
            return step
        later = Step(step.key, user_id)
        later.before, step.before = step.before, {}
        self._watched[step.key] = later
        self.steps.append(later)
        return later

    def get_watched(self):
        """Ids by model, without what was deleted, be it by the database along with something else."""
        ids = {}
        for model, record_id in self._watched.keys() - self.gone:
            ids.setdefault(model, []).append(record_id)
        return ids

    def forget_gone(self, vals):
        """Leave references to deleted records out of ``vals``."""
        references = {
            "requisition_id": "maintenance.requisition",
            "line_id": "maintenance.requisition.line",
            "purchase_order_id": "purchase.order",
        }
        return {
            name: False if (references.get(name), value) in self.gone else value for name, value in vals.items()
        }


class Step:
    """Rows of one moment, or one watched record."""

    __slots__ = ("before", "date", "is_new", "key", "rows", "user_id")

    def __init__(self, key, user_id):
        self.key = key
        self.user_id = user_id
        self.date = fields.Datetime.now()
        self.before = {}
        self.rows = []
        self.is_new = False
