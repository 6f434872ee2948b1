/*
 * Enter and Space press the button of a card or of a row. Natively they open, choose or edit what the button stands
 * on, and the button does nothing.
 */
document.addEventListener(
    "keydown",
    (ev) => {
        const button = [".o_kanban_record button", ".o_data_row button.btn"].map((found) => `.o_maintenance_view ${found}`).join();
        if (["Enter", " "].includes(ev.key) && ev.target.closest(button)) {
            ev.stopPropagation();
        }
    },
    { capture: true }
);
