from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .maintenance_meter_plausible import MAX_VALUE, Candidate

#: What a planner may correct; the correction is kept in the history of the meter.
CORRECTABLE_FIELDS = ("value", "date", "is_reset")


class MaintenanceMeterReading(models.Model):
    """What a meter showed at a moment. Readings are added; only planners correct them, and the meter's
    history says so. However they come (form, import, external API), they pass the same checks."""

    _name = "maintenance.meter.reading"
    _description = "Meter Reading"
    _order = "date desc, id desc"
    _rec_name = "value"

    meter_id = fields.Many2one("maintenance.meter", required=True, ondelete="cascade")
    equipment_id = fields.Many2one(related="meter_id.equipment_id", string="Asset")
    company_id = fields.Many2one(related="meter_id.company_id")
    kind = fields.Selection(related="meter_id.kind")
    unit = fields.Char(related="meter_id.unit")
    value = fields.Float(required=True, aggregator="avg")
    date = fields.Datetime("Read on", required=True, default=fields.Datetime.now)
    is_reset = fields.Boolean(
        "Reset or replaced",
        help="The counter was set back or replaced; from here on it counts from this value.",
    )
    delta = fields.Float(
        "Use", readonly=True, copy=False,
        help="Of a counter since its previous reading, through a new start from zero. None at a reset.",
    )  # fmt: skip
    last_text = fields.Char("Last", compute="_compute_last_text")
    source = fields.Selection(
        [("manual", "By hand"), ("import", "Import"), ("gateway", "Gateway")], required=True, default="manual"
    )
    external_id = fields.Char(
        "External id", copy=False, help="What the sender calls the reading; the same one is taken only once."
    )

    _moment_idx = models.Index("(meter_id, date, id)")
    _external_id_uniq = models.UniqueIndex(
        "(meter_id, external_id) WHERE external_id IS NOT NULL",
        "This meter already has a reading with this external id.",
    )
    # NaN is larger than everything in PostgreSQL
    _value_is_number = models.Constraint(
        f"CHECK(value > {-MAX_VALUE} AND value < {MAX_VALUE})", "A reading has to be a number of a possible size."
    )

    @api.depends("value", "unit")
    def _compute_display_name(self):
        for reading in self:
            reading.display_name = reading.meter_id._format_value(reading.value)

    @api.depends("meter_id")
    def _compute_last_text(self):
        """What the meter shows so far, to compare with what is typed in."""
        for reading in self:
            meter = reading.meter_id
            reading.last_text = meter.value_date and self.env._(
                "%(value)s on %(moment)s",
                value=meter._format_value(meter.value),
                moment=meter._format_moment(meter.value_date),
            )

    # -- CRUD ---------------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")  # before anything is said about what is given
        vals_list = [self._prepare_create(vals) for vals in vals_list]
        meters = self.env["maintenance.meter"].browse({vals["meter_id"] for vals in vals_list if vals.get("meter_id")})
        # before anything is said about meters of others
        meters.check_access("read")
        meters._lock_for_readings()
        meters._require_plausible(
            [
                Candidate(vals["meter_id"], vals["value"], vals["date"], bool(vals.get("is_reset")))
                for vals in vals_list
                if vals.get("meter_id")
            ]
        )
        readings = super().create(vals_list)
        # by time, so that what follows does not depend on the order in which they were given
        meters._settle(readings.ids)
        return readings

    def write(self, vals):
        changed = [name for name in CORRECTABLE_FIELDS if name in vals]
        moves = "meter_id" in vals and any(reading.meter_id.id != vals["meter_id"] for reading in self)
        if moves or "delta" in vals:
            raise UserError(self.env._("A reading stays with its meter; delete it and add another one."))
        if not changed:
            return super().write(vals)
        self.check_access("write")
        vals = self._prepare_numbers(vals)
        meters = self.meter_id
        meters._lock_for_readings()
        followers = self._get_followers()
        meters._require_plausible(
            [
                Candidate(
                    reading.meter_id.id,
                    vals.get("value", reading.value),
                    vals.get("date", reading.date),
                    bool(vals.get("is_reset", reading.is_reset)),
                )
                for reading in self
            ],
            instead_of=self,
        )
        before = {reading: reading._describe() for reading in self}
        result = super().write(vals)
        meters._settle([*self.ids, *followers], corrected=True)
        for reading, old in before.items():
            if (new := reading._describe()) != old:
                reading.meter_id._message_log(
                    body=self.env._("Reading corrected: %(old)s is now %(new)s.", old=old, new=new)
                )
        return result

    def unlink(self):
        self.check_access("unlink")
        meters = self.meter_id
        meters._lock_for_readings()
        followers = self._get_followers()
        gone = [(reading.meter_id, reading._describe()) for reading in self]
        result = super().unlink()
        meters._settle(followers, corrected=True)
        for meter, description in gone:
            meter._message_log(body=self.env._("Reading deleted: %s.", description))
        return result

    # -- Helpers ------------------------------------------------------------------------------------

    @api.model
    def _prepare_create(self, vals):
        vals = self._prepare_numbers({"date": fields.Datetime.now(), "value": None, **vals})
        if not vals.get("source"):
            vals["source"] = "import" if self.env.context.get("import_file") else "manual"
        if isinstance(vals.get("external_id"), str):
            vals["external_id"] = vals["external_id"].strip() or False
        vals.pop("delta", None)
        return vals

    @api.model
    def _prepare_numbers(self, vals):
        """``vals`` with a number and a moment in them.

        :raises UserError: what is given is neither.
        """
        vals = dict(vals)
        if "value" in vals:
            try:
                if isinstance(vals["value"], bool):
                    raise ValueError
                vals["value"] = float(vals["value"])
            except (TypeError, ValueError, OverflowError):
                raise UserError(self.env._("A reading has to be a number.")) from None
        if "date" in vals:
            try:
                vals["date"] = fields.Datetime.to_datetime(vals["date"])
            except (TypeError, ValueError):
                vals["date"] = None
            if not vals["date"]:
                raise UserError(self.env._("A reading needs the date and time when it was taken."))
            vals["date"] = vals["date"].replace(microsecond=0)
        return vals

    def _describe(self):
        self.ensure_one()
        moment = self.meter_id._format_moment(self.date)
        text = self.env._("%(value)s of %(moment)s", value=self.display_name, moment=moment)
        return self.env._("%s (reset)", text) if self.is_reset else text

    def _get_followers(self):
        """Ids of the readings that come right after these; what they mean depends on them."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT following.id
                  FROM maintenance_meter_reading reading
                 CROSS JOIN LATERAL (
                       SELECT id FROM maintenance_meter_reading
                        WHERE meter_id = reading.meter_id AND (date, id) > (reading.date, reading.id)
                          AND id != ALL(%(ids)s)
                        ORDER BY date, id LIMIT 1) following
                 WHERE reading.id = ANY(%(ids)s)
                """,
                ids=list(self.ids),
            )
        )
        return [row[0] for row in self.env.cr.fetchall()]
