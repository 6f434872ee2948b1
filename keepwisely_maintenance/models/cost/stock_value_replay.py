"""What goods would have cost when they left, had the receipts had the values they have now.

Odoo values what leaves once, on leaving, and plays the whole history again whenever it wants to know what is left.
This plays the same history and remembers what left at which value. The rules are those of ``product._run_avco`` and
``product._run_fifo`` in ``stock_account``.
"""

from odoo.fields import Domain


def replay(product):
    """``{outgoing move: value}`` of a product in the company of its environment."""
    domain = Domain("product_id", "=", product.id) & Domain("company_id", "=", product.env.company.id)
    moves = (
        product.env["stock.move"]
        .sudo()
        .search(domain & (Domain("is_in", "=", True) | Domain("is_out", "=", True)), order="date, id")
    )
    return _replay_fifo(moves) if product.cost_method == "fifo" else _replay_average(product, moves)


def _replay_average(product, moves):
    domain = Domain("product_id", "=", product.id) & Domain("company_id", "=", product.env.company.id)
    whole = Domain("move_id", "=", False) & Domain("lot_id", "=", False)
    pending = list(product.env["product.value"].sudo().search(domain & whole, order="date, id"))
    left, price, quantity, total = {}, 0.0, 0.0, 0.0
    for move in moves:
        while pending and move.date >= pending[0].date:
            price = pending.pop(0).value
            total = price * quantity
        moved = move._get_valued_qty()
        if move.is_in:
            if quantity > 0:
                total += move.value
                quantity += moved
                price = total / quantity
            else:
                # what was missing was used at the price of what comes
                quantity += moved
                price = move.value / moved if moved else price
                total = price * quantity
        if move.is_out:
            left[move] = moved * price
            total -= left[move]
            quantity -= moved
    return left


def _replay_fifo(moves):
    left, layers, last_price = {}, [], 0.0
    for move in moves:
        moved = move._get_valued_qty()
        if move.is_in and moved:
            last_price = move.value / moved
            layers.append([moved, last_price])
        if move.is_out:
            value = 0.0
            while moved > 0 and layers:
                taken = min(moved, layers[0][0])
                value += taken * layers[0][1]
                moved -= taken
                layers[0][0] -= taken
                if layers[0][0] <= 0:
                    layers.pop(0)
            left[move] = value + moved * last_price
    return left
