import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/*
 * Says what was done, as the native message does, with a button that takes it back while that can be.
 * `undo` names model, method and ids; what the method returns is done, too.
 */
function doneWithUndo({ services }, { params }) {
    const close = services.notification.add(params.message, {
        type: "success",
        autocloseDelay: params.seconds * 1000,
        buttons: [
            {
                name: _t("Undo"),
                primary: true,
                onClick: async () => {
                    close();
                    const { model, method, ids } = params.undo;
                    const action = await services.orm.call(model, method, [ids]);
                    await services.action.doAction(action);
                },
            },
        ],
    });
    return params.next;
}

registry.category("actions").add("keepwisely_done_with_undo", doneWithUndo);
