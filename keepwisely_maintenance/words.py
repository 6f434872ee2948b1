"""What people read in sentences looks as it does in the fields of the screens, in the language that ``env`` speaks."""

from babel.dates import format_skeleton, get_datetime_format

from odoo.fields import Date
from odoo.tools.misc import babel_locale_parse, format_datetime, format_time, formatLang, get_lang


def format_day(env, day):
    """A day as date fields show it: Dec 4, and with the year where it is not this one."""
    if not day:
        return ""
    day = Date.to_date(day)
    skeleton = "MMMd" if day.year == env.company._get_plant_day().year else "yMMMd"
    return format_skeleton(skeleton, day, locale=_get_locale(env))


def format_moment(env, moment, tz=False):
    """A moment as its reader's clock shows it: Dec 4, 7:00 AM.

    :param tz: the name of another time zone whose clock is meant.
    """
    day = format_datetime(env, moment, tz=tz, dt_format="yyyy-MM-dd", lang_code="en_US")
    time = format_time(env, moment, tz=tz, time_format="short")
    pattern = get_datetime_format("medium", locale=_get_locale(env)).replace("'", "")
    return pattern.replace("{0}", time).replace("{1}", format_day(env, day))


def format_number(env, number):
    """A number with the decimals that it has, as its reader writes them: 1,250.5 or 1.250,5."""
    digits = len(f"{number:.6f}".rstrip("0").partition(".")[2])
    return formatLang(env, number, digits=digits)


def format_items(env, quantity, name):
    """So many of something: 2.5 × Gasket"""
    return f"{format_number(env, quantity)} × {name}"


def format_label(env, label):
    """The label of a choice within a sentence. English alone writes it small; the nouns of other languages would suffer."""
    return label.lower() if (env.lang or "en").startswith("en") else label


def _get_locale(env):
    return babel_locale_parse(get_lang(env).code)
