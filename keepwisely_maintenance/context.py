"""Keys that this module puts into the context for itself.

Anybody may send a context over the network. A key of the module therefore counts only when its
value is the object below, which nothing that comes over the network turns into.
"""

from dataclasses import dataclass
from datetime import datetime

from odoo.fields import Datetime

BY_SYSTEM = object()


def is_by_system(env, key):
    """Whether code of this module has set ``key`` in the context of ``env``."""
    return env.context.get(key) is BY_SYSTEM


#: In the context of whatever records are made of the past that somebody brings in, see the room ``history``: no gate, no
#: message, no to-do and nothing of today comes with them.
BRINGING_IN = "maintenance_bringing_in"


def is_bringing_in(env):
    """Whether code of this module is writing down the past, which was checked before."""
    return is_by_system(env, BRINGING_IN)


class RuleMemory(dict):
    """What one run has asked about stock rules, and the answers; see `stock.rule._recall`."""


class ReadQuants(dict):
    """What lies on the shelves that parts are about to be reserved from, read at once for all of them; by what
    `stock.quant._get_quants_by_products_locations` gives it by.

    :param quants: in the order of FIFO; see `stock.quant._maintenance_read`.
    :param products, locations: of which, with all that is below.
    :param with_orderpoints: which of the products have reorder points.
    """

    def __init__(self, quants, products, locations, with_orderpoints):
        super().__init__()
        self.quants, self.locations, self.with_orderpoints = quants.grouped("product_id"), locations, with_orderpoints
        self.products = products
        for quant in quants:
            key = (quant.product_id.id, quant.location_id.id, quant.lot_id.id, quant.package_id.id, quant.owner_id.id)
            self[key] = self[key] | quant

    def __missing__(self, key):
        return self.products.env["stock.quant"]


class WorkingDaysMemory(dict):
    """The working days that one run has read, by calendar and time zone; see `maintenance.schedule._get_working_days`."""


class OwnIds(frozenset):
    """Ids that code of this module hands on to itself; a list that comes over the network is none of these."""


def get_own_ids(env, key):
    """The ids that code of this module has put into the context of ``env`` under ``key``; empty without any."""
    ids = env.context.get(key)
    return ids if isinstance(ids, OwnIds) else OwnIds()


class OwnId(int):
    """An id that code of this module puts into values that native code then creates as the user."""


@dataclass(frozen=True)
class AsOf:
    """When what is being written down happened (UTC), see `maintenance.request._maintenance_as_of`; nothing that comes over
    the network is one of these."""

    moment: datetime


def get_moment(env):
    """When what is being done happened: now, or before, where code of this module writes down later what was done."""
    as_of = env.context.get("maintenance_as_of")
    return as_of.moment if isinstance(as_of, AsOf) else Datetime.now()
