/*
 * Enter and Space press the button of a card. Natively they open or choose the card that has the focus, and are
 * taken from everything that stands on one, where they then do nothing.
 */
document.addEventListener("keydown", (ev) => {
    if (["Enter", " "].includes(ev.key) && ev.target.closest(".o_kanban_record button")) {
        ev.stopPropagation();
    }
});
