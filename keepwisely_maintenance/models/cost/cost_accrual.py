"""What a purchase line costs its job, as it becomes known: received first, billed later. Plain arithmetic, no records.

The cost of a line is, at every moment, what is billed plus what is received and not billed. What is received and not
billed stands at the order's price and the rate of the day it was received; a bill takes its share of that away again
and brings its own amount, and only the difference is written down, on the day of the bill.
"""

from dataclasses import dataclass


@dataclass
class Accrual:
    """The standing of one purchase line; every method returns the entries of one event, and takes them into account.

    Quantities are in the unit of the line, ``open_*`` is what is received and not billed. An entry is a dict with the
    ``entry``, its ``amount`` in the company's currency, and by how much it changes each number below.
    """

    company_currency: object
    currency: object
    received_qty: float = 0.0
    billed_qty: float = 0.0
    billed_amount: float = 0.0
    open_amount: float = 0.0
    open_amount_currency: float = 0.0

    def _get_open_qty(self):
        return max(self.received_qty - self.billed_qty, 0.0)

    def _enter(self, entry, amount, **changes):
        """One entry, with the changes it stands for."""
        return {"entry": entry, "amount": self.company_currency.round(amount), **changes}

    def _set_open(self, price, rate, entry=None):
        """Bring what is received and not billed to the quantity that is open now.

        :param price: of one unit, in the order's currency.
        :param rate: company currency for one unit of the order's currency.
        """
        wanted = self.currency.round(self._get_open_qty() * price)
        change = wanted - self.open_amount_currency
        if not wanted:
            amount = -self.open_amount
        elif change * wanted > 0:
            amount = self.company_currency.round(change * rate)
        else:
            amount = self.company_currency.round(self.open_amount * change / self.open_amount_currency)
        self.open_amount += amount
        self.open_amount_currency = wanted
        entry = entry or ("received" if amount > 0 else "sent_back")
        return self._enter(entry, amount, open_amount=amount, open_amount_currency=change)

    def reprice(self, price, rate):
        """The order's price changed after something was received."""
        return [self._set_open(price, rate, "price_variance")]

    def receive(self, quantity, price, rate):
        """Something came, or went back when ``quantity`` is negative."""
        self.received_qty += quantity
        return [{**self._set_open(price, rate), "received_qty": quantity}]

    def bill(self, quantity, amount, price, rate):
        """A bill or, with a negative ``quantity``, a refund of ``amount`` in the company's currency.

        What it bills of the goods that are here differs from their accrued amount by price and by currency; what it
        bills ahead of the goods is a cost at once, and the goods cost nothing more when they come.

        :param rate: of the bill: company currency for one unit of the order's currency.
        """
        was_open, open_amount, open_currency = self._get_open_qty(), self.open_amount, self.open_amount_currency
        self.billed_qty += quantity
        self.billed_amount += amount
        entries = []
        released = was_open - self._get_open_qty()
        if quantity > 0 and released > 0:
            closing = self._set_open(price, rate)
            share = amount if released >= quantity else self.company_currency.round(amount * released / quantity)
            released_amount = open_amount - self.open_amount
            released_currency = open_currency - self.open_amount_currency
            by_rate = self.company_currency.round(released_currency * rate) - released_amount
            by_price = share - released_amount - by_rate
            closing.pop("amount")
            entries.append({**closing, **self._enter("price_variance", by_price)})
            entries.append(self._enter("currency_variance", by_rate))
            amount_ahead = amount - share
        elif quantity:
            amount_ahead = amount
        else:
            # a correction of the price alone
            entries.append(self._enter("price_variance", amount))
            amount_ahead = 0.0
        entries.append(self._enter("billed", amount_ahead))
        if quantity < 0:
            # a refund of what is here: it is received and not billed again
            entries.append(self._set_open(price, rate))
        entries = [entry for entry in entries if entry["amount"] or entry.get("open_amount")] or entries[:1]
        entries[0] |= {"billed_qty": quantity, "billed_amount": amount}
        return entries

    def unbill(self, price, rate, **sums):
        """A bill of before does not count any more: with its entries taken back, what it billed is open again.

        :param sums: of the entries of the bill, by the names of the numbers above.
        """
        for name, value in sums.items():
            setattr(self, name, getattr(self, name) - value)
        return [self._set_open(price, rate)]
