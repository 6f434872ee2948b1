from odoo import api, models
from odoo.tools import clean_context


class MaintenanceJournalMixin(models.AbstractModel):
    """Rows that write themselves: what a transaction does is collected, and written once when it commits.

    So nothing is recorded of what was rolled back. Nobody else adds, changes or deletes rows, not
    even the superuser.
    """

    _name = "maintenance.journal.mixin"
    _description = "Writes Itself"
    # what somebody may not write, they may not have written for them by a field of another record
    _allow_sudo_commands = False

    # -- For the models to fill in ---------------------------------------------------------------

    @api.model
    def _new_pending(self):
        """What collects the doings of one transaction; not a record."""
        return {}

    @api.model
    def _write_pending(self):
        """Write what `_take_pending` returns; called when the transaction commits or enters a savepoint."""
        raise NotImplementedError

    @api.model
    def _refusal(self):
        """The error for whoever writes by hand."""
        raise NotImplementedError

    # -- Collecting ------------------------------------------------------------------------------

    @api.model
    def _get_pending(self):
        """What the running transaction has to write so far."""
        precommit = self.env.cr.precommit
        if self._name not in precommit.data:
            precommit.data[self._name] = self._new_pending()
            # no default_… of the caller gets into the rows
            clean = self.with_context(clean_context(self.env.context))
            # sudo: it is written whoever acts, and nobody may write it by hand
            precommit.add(clean.sudo()._write_pending)
        return precommit.data[self._name]

    @api.model
    def _take_pending(self):
        """The same, once, or None."""
        return self.env.cr.precommit.data.pop(self._name, None)

    # -- Nobody writes by hand -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise self._refusal()
        return super().create(vals_list)

    def write(self, vals):
        if self:
            raise self._refusal()
        return super().write(vals)

    # also with the context key of an uninstallation, which anybody may send; the tables go without asking
    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise self._refusal()

    @api.model
    def _insert(self, vals_list):
        """Past the refusal, for `_write_pending` only."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch
