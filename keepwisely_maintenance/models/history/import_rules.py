"""What the rows of a file of each subject must hold, besides what the model itself asks for."""

from collections import defaultdict

#: Models of others that are imported like ours when it is for maintenance.
THEIRS = (
    "maintenance.equipment", "maintenance.equipment.category", "maintenance.team", "product.product", "product.supplierinfo",
    "product.template", "res.partner", "stock.location", "stock.warehouse.orderpoint",
)  # fmt: skip

#: What there is once, in the file and in the plant.
ONCE = {
    "maintenance.equipment": ("maintenance_number", "serial_no", "maintenance_barcode"),
    "maintenance.equipment.category": ("name",),
    "maintenance.meter": ("code",),
    "product.product": ("default_code", "barcode"),
    "product.template": ("default_code", "barcode"),
    "stock.location": ("barcode",),
}

#: What a record is part of, and by what the file names that.
PARTS = {
    "maintenance.equipment": ("parent_id", ("maintenance_number", "name", "id")),
    "stock.location": ("location_id", ("barcode", "complete_name", "name", "id")),
}

#: By what the records of a model are named in files, the surest first.
NAMED_BY = {
    "maintenance.equipment": ("maintenance_number", "name", "serial_no"),
    "maintenance.failure.code": ("code", "name"),
    "maintenance.meter": ("code", "name"),
    "maintenance.request": ("reference",),
    "product.product": ("default_code", "barcode", "name"),
    "product.template": ("default_code", "barcode", "name"),
    "res.partner": ("ref", "name"),
    "res.users": ("login", "name"),
    "stock.location": ("barcode", "complete_name", "name"),
}

#: Numbers that are never below zero.
NOT_BELOW_ZERO = {
    "maintenance.equipment": {"cost", "downtime_hourly_cost", "maintenance_warranty_months"},
    "product.product": {"qty_available", "standard_price", "list_price", "maintenance_min_qty", "maintenance_max_qty"},
    "product.supplierinfo": {"delay", "min_qty", "price"},
    "product.template": {"qty_available", "standard_price", "list_price", "maintenance_min_qty", "maintenance_max_qty"},
    "stock.warehouse.orderpoint": {"product_max_qty", "product_min_qty"},
}

#: The first is never more than the second.
MIN_MAX = {
    "product.product": ("maintenance_min_qty", "maintenance_max_qty"),
    "product.template": ("maintenance_min_qty", "maintenance_max_qty"),
    "stock.warehouse.orderpoint": ("product_min_qty", "product_max_qty"),
}

#: What other systems call a unit, by its external id.
UNITS = {
    "uom.product_uom_unit": "pc pcs pce piece pieces each ea unit units st stk stck stück stueck pz u un",
    "uom.product_uom_dozen": "dozen dz doz dozens",
    "uom.product_uom_hour": "h hr hrs hour hours std",
    "uom.product_uom_meter": "m mtr meter meters metre metres",
    "uom.product_uom_millimeter": "mm",
    "uom.product_uom_cm": "cm",
    "uom.product_uom_foot": "ft feet foot",
    "uom.product_uom_inch": "in inch inches",
    "uom.product_uom_litre": "l ltr lt liter liters litre litres",
    "uom.product_uom_gal": "gal gallon gallons",
    "uom.product_uom_kgm": "kg kgs kilogram kilograms",
    "uom.product_uom_gram": "g gr gram grams",
    "uom.product_uom_lb": "lb lbs pound pounds",
    "uom.product_uom_square_meter": "m2 m² sqm",
}
UNIT_WORDS = {word: xmlid for xmlid, words in UNITS.items() for word in words.split()}

#: What other systems call a choice, by the field and the value that it is here.
CHOICES = {
    "maintenance.equipment/criticality": {
        "vital": "critical a very_high emergency", "high": "b", "medium": "c normal moderate average", "low": "d minor",
    },
    "maintenance.request/state": {
        "requested": "open new created wappr crtd submitted pending waiting_for_approval",
        "approved": "appr rel released wsch scheduled ready",
        "in_progress": "inprg in_process started wip work_in_progress",
        "completed": "comp complete done finished teco tech_completed technically_completed",
        "closed": "close clsd business_completed",
        "cancelled": "can canceled",
    },
    "maintenance.request/priority": {
        "3": "emergency critical urgent very_high immediate highest", "2": "high", "1": "medium normal moderate",
        "0": "low minor none lowest",
    },
    "maintenance.request/maintenance_type": {
        "corrective": "cm repair breakdown reactive em unplanned pm01 emergency",
        "preventive": "pm planned scheduled recurring inspection pm02 calibration predictive",
    },
    "maintenance.cost.entry/kind": {
        "labor": "labour labor hours work personnel", "part": "material materials part parts stock spares inventory",
        "service": "services external contractor vendor third_party",
    },
    "maintenance.meter/kind": {"gauge": "gauge characteristic continuous", "counter": "counter cumulative automatic manual"},
    "maintenance.schedule/interval_unit": {
        "day": "d day daily days", "week": "w wk week weekly weeks", "month": "m mon mth month monthly months",
        "year": "y yr ann year yearly years annually",
    },
}  # fmt: skip
CHOICE_WORDS = {
    field: {word: value for value, words in values.items() for word in words.split()} for field, values in CHOICES.items()
}


def as_word(text):
    """``In Process`` and ``in-process`` are the same word."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def find_order(parents):
    """In which order rows come so that what others are part of comes first.

    :param dict parents: the row that each row is part of, or None.
    :returns: the rows in order, and a set of those that are part of each other in a circle.
    """
    level, circle = {}, set()
    for row in parents:
        trail = []
        while row is not None and row not in level and row not in trail:
            trail.append(row)
            row = parents.get(row)
        if row in trail:
            circle.update(trail[trail.index(row) :])
        base = level.get(row, -1) if row is not None else -1
        for depth, member in enumerate(reversed(trail), base + 1):
            level[member] = depth
    by_level = defaultdict(list)
    for row in parents:
        by_level[level[row]].append(row)
    return [row for depth in sorted(by_level) for row in by_level[depth]], circle
