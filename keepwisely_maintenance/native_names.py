"""One word for one thing: what Odoo's own Maintenance calls a request and equipment, and the way back."""

from odoo.models import MetaModel
from odoo.orm.model_classes import is_model_definition
from odoo.tools import SQL
from odoo.tools.convert import convert_file
from odoo.tools.translate import LazyTranslate, TranslationImporter, get_po_paths

MODULE = "keepwisely_maintenance"

_lt = LazyTranslate(__name__)

#: Records of native modules that nobody may have renamed: field, native name, ours.
NAMES = (
    ("maintenance.mail_act_maintenance_request", "name", "Maintenance Request", _lt("Work order")),
    ("maintenance.mail_act_maintenance_request", "summary", "Maintenance Request", _lt("Work order")),
    ("maintenance.mt_req_created", "name", "Request Created", _lt("Work order created")),
    ("maintenance.mt_req_created", "description", "Maintenance Request created", _lt("Work order created")),
    ("maintenance.mt_mat_assign", "name", "Equipment Assigned", _lt("Asset assigned")),
    ("maintenance.mt_mat_assign", "description", "Equipment Assigned", _lt("Asset assigned")),
    ("maintenance.mt_cat_req_created", "name", "Maintenance Request Created", _lt("Work order created")),
    ("maintenance.mt_cat_mat_assign", "name", "Equipment Assigned", _lt("Asset assigned")),
)

#: Roles, in a sentence each, as the form of a user shows them.
ROLES = (
    ("maintenance.group_equipment_manager", "name", "Equipment Manager", _lt("Planner")),
    (
        "maintenance.group_equipment_manager", "comment", "The user will be able to manage equipment.",
        _lt("Approves, plans and closes work orders, keeps assets, schedules and spare parts, and sees what they cost."),
    ),
)  # fmt: skip

#: Native stages by what they stand for; they are called like it.
STAGES = {
    "maintenance.stage_0": ("New Request", _lt("Requested")),
    "maintenance.stage_1": ("In Progress", _lt("In progress")),
    "maintenance.stage_3": ("Repaired", _lt("Completed")),
}
SCRAP = "maintenance.stage_4"
#: Remembers that it went with this module, and not by the company's hand.
GAVE_WAY = "keepwisely_maintenance.scrap_gave_way"


def take(env):
    """Call native records by our words, as far as nobody has given them others."""
    for xmlid, field, native, ours in NAMES:
        _rename(env, xmlid, field, native, ours)
    if env["maintenance.stage"]._maintenance_is_native_board():
        for xmlid, (native, ours) in STAGES.items():
            _rename(env, xmlid, "name", native, ours)
        stages = env["maintenance.stage"].search([])
        # what planners have to close is not put away
        stages.filtered(lambda stage: stage.state == "completed").fold = False
        stages._maintenance_get_scrap()._maintenance_give_way()
    elif env["maintenance.stage"]._maintenance_get_proposals():
        env["maintenance.stage"]._maintenance_offer_names()


def name_roles(env):
    """Call Odoo's own role by what it is here; its module writes its own name again whenever it is upgraded."""
    for xmlid, field, native, ours in ROLES:
        _rename(env, xmlid, field, native, ours)


def _rename(env, xmlid, field, old, new):
    """Give a record another name, in each language that has one, unless somebody has renamed it.

    :returns: the record, if it was renamed.
    """
    record = env.ref(xmlid, raise_if_not_found=False)
    if not record or record.with_context(lang="en_US")[field] != str(old):
        return None
    english = new._translate("en_US")
    record.with_context(lang="en_US")[field] = english
    for lang, _name in env["res.lang"].get_installed():
        if (translated := new._translate(lang)) != english:
            record.with_context(lang=lang)[field] = translated
    return record


def translate(env):
    """Say in every installed language what our data files call records of other modules.

    Odoo keeps what such a record is called in a language that has a word already, and that is the native one.
    """
    importer = _read_translations(env)
    importer.save(overwrite=True)


def _read_translations(env):
    """What our translations say of records that are other modules', or theirs as well, as fields are that we extend."""
    shared = {xmlid for xmlid, _module in _find_shared(env)}
    importer = TranslationImporter(env.cr, verbose=False)
    for lang, _name in env["res.lang"].get_installed():
        for path in get_po_paths(MODULE, lang):
            importer.load_file(path, lang)
    for models in (importer.model_translations, importer.model_terms_translations):
        for fields in models.values():
            for records in fields.values():
                for xmlid in [xmlid for xmlid in records if xmlid.startswith(f"{MODULE}.") and xmlid not in shared]:
                    del records[xmlid]
    return importer


