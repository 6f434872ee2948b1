"""What hides inside the values of a ``create`` or ``write``: commands on one2many and many2many fields."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import BaseModel


def read_commands(env, value):
    """The commands in ``value``, read as Odoo reads them, however they were written.

    :param value: what a caller gives for a one2many or many2many field.
    :returns: list of triples: code, ids that the command names, values that it brings.
    :raises UserError: something that is no command.
    """
    if value is False or value is None:
        return [(Command.CLEAR, (), {})]
    if isinstance(value, BaseModel):
        return [(Command.SET, value._ids, {})]
    if isinstance(value, tuple) or (isinstance(value, list) and value and not isinstance(value[0], (list, tuple))):
        value = [(Command.SET, 0, value)]
    try:
        return [_read_command(*command) for command in value]
    except (TypeError, ValueError):
        raise UserError(env._("These values cannot be read; enter them on the screen of the record.")) from None


def _read_command(code, record_id=0, values=None):
    # compared as Odoo does, so that True is an update here as well
    if code == Command.CREATE:
        return Command.CREATE, (), dict(values)
    if code == Command.UPDATE:
        return Command.UPDATE, (int(record_id),), dict(values)
    if code == Command.SET:
        return Command.SET, tuple(int(each) for each in values or ()), {}
    if code == Command.CLEAR:
        return Command.CLEAR, (), {}
    # delete, unlink or link; anything else is a ValueError
    return Command(int(code)), (int(record_id),), {}
