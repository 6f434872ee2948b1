import { hash } from "../store/crypto";

/** Hexadecimal digits of the mark of a label; the code itself, by which anybody may report, is not on the device. */
const MARK = 16;

/** What a code on a label or a box stands for, as far as this device knows. @returns {Promise<{asset?, product?}>} */
export async function findByCode(code, { assets = [], products = [] }) {
    const text = code.trim();
    const token = text.match(/\/maintenance\/scan\/([^/?#]+)/)?.[1] || text;
    const mark = (await hash(new TextEncoder().encode(token))).slice(0, MARK);
    const asset =
        assets.find(({ scan }) => mark && scan === mark) ||
        assets.find(({ barcode, code: own }) => [barcode, own].filter(Boolean).includes(text));
    const product = asset ? null : products.find(({ barcode, code: own }) => [barcode, own].filter(Boolean).includes(text));
    return { asset, product };
}
