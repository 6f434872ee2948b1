from datetime import UTC, datetime
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .maintenance_meter_plausible import Candidate

#: Readings that one call may bring.
MAX_BATCH = 5000
#: Longer codes and external ids are no codes and no ids.
MAX_TEXT = 128

GROUPS = (
    "keepwisely_maintenance.group_meter_gateway",
    "keepwisely_maintenance.group_maintenance_technician",
    "maintenance.group_equipment_manager",
)


class Parsed(NamedTuple):
    """A reading as it was sent, understood: its place in the batch, and what it says."""

    index: int
    code: str
    external_id: str
    value: float
    date: datetime
    is_reset: bool

    def content(self):
        return self.value, self.date


class MaintenanceMeterIngest(models.Model):
    """Batches of readings from gateways."""

    _inherit = "maintenance.meter"

    @api.model
    def ingest_readings(self, readings):
        """Take a batch of readings for meters of the user's company. Good ones are taken, bad ones are told.

        :param readings: list of dicts: ``meter`` (its code), ``value`` (a number), ``date`` (ISO 8601; UTC when it
            names no zone), ``external_id`` (text; the same one is taken once per meter, so a batch can be sent
            again; when left out, the moment stands for it) and, for a counter that was set back or replaced,
            ``is_reset`` (true).
        :returns: ``{"accepted": n, "duplicates": n, "errors": [{"index": i, "message": text}], "work_orders": [ids]}``
            where ``work_orders`` are those that the batch made rules open.
        :raises AccessError: the user is neither gateway nor technician nor planner.
        :raises UserError: ``readings`` is no list, or a longer one than a call may bring (5,000).
        """
        if not self.env.su and not any(self.env.user.has_group(group) for group in GROUPS):
            raise AccessError(self.env._("Readings are sent by users of the group “Meter gateway”."))
        if not isinstance(readings, list | tuple):
            raise UserError(self.env._("Send the readings as a list."))
        if len(readings) > MAX_BATCH:
            raise UserError(
                self.env._("Send at most %(limit)s readings at once, not %(number)s.", limit=MAX_BATCH, number=len(readings))
            )
        # sudo: a gateway has no other right than this call; what it may touch is checked here, by company.
        # Nothing else of its context is let in, for it would reach the work orders.
        company = self.env.company
        env = self.env(su=True, context={"lang": self.env.lang, "allowed_company_ids": company.ids})
        return self.with_env(env)._ingest(company, readings)

    def _ingest(self, company, readings):
        errors, parsed = {}, []
        for index, reading in enumerate(readings):
            try:
                parsed.append(self._parse_reading(index, reading))
            except UserError as refusal:
                errors[index] = str(refusal)
        meters = self._find_by_codes(company, {item.code for item in parsed})
        found = []
        for item in parsed:
            meter = meters.get(item.code)
            if not meter:
                errors[item.index] = self.env._("There is no meter with the code “%s”.", item.code)
            elif not meter.active:
                errors[item.index] = self.env._("The meter “%s” is archived.", item.code)
            else:
                found.append((meter, item))
        touched = self.browse({meter.id for meter, item in found})
        touched._lock_for_readings()
        new, duplicates = touched._set_known_aside(found, errors)
        # what is sent twice in a batch shares the fate of the first
        faults = touched._find_faults([candidate for candidate, item, again in new])
        accepted = []
        for fault, (candidate, item, again) in zip(faults, new, strict=True):
            if fault:
                errors.update(dict.fromkeys((item.index, *again), fault))
            else:
                duplicates += len(again)
                accepted.append((candidate, item))
        opened = touched._insert_readings(accepted) if accepted else []
        return {
            "accepted": len(accepted),
            "duplicates": duplicates,
            "errors": [{"index": index, "message": errors[index]} for index in sorted(errors)],
            "work_orders": opened,
        }

    # -- Understanding what was sent --------------------------------------------------------------------

    @api.model
    def _parse_reading(self, index, reading):
        """:raises UserError: ``reading`` does not look like one."""
        if not isinstance(reading, dict):
            raise UserError(self.env._("A reading has to be an object with meter, value, date and external_id."))
        code = self._parse_text(reading.get("meter"))
        if not code:
            raise UserError(self.env._("“meter” has to be the code of a meter."))
        date = self._parse_date(reading.get("date"))
        external_id = reading.get("external_id")
        if isinstance(external_id, int) and not isinstance(external_id, bool):
            external_id = str(external_id)[: MAX_TEXT + 1]
        if external_id is None:
            external_id = date.isoformat()
        external_id = self._parse_text(external_id)
        if not external_id:
            raise UserError(self.env._("“external_id” has to be a text of up to %s characters.", MAX_TEXT))
        is_reset = reading.get("is_reset", False)
        if not isinstance(is_reset, bool):
            raise UserError(self.env._("“is_reset” has to be true or false."))
        return Parsed(index, code, external_id, self._parse_number(reading.get("value")), date, is_reset)

    @api.model
    def _parse_text(self, text):
        """``text`` without spaces around it; False for what the database could not even look for."""
        if not isinstance(text, str) or len(text) > MAX_TEXT or "\0" in text:
            return False
        # half of a surrogate pair is valid JSON and no text
        return text.strip() if text.isascii() or text.encode(errors="ignore").decode() == text else False

    @api.model
    def _parse_number(self, value):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UserError(self.env._("“value” has to be a number."))
        try:
            return float(value)
        except OverflowError:
            raise UserError(self.env._("“value” has to be a number of a possible size.")) from None

    @api.model
    def _parse_date(self, text):
        """A moment in UTC, without zone and without parts of a second."""
        try:
            moment = datetime.fromisoformat(text.strip())
            if moment.tzinfo:
                moment = moment.astimezone(UTC)
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise UserError(
                self.env._("“date” has to be a moment in ISO 8601, like 2026-01-31T08:00:00Z.")
            ) from None
        return moment.replace(tzinfo=None, microsecond=0)

    @api.model
    def _find_by_codes(self, company, codes):
        """``{code: meter}`` of ``company``, archived ones too; upper and lower case are the same."""
        if not codes:
            return {}
        self.flush_model(["code", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT sent.code, meter.id FROM unnest(%s) AS sent (code)
                  JOIN maintenance_meter meter ON meter.company_id = %s AND upper(meter.code) = upper(sent.code)
                """,
                list(codes),
                company.id,
            )
        )
        found = dict(self.env.cr.fetchall())
        meters = self.browse(found.values())  # read together
        return dict(zip(found, meters, strict=True))

    # -- Taking it ----------------------------------------------------------------------------------------

    def _set_known_aside(self, found, errors):
        """Separate what is there already.

        :param found: ``[(meter, Parsed)]``
        :param errors: gets what has another content than the reading of the same external id.
        :returns: ``[(Candidate, Parsed, indexes of the same later in the batch)]`` and the number of duplicates.
        """
        known = self._find_known(found)
        new, duplicates = {}, 0
        for meter, item in found:
            key = (meter.id, item.external_id)
            first = new.get(key)
            content = known.get(key) or (first[1].content() if first else None)
            if content is None:
                candidate = Candidate(meter.id, item.value, item.date, item.is_reset)
                new[key] = (candidate, item, [])
            elif content != item.content():
                errors[item.index] = self.env._(
                    "The external id “%(external_id)s” stands for another reading of this meter, %(value)s of %(date)s.",
                    external_id=item.external_id,
                    value=meter._format_value(content[0]),
                    date=meter._format_moment(content[1]),
                )
            elif first:
                first[2].append(item.index)
            else:
                duplicates += 1
        return list(new.values()), duplicates

    def _find_known(self, found):
        """``{(meter id, external id): (value, date)}`` of what is there already."""
        if not found:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT reading.meter_id, reading.external_id, reading.value, reading.date
                  FROM unnest(%s, %s) AS sent (meter_id, external_id)
                  JOIN maintenance_meter_reading reading
                    ON reading.meter_id = sent.meter_id AND reading.external_id = sent.external_id
                """,
                [meter.id for meter, item in found],
                [item.external_id for meter, item in found],
            )
        )
        return {(meter_id, external_id): (value, date) for meter_id, external_id, value, date in self.env.cr.fetchall()}

    def _insert_readings(self, accepted):
        """Add readings that passed all checks, by time.

        :param accepted: ``[(Candidate, Parsed)]``
        :returns: ids of the work orders that were opened.
        """
        accepted = sorted(accepted, key=lambda pair: (pair[1].date, pair[1].index))
        items = [item for item, parsed in accepted]
        meters = self.browse({item.meter_id for item in items})
        # not through the ORM: nothing depends on a single reading but what _settle sees to
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO maintenance_meter_reading (
                       meter_id, value, date, is_reset, delta, external_id, source, create_uid, create_date)
                SELECT meter_id, value, date, is_reset, delta, external_id, 'gateway',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM unnest(%(meters)s, %(values)s::float[], %(dates)s::timestamp[], %(resets)s,
                              %(deltas)s::float[], %(external_ids)s)
                       WITH ORDINALITY AS sent (meter_id, value, date, is_reset, delta, external_id, n)
                 ORDER BY n
                RETURNING id
                """,
                uid=self.env.uid,
                meters=[item.meter_id for item in items],
                values=[item.value for item in items],
                dates=[item.date for item in items],
                resets=[item.is_reset for item in items],
                deltas=meters._guess_deltas(items),
                external_ids=[parsed.external_id for item, parsed in accepted],
            )
        )
        reading_ids = [row[0] for row in self.env.cr.fetchall()]
        return meters._settle(reading_ids).ids

    def _guess_deltas(self, items):
        """Use up to each of ``items`` (by time) from the one before it in the batch.

        Right for most, which saves ``_settle``, which knows the others, from writing each row again.
        """
        counters = set(self.filtered(lambda meter: meter.kind == "counter").ids)
        before, deltas = {}, []
        for item in items:
            step = item.value - before.get(item.meter_id, item.value)
            deltas.append(step if step > 0 and item.meter_id in counters and not item.is_reset else 0.0)
            before[item.meter_id] = item.value
        return deltas
