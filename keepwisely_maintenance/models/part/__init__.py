"""Parts of a job, which are stock moves.

Reserving and using them, who gets what a receipt brings, alternates, joining what is on its way, the demand view.
It owns joins and the wizards of parts; moves, products and warehouses are native. It uses work orders and the
company, and tells requisitions what is missing and what changed. It must not know tiers, decisions or amounts.
"""

from . import maintenance_request_parts
from . import maintenance_request_parts_moves
from . import maintenance_request_copy
from . import maintenance_request_parts_dates
from . import maintenance_request_part_barcode
from . import maintenance_part_join
from . import maintenance_request_offer
from . import stock_location
from . import stock_lot
from . import stock_move
from . import stock_move_line
from . import stock_move_counter
from . import stock_move_line_counter
from . import stock_move_part_use
from . import stock_move_part_commands
from . import stock_move_part_unit
from . import stock_move_part_supply
from . import stock_move_rank
from . import stock_move_read
from . import stock_move_allocation
from . import stock_move_alternate
from . import stock_move_join
from . import stock_move_kit
from . import stock_move_offer
from . import stock_move_missing
from . import stock_picking
from . import stock_quant
from . import stock_picking_held
from . import stock_move_allocation_plan
from . import stock_picking_type
from . import stock_warehouse
from . import product_product
from . import product_template
from . import product_spare_part
from . import product_code
from . import product_choice
from . import product_demand
from . import product_waiting_parts
from . import res_company
from . import res_users
