import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useOwnedDialogs, useService } from "@web/core/utils/hooks";
import { Many2One } from "@web/views/fields/many2one/many2one";
import { Many2OneBarcodeField } from "@web/views/fields/many2one_barcode/many2one_barcode_field";
import { Many2XAutocomplete } from "@web/views/fields/relational_utils";

import { PartDialog } from "./part_dialog";

/*
 * The part of a work order, searched as natively; a phone, and whoever searches for more, meets a list of our own. A name
 * that no product has is offered to be asked for as a one-off, with the wizard that does so; technicians may not create
 * products.
 */
const callbacks = { askForOneOff: Function, findParts: Function };

class PartAutocomplete extends Many2XAutocomplete {
    static props = { ...Many2XAutocomplete.props, ...callbacks };

    setup() {
        super.setup();
        this.addDialog = useOwnedDialogs();
    }

    /** What a tap opens on a phone; `request` is then the event. */
    onSearchMore(request) {
        this.addDialog(PartDialog, {
            text: typeof request === "string" ? request : "",
            find: (text) => this.props.findParts(text, this.props.getDomain()),
            choose: ({ id, name, reference }) =>
                this.props.update([{ id, display_name: reference ? `[${reference}] ${name}` : name }]),
            askForOneOff: this.props.askForOneOff,
            create: this.activeActions.create ? (text) => this.slowCreate(text) : undefined,
        });
    }

    get actionSuggestions() {
        const oneOff = {
            enabled: ({ request, records }) => request.trim() && !records?.length,
            build: (request) => ({
                cssClass: "o_m2o_dropdown_option o_keepwisely_one_off",
                data: { slotName: "createItem" },
                label: _t("Not in the catalogue: ask for “%s” as a one-off", request.trim()),
                onSelect: () => this.props.askForOneOff(request.trim()),
            }),
        };
        return [...super.actionSuggestions, oneOff];
    }
}

class PartMany2One extends Many2One {
    static components = { Many2XAutocomplete: PartAutocomplete };
    static props = { ...Many2One.props, ...callbacks };

    get many2XAutocompleteProps() {
        const { askForOneOff, findParts } = this.props;
        return { ...super.many2XAutocompleteProps, askForOneOff, findParts };
    }
}

export class PartField extends Many2OneBarcodeField {
    static components = { Many2One: PartMany2One };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get m2oProps() {
        return {
            ...super.m2oProps,
            askForOneOff: this.askForOneOff.bind(this),
            findParts: this.findParts.bind(this),
        };
    }

    findParts(text, domain) {
        const job = this.props.record.model.root;
        return this.orm.call("product.product", "maintenance_find_parts", [text, domain], {
            job_id: job.resId,
            equipment_id: job.data.equipment_id?.id,
        });
    }

    async askForOneOff(name) {
        const { record } = this.props;
        const job = record.model.root;
        if (record.resModel !== job.resModel) {
            // the line that was begun is not what they want; on a phone it stands in a dialog
            this.env.dialogData?.close();
            const parts = job.data.part_ids;
            if (record.isNew && parts.records.some(({ id }) => id === record.id)) {
                await parts.delete(record);
            } else {
                await parts.leaveEditMode({ discard: true });
            }
        }
        if (await job.save()) {
            await this.action.doAction("keepwisely_maintenance.action_service_request", {
                additionalContext: { active_id: job.resId, default_kind: "part", default_name: name },
                onClose: () => job.load(),
            });
        }
    }
}

registry.category("fields").add("keepwisely_part", {
    ...registry.category("fields").get("many2one_barcode"),
    component: PartField,
});
