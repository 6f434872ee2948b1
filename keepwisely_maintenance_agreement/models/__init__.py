"""Requisitions of maintenance and the blanket orders of Purchase Agreements.

Odoo keeps the price of a confirmed blanket order as an entry of the vendor's price list, and an order made from that entry
is linked to the agreement. Which entry a requisition takes is settled here: the agreement's, where one is in force.
"""

from . import product_product
from . import maintenance_requisition
from . import stock_rule
