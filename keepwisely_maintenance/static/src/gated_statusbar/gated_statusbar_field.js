import { registry } from "@web/core/registry";
import { StatusBarField, statusBarField } from "@web/views/fields/statusbar/statusbar_field";

/**
 * The native status bar, for stages behind gates: a refused click shows its reason and leaves the
 * form as it was. The native one keeps showing the refused stage, with the buttons of that stage.
 */
export class GatedStatusBarField extends StatusBarField {
    async selectItem(item) {
        const { name, record } = this.props;
        const wasDirty = await record.isDirty();
        const before = record.data[name];
        try {
            await super.selectItem(item);
        } catch (error) {
            if (wasDirty) {
                await record.update({ [name]: before });
            } else {
                await record.discard();
            }
            throw error;
        }
    }
}

registry.category("fields").add("keepwisely_gated_statusbar", {
    ...statusBarField,
    component: GatedStatusBarField,
    additionalClasses: ["o_field_statusbar"],
});
