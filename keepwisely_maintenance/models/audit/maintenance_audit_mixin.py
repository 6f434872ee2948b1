from odoo import api, models

from ...authors import get_actor_id


class MaintenanceAuditMixin(models.AbstractModel):
    """Writes changes of the audited fields of a model to the history of its requisition.

    Like the tracking of `mail.thread`, what a field held before is remembered at its first change
    in a transaction, whether it is written or computed, and compared when the transaction commits.
    Unlike it, no context key switches this off.
    """

    _name = "maintenance.audit.mixin"
    _description = "Audited by the Requisition History"

    # -- For the models to fill in ---------------------------------------------------------------

    @api.model
    def _get_audited_fields(self):
        """Names of stored fields whose changes go to the history."""
        return frozenset()

    def _filter_audited(self):
        """Those of the records that have a history."""
        return self

    def _get_born_values(self):
        """What a new record is compared with; by default its creation says it all."""
        return {}

    def _prepare_created_log_vals(self):
        """Rows that say what was created, as a list of dicts."""
        return []

    def _prepare_changed_log_vals(self, before):
        """Rows that say what changed.

        :param dict before: former values of what was touched, which may be what they are now.
        """
        return []

    def _prepare_deleted_log_vals(self):
        """Rows that say what was deleted."""
        return []

    def _get_deleted_with(self):
        """Audited recordsets that the database deletes along with these records."""
        return []

    # -- Watching ---------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, step in records._watch():
            step.is_new = True
            step.before = record._get_born_values()
        return records

    def write(self, vals):
        self._remember(vals, resume=True)
        return super().write(vals)

    def _compute_field_value(self, field):
        self._remember(computed.name for computed in self.pool.field_computed[field] if computed.store)
        return super()._compute_field_value(field)

    def unlink(self):
        gone = [(records._name, record_id) for records in (self, *self._get_deleted_with()) for record_id in records.ids]
        # sudo: what is deleted is written down whoever deletes it
        audited = self.sudo()._filter_audited()
        rows = [vals for record in audited for vals in record._prepare_deleted_log_vals()]
        result = super().unlink()
        history = self.env["maintenance.requisition.log"]
        history._get_pending().gone.update(gone)
        history._add_rows(rows)
        return result

    def _remember(self, names, resume=False):
        """Remember the values of audited fields among ``names`` before they change.

        :param bool resume: a new record is more than computed for the first time.
        """
        names = self._get_audited_fields().intersection(names)
        if not names:
            return
        for record, step in self._watch(resume):
            if not step.is_new:
                for name in names - step.before.keys():
                    step.before[name] = record[name]

    def _watch(self, resume=False):
        """Pairs of each audited record and what is remembered of it."""
        # sudo: prices are remembered also when somebody who does not see them changes them
        records = self.sudo().filtered("id")._filter_audited()
        if not records:
            return []
        history = self.env["maintenance.requisition.log"]
        trail, user_id = history._get_pending(), get_actor_id(self.env)
        steps = [(record, trail.watch(record, user_id)) for record in records]
        return [(record, trail.resume(step, user_id)) for record, step in steps] if resume else steps
