import { ImportAction } from "@base_import/import_action/import_action";
import { ImportDataSidepanel } from "@base_import/import_data_sidepanel/import_data_sidepanel";
import { BaseImportModel } from "@base_import/import_model";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";

/** So many bad rows are told on the screen; the file has all of them. */
const TOLD = 10;

patch(BaseImportModel.prototype, {
    get maintenance() {
        if (!this._maintenance) {
            this._maintenance = { isOurs: false, knowsPast: false, url: false, bad: 0, lines: [] };
        }
        return this._maintenance;
    },

    setResModel(resModel) {
        super.setResModel(...arguments);
        // only what is set is sent: without a choice the menu that one came by decides
        const past = this.context.maintenance_bring_in_history;
        this.importOptionsValues.maintenance_bring_in = { value: Boolean(past), reloadParse: true };
        this.importOptionsValues.maintenance_skip_bad = { value: false };
    },

    async updateData() {
        this._forgetMaintenance();
        return super.updateData(...arguments);
    },

    async executeImport(isTest = false) {
        this._forgetMaintenance();
        this._maintenanceRuns = [];
        const start = this.importOptions.skip;
        const result = await super.executeImport(...arguments);
        if (this._maintenanceRuns.length && (isTest || !this._maintenanceRuns.at(-1).nextrow)) {
            // the next run begins where this one did
            this.setOption("skip", start);
        }
        this._tellMaintenance(result.res, isTest);
        return result;
    },

    /** A file that is read in several steps is looked at to its end, so that every bad row is told. */
    async _callImport(isTest, args) {
        const result = await super._callImport(...arguments);
        if (!result.maintenance) {
            return result;
        }
        this._maintenanceRuns.push(result);
        const goesOn = isTest || this.importOptionsValues.maintenance_skip_bad.value;
        if (goesOn && result.nextrow && result.messages.every((message) => !message.not_matching_error)) {
            this._maintenanceHeld = [...(this._maintenanceHeld || []), ...result.messages];
            return { ...result, messages: [], ids: result.ids || [] };
        }
        const held = this._maintenanceHeld || [];
        this._maintenanceHeld = [];
        return { ...result, messages: [...held, ...result.messages] };
    },

    _handleImportErrors(messages, name) {
        if (!this._maintenanceRuns?.length || messages[0].not_matching_error) {
            return super._handleImportErrors(...arguments);
        }
        // what the user can settle for a whole column stays beside it; rows and reasons are told by us
        const columns = messages.filter((message) => message.field_type && message.field);
        if (columns.length) {
            const before = this.importMessages.length;
            super._handleImportErrors(columns, name);
            this.importMessages = this.importMessages.slice(0, before);
        }
    },

    _onLoadSuccess(res) {
        super._onLoadSuccess(...arguments);
        this.maintenance.isOurs = Boolean(res.maintenance);
        this.maintenance.knowsPast = Boolean(res.maintenance?.knows_past);
    },

    _forgetMaintenance() {
        Object.assign(this.maintenance, { url: false, bad: 0, lines: [] });
        this._maintenanceHeld = [];
    },

    _tellMaintenance(res, isTest) {
        const runs = this._maintenanceRuns.map((run) => run.maintenance);
        if (!runs.length) {
            return;
        }
        const bad = runs.flatMap((run) => run.bad);
        const url = runs.map((run) => run.url).findLast(Boolean);
        const lines = runs.at(-1).lines;
        Object.assign(this.maintenance, { url: url || false, bad: bad.length, lines });
        if (lines.length) {
            this._addMessage("info", [_t("Read otherwise than written"), ...lines]);
        }
        if (!bad.length) {
            return;
        }
        const rows = runs.reduce((sum, run) => sum + run.rows, 0);
        const came = res.ids.length;
        const figures = { came, bad: bad.length, rows };
        let title = _t("Nothing comes in. Rows that cannot: %(bad)s of %(rows)s.", figures);
        if (came && isTest) {
            title = _t("Records that can come in: %(came)s. Rows that cannot: %(bad)s of %(rows)s.", figures);
        } else if (came) {
            title = _t("Records that came in: %(came)s. Rows that did not: %(bad)s of %(rows)s.", figures);
        }
        const told = bad.slice(0, TOLD).map((line) => _t("Row %(row)s: %(reasons)s", { row: line.row, reasons: line.reasons.join(" ") }));
        this._addMessage(came ? "warning" : "danger", [title, ...told]);
    },
});

patch(ImportAction.prototype, {
    get maintenance() {
        return this.model.maintenance;
    },

    /** A file that comes in by several steps is tested as a whole before the first of them, unless bad rows are skipped. */
    async handleImport(isTest = true) {
        const skips = this.importOptions.maintenance_skip_bad;
        if (!isTest && this.maintenance.isOurs && !skips && this.totalSteps > 1 && !this.state.isPaused) {
            await super.handleImport(true);
            if (this.maintenance.bad) {
                return;
            }
        }
        return super.handleImport(...arguments);
    },
});

patch(ImportDataSidepanel, {
    props: { ...ImportDataSidepanel.props, maintenance: { type: Object, optional: true } },
});
