#: What rounding may leave of an amount.
CENT = 0.011


def step(weight):
    """Mark a method as a step that is chosen with this weight."""

    def mark(method):
        method.weight = weight
        return method

    return mark