def _find_shared(env):
    """Our names of records that are other modules' as well: (xmlid, the other module)."""
    env.cr.execute(
        """
        SELECT ours.module || '.' || ours.name, theirs.module
          FROM ir_model_data ours
          JOIN ir_model_data theirs ON theirs.model = ours.model AND theirs.res_id = ours.res_id
           AND NOT starts_with(theirs.module, %(module)s)
         WHERE ours.module = %(module)s
        """,
        {"module": MODULE},
    )
    return env.cr.fetchall()


def _forget_words(env):
    """Where records of other modules are called by our words in a language, let their own modules name them again."""
    for model, fields in _read_translations(env).model_translations.items():
        for field, records in fields.items():
            for xmlid, words in records.items():
                if record := env.ref(xmlid, raise_if_not_found=False):
                    ours = [lang for lang, word in words.items() if record.with_context(lang=lang)[field] == word]
                    if ours:
                        _forget_translations(env, env[model]._table, field, record.id, ours)


def scrap_gave_way(env):
    """Whether *Scrap* went with this module, not by the company's hand; asked once."""
    parameters = env["ir.config_parameter"]
    gave_way = bool(parameters.get_param(GAVE_WAY))
    parameters.set_param(GAVE_WAY, False)
    scrap = env.ref(SCRAP, raise_if_not_found=False)
    # installations of before remember it by two names of the stage
    named = [("model", "=", "maintenance.stage"), ("res_id", "=", scrap.id)] if scrap else []
    return bool(scrap) and (gave_way or env["ir.model.data"].search_count(named) > 1)


def put_back(env, scrap_too):
    """Native names again, where ours are unchanged."""
    langs = [lang for lang, _name in env["res.lang"].get_installed() if lang != "en_US"]
    names = [*NAMES, *ROLES, *((xmlid, "name", native, ours) for xmlid, (native, ours) in STAGES.items())]
    for xmlid, field, native, ours in names:
        record = env.ref(xmlid, raise_if_not_found=False)
        if not record or record.with_context(lang="en_US")[field] != ours._translate("en_US"):
            continue
        if xmlid == "maintenance.stage_3":
            record.fold = True
        translated = [lang for lang in langs if record.with_context(lang=lang)[field] == ours._translate(lang)]
        record.with_context(lang="en_US")[field] = native
        _forget_translations(env, record._table, field, record.id, translated)
    if scrap_too:
        _put_back_scrap(env)
    _put_back_labels(env)
    _forget_words(env)
    # fills in what is missing now, and nothing else
    theirs = {"maintenance", *(module for _xmlid, module in _find_shared(env))}
    env["ir.module.module"]._load_module_terms(sorted(theirs), langs)
    env.invalidate_all()


def _forget_translations(env, table, column, record_id, langs):
    env.flush_all()
    env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(column)s = %(column)s - %(langs)s::text[] WHERE id = %(id)s",
            table=SQL.identifier(table), column=SQL.identifier(column), langs=langs, id=record_id,
        )
    )  # fmt: skip
    env.invalidate_all()


def _put_back_scrap(env):
    """Its data file makes the stage again once nothing goes by its name."""
    scrap = env.ref(SCRAP, raise_if_not_found=False)
    if scrap and scrap.with_context(lang="en_US").name != "Scrap":
        env["ir.model.data"].search([("module", "=", "maintenance"), ("name", "=", SCRAP.split(".")[1])]).unlink()
        scrap = None
    if not scrap:
        convert_file(env, "maintenance", "data/maintenance_data.xml", {}, mode="update")


def _put_back_labels(env):
    """Models and fields of others are called again what their own modules call them; Odoo writes it only on an upgrade."""
    for ours in MetaModel._module_to_models__[MODULE]:
        if ours._name not in (ours._inherit or ()) or ours._name not in env.registry:
            continue
        others = [cls for cls in env.registry[ours._name].mro() if is_model_definition(cls) and cls._module != MODULE]
        others = [cls for cls in others if cls._module]
        if not any(cls._name == ours._name for cls in others):
            continue
        if ours._description:
            description = next(cls._description for cls in others if cls._name == ours._name and cls._description)
            _write_label(env, "ir_model", "name", description, SQL("model = %s", ours._name))
        for field in ours._field_definitions:
            native = [other for cls in others for other in cls._field_definitions if other.name == field.name]
            if native and "string" in field._args__:
                label = next((other._args__["string"] for other in native if other._args__.get("string")), None)
                label = label or field.name.removesuffix("_ids").removesuffix("_id").replace("_", " ").title()
                where = SQL("model = %s AND name = %s", ours._name, field.name)
                _write_label(env, "ir_model_fields", "field_description", label, where)


def _write_label(env, table, column, label, where):
    env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(column)s = jsonb_set(%(column)s, '{en_US}', to_jsonb(%(label)s::text)) WHERE %(where)s",
            table=SQL.identifier(table), column=SQL.identifier(column), label=str(label), where=where,
        )
    )  # fmt: skip
