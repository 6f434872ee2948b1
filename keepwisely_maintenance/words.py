"""What people read in sentences looks as it does in the fields of the screens, in the language that ``env`` speaks."""

from babel.dates import format_skeleton, get_datetime_format

from odoo.fields import Date
from odoo.tools.misc import babel_locale_parse, format_datetime, format_time, get_lang


def format_day(env, day, with_year=False):
    """A day as date fields show it: Dec 4, and with the year where it is not this one, or where that is asked for."""
    if not day:
        return ""
    day = Date.to_date(day)
    skeleton = "yMMMd" if with_year or day.year != env.company._get_plant_day().year else "MMMd"
    return format_skeleton(skeleton, day, locale=_get_locale(env))


def format_moment(env, moment, tz=False, with_year=False):
    """A moment as its reader's clock shows it: Dec 4, 7:00 AM.

    :param tz: the name of another time zone whose clock is meant.
    """
    day = format_datetime(env, moment, tz=tz, dt_format="yyyy-MM-dd", lang_code="en_US")
    time = format_time(env, moment, tz=tz, time_format="short")
    pattern = get_datetime_format("medium", locale=_get_locale(env)).replace("'", "")
    return pattern.replace("{0}", time).replace("{1}", format_day(env, day, with_year))


def format_number(env, number):
    """A number with the decimals that it has, as its reader writes them: 1,250.5 or 1.250,5."""
    digits = len(f"{number:.6f}".rstrip("0").partition(".")[2])
    language = env["res.lang"].browse(_get_language(env).id)
    return language.format(f"%.{digits}f", number, grouping=True)


def format_items(env, quantity, name):
    """So many of something: 2.5 × Gasket"""
    return f"{format_number(env, quantity)} × {name}"


def in_language_of(records, user):
    """``records`` as ``user`` reads them: what is said to somebody is said in their language, whoever clicked."""
    # sudo: whoever causes it need not be able to read whom it is about
    lang = user.sudo().lang
    return records.with_context(lang=lang) if lang and lang != (records.env.lang or "en_US") else records


def _get_language(env):
    """That of the sentence around it; Odoo's own way would read the company's to find another one."""
    return env["res.lang"]._get_data(code=env.lang or "en_US") or get_lang(env)


def _get_locale(env):
    return babel_locale_parse(_get_language(env).code)
