from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...context import BY_SYSTEM, OwnIds, get_own_ids, is_by_system
from ...words import format_day, format_number

#: What people say on a line; all else is frozen.
SAID = {"decision", "keep_until", "new_date", "note"}

#: What each decision is carried out by.
CARRIED_OUT_BY = {
    "keep": "_carry_out_keep",
    "expedite": "_carry_out_expedite",
    "redate": "_carry_out_redate",
    "cancel": "_carry_out_cancel",
    "close": "_carry_out_close",
}


class MaintenancePurchaseReviewDecision(models.Model):
    """Writing ``decision`` carries it out on the order: at once, with the rights of who decides, and once.

    Lists, the wizard, import and external calls all write the same fields, so they all meet the same
    checks. Of several lines decided on together, either all are carried out or none.
    """

    _inherit = "maintenance.purchase.review.line"

    def write(self, vals):
        """Say something on lines, and carry out the decision in ``vals``.

        :raises UserError: what is frozen is written, a line is decided on already, or the order does
            not allow the decision.
        """
        if is_by_system(self.env, "maintenance_reviewing"):
            return super().write(vals)
        frozen = vals.keys() - SAID
        if frozen:
            field = self._fields.get(sorted(frozen)[0])
            raise UserError(
                self.env._(
                    "“%s” stays as it was when the review was made; only the decision can be written.",
                    field._description_string(self.env) if field else sorted(frozen)[0],
                )
            )
        self.check_access("write")
        self._lock_for_decision()
        self._check_undecided()
        said = {name: value for name, value in vals.items() if name != "decision"}
        result = super().write(said) if said else True
        if vals.get("decision"):
            self._decide(vals["decision"])
        return result

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: somebody adds to a list that is made by the system."""
        if vals_list and not self.env.su:
            raise UserError(self.env._("The lines of a review are found by the system; nobody adds any."))
        return super().create(vals_list)

    # -- Deciding -------------------------------------------------------------------------------------

    def _lock_for_decision(self):
        """Take the lines for this transaction, so that two who decide come one after the other."""
        if self.ids:
            self.env.cr.execute(
                SQL("SELECT id FROM maintenance_purchase_review_line WHERE id IN %s ORDER BY id FOR UPDATE", self._ids)
            )
            self.invalidate_recordset(["decision"])

    def _check_undecided(self):
        for line in self:
            if line.decision:
                raise UserError(
                    self.env._(
                        "%(user)s has decided on %(line)s already: %(outcome)s.",
                        user=line.decided_by_id.name,
                        line=line._get_label(),
                        outcome=line.outcome or line._get_decision_label(line.decision),
                    )
                )
            if line.review_id.is_followed:
                raise UserError(
                    self.env._("%s is over; decide on the line in the latest review.", line.review_id.name)
                )

    def _decide(self, decision):
        """Carry out ``decision`` on the orders, then write down who decided what.

        :raises UserError: the decision is unknown, or cannot be carried out on one of the lines.
        """
        if decision not in CARRIED_OUT_BY:
            raise UserError(self.env._("Choose one of the decisions: keep, expedite, new date, cancel or close."))
        # prices and jobs are read by whoever decides; orders are changed with their own rights
        outcomes = getattr(self, CARRIED_OUT_BY[decision])()
        stamped = self.with_context(maintenance_reviewing=BY_SYSTEM)
        now = fields.Datetime.now()
        for outcome, lines in self.grouped(outcomes.get).items():
            # sudo: who decided and what came of it is written by the system
            stamped.browse(lines.ids).sudo().write(
                {"decision": decision, "decided_by_id": self.env.uid, "date_decided": now, "outcome": outcome}
            )
        self._log_decisions(decision, outcomes)
        self.review_id._close_activities()

    def _log_decisions(self, decision, outcomes):
        """One note on each order, naming its lines."""
        for order, lines in self.filtered("order_id").grouped("order_id").items():
            items = Markup().join(
                Markup("<li>%s</li>")
                % ": ".join(filter(None, [line.name, outcomes[line], decision != "keep" and line.note]))
                for line in lines
            )
            title = self.env._(
                "%(review)s, %(decision)s:", review=lines.review_id[:1].name, decision=self._get_decision_label(decision)
            )
            order._message_log(body=Markup("%s<ul>%s</ul>") % (title, items))

    @api.model
    def _get_decision_label(self, decision):
        return dict(self._fields["decision"]._description_selection(self.env))[decision]

    def _get_label(self):
        """“P00012, Bearing 6204”"""
        return ", ".join(filter(None, [self.order_name, self.name]))

    # -- Checks ---------------------------------------------------------------------------------------

    def _check_placed(self):
        """:raises UserError: the order is not there any more."""
        for line in self:
            purchase = line.purchase_line_id
            if not purchase or purchase.order_id.state != "purchase":
                raise UserError(
                    self.env._(
                        "%(line)s was cancelled since the review was made; keep the line to take it off the list.",
                        line=line._get_label(),
                    )
                )

    def _check_coming(self):
        """:raises UserError: nothing is to come any more."""
        self._check_placed()
        for line in self:
            if not line.purchase_line_id._get_rest_qty():
                raise UserError(
                    self.env._(
                        "Nothing of %(line)s is to come any more: %(received)s of %(ordered)s were received.",
                        line=line._get_label(),
                        received=format_number(self.env, line.purchase_line_id.qty_received),
                        ordered=format_number(self.env, line.purchase_line_id.product_qty),
                    )
                )

    def _check_unlocked(self):
        """:raises UserError: an order is locked."""
        locked = self.order_id.filtered("locked")
        if locked:
            raise UserError(self.env._("%s is locked; unlock it before changing it.", locked[0].name))

    def _check_not_billed(self):
        """:raises UserError: more is billed than was received, so that lowering would leave a bill without goods."""
        for line in self:
            purchase = line.purchase_line_id
            if purchase.product_uom_id.compare(purchase.qty_invoiced, purchase.qty_received) > 0:
                raise UserError(
                    self.env._(
                        "%(billed)s of %(line)s are billed and %(received)s received; ask for a refund first.",
                        billed=format_number(self.env, purchase.qty_invoiced),
                        line=line._get_label(),
                        received=format_number(self.env, purchase.qty_received),
                    )
                )

    # -- Carrying out: each returns what was done, by line ----------------------------------------------

    def _carry_out_keep(self):
        """Leave the order as it is; until a day, if one is given, it is not listed again."""
        outcomes = {}
        for line in self:
            if line.keep_until and line.keep_until <= line.company_id._get_plant_day():
                raise UserError(self.env._("Keep %s until a day that is still to come.", line._get_label()))
            words = [self.env._("kept until %s", format_day(self.env, line.keep_until))] if line.keep_until else []
            outcomes[line] = ": ".join([*(words or [self.env._("kept")]), *filter(None, [line.note])])
        return outcomes

    def _carry_out_expedite(self):
        """One mail to each order's vendor, in the vendor's language, with all the lines in it."""
        self._check_coming()
        template = self.env.ref("keepwisely_maintenance.mail_template_expedite")
        outcomes = {}
        for order, lines in self.grouped("order_id").items():
            if not order.partner_id.email:
                raise UserError(
                    self.env._(
                        "%s has no e-mail address; enter one, or call and keep the line.", order.partner_id.display_name
                    )
                )
            about = order.with_context(maintenance_expedited_ids=OwnIds(lines.purchase_line_id.ids))
            about.message_post_with_source(
                template,
                email_layout_xmlid="mail.mail_notification_layout_with_responsible_signature",
                subtype_xmlid="mail.mt_comment",
            )
            outcomes |= dict.fromkeys(lines, self.env._("mailed to %s", order.partner_id.email))
        return outcomes

    def _carry_out_redate(self):
        """The vendor promises another day; receipts and work orders follow."""
        self._check_coming()
        self._check_unlocked()
        outcomes = {}
        for line in self:
            company, day = line.company_id, line.new_date
            if not day or day < company._get_plant_day():
                raise UserError(
                    self.env._("Say for which day %s is promised now; it cannot be over.", line._get_label())
                )
            before = line._get_promised_day(line.purchase_line_id)
            outcomes[line] = self.env._(
                "promised %(day)s instead of %(before)s",
                day=format_day(self.env, day),
                before=format_day(self.env, before),
            )
        for (company, day), lines in self.grouped(lambda line: (line.company_id, line.new_date)).items():
            lines.purchase_line_id.write({"date_planned": company._get_plant_moment(day)})
        return outcomes

    def _carry_out_cancel(self):
        """Cancel what is to come: the whole order when nothing else is on it, else the rest of the lines."""
        self._check_coming()
        self._check_unlocked()
        self._check_not_billed()
        outcomes = {}
        for order, lines in self.grouped("order_id").items():
            others = order.order_line.filtered(lambda line: not line.display_type) - lines.purchase_line_id
            untouched = not any(lines.purchase_line_id.mapped("qty_received"))
            if untouched and not any(others.mapped("product_qty")):
                order.button_cancel()
                outcomes |= dict.fromkeys(lines, self.env._("order cancelled"))
            else:
                outcomes |= lines._lower_to_received()
        return outcomes

    def _carry_out_close(self):
        """Stop waiting for the rest; lock the order when that leaves it fully received and billed."""
        self._check_placed()
        self._check_unlocked()
        waiting = self.filtered(lambda line: line._is_waited_for())
        waiting._check_not_billed()
        for line in waiting:
            if not line.purchase_line_id.qty_received:
                raise UserError(
                    self.env._("Nothing of %s was received; cancel it instead of closing it.", line._get_label())
                )
        outcomes = waiting._lower_to_received()
        locked = self.env._("order locked")
        for order, lines in self.grouped("order_id").items():
            if order._is_received_and_billed() and not order._is_return_pending():
                order.button_lock()
                outcomes |= {line: ", ".join(filter(None, [outcomes.get(line), locked])) for line in lines}
            elif lines - waiting:
                raise UserError(
                    self.env._(
                        "%s cannot be closed yet: something of it is still to be received, billed or sent back.", order.name
                    )
                )
        return outcomes

    def _is_waited_for(self):
        """Whether the order has more on it than was received, on its way or not."""
        purchase = self.purchase_line_id
        return purchase.product_uom_id.compare(purchase.product_qty, purchase.qty_received) > 0

    def _lower_to_received(self):
        """Take what was not received off the receipts and off the order.

        Receipts first: native code takes a lowered quantity off a receipt of the same date only, and
        would send goods back that never came.
        """
        outcomes = {}
        purchases = self.purchase_line_id
        purchases.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
            and not (move._is_purchase_return() and move.origin_returned_move_id)
        )._action_cancel()
        for line in self:
            purchase = line.purchase_line_id
            before, received = purchase.product_qty, purchase.qty_received
            purchase.product_qty = received
            outcomes[line] = self.env._(
                "ordered %(before)s → %(after)s", before=format_number(self.env, before), after=format_number(self.env, received)
            )
        return outcomes


class PurchaseOrderExpedite(models.Model):
    _inherit = "purchase.order"

    def _maintenance_format(self, number):
        """A number for the mail to the vendor, in its language."""
        return format_number(self.env, number)

    def _get_expedited_lines(self):
        """The lines that the mail to the vendor asks about: those chosen, else all that is to come."""
        self.ensure_one()
        ids = get_own_ids(self.env, "maintenance_expedited_ids")
        coming = self.order_line.filtered(lambda line: not line.display_type and line._get_rest_qty() > 0)
        return coming.filtered(lambda line: line.id in ids) if ids else coming
