"""What people read in sentences looks as it does in the fields of the screens."""

from babel.dates import format_skeleton

from odoo.fields import Date
from odoo.tools.misc import babel_locale_parse, format_datetime, format_time, get_lang


def format_day(env, day):
    """A day as date fields show it: Dec 4, and with the year where it is not this one."""
    if not day:
        return ""
    day = Date.to_date(day)
    skeleton = "MMMd" if day.year == env.company._get_plant_day().year else "yMMMd"
    return format_skeleton(skeleton, day, locale=babel_locale_parse(get_lang(env).code))


def format_moment(env, moment):
    """A moment as its reader's clock shows it: Dec 4, 7:00 AM."""
    day = format_datetime(env, moment, dt_format="yyyy-MM-dd", lang_code="en_US")
    return f"{format_day(env, day)}, {format_time(env, moment, time_format='short')}"
