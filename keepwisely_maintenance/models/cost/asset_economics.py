"""Arithmetic of keeping or replacing an asset, in any currency, with costs at the end of each year.

Source: Sullivan, Wicks and Koelling, *Engineering Economy*, chapter "Replacement analysis": equation 9-2 for the
cost of a year and the equivalent uniform annual cost (EUAC) of table 9-2.
"""


def get_cost_of_year(value_before, value_after, expenses, rate):
    """What owning an asset for one more year costs (equation 9-2, "total marginal cost for year k").

    :param value_before: what the asset could be sold for at the beginning of the year.
    :param value_after: the same at its end.
    :param expenses: maintenance and standstill of the year.
    :param rate: cost of capital, as a share (0.1 for 10 %).
    """
    return value_before - value_after + rate * value_before + expenses


def get_equivalent_annual_costs(price, values, expenses, rate):
    """The EUAC of keeping a new asset for 1, 2, 3, … years and selling it then.

    The costs of all years are discounted to the day of purchase and spread evenly over the years:
    ``EUAC_k = Σ_j≤k cost_j / (1 + i)^j × i (1 + i)^k / ((1 + i)^k − 1)``.

    :param price: of a new asset.
    :param values: what it could be sold for at the end of each year.
    :param expenses: of each year, as many as ``values``.
    :param rate: cost of capital, as a share.
    :returns: list as long as ``values``.
    """
    results, present, before = [], 0.0, price
    for year, (value, expense) in enumerate(zip(values, expenses, strict=True), 1):
        growth = (1 + rate) ** year
        present += get_cost_of_year(before, value, expense, rate) / growth
        results.append(present * rate * growth / (growth - 1) if rate else present / year)
        before = value
    return results
