import { hash } from "./crypto";

const QUALITY = 0.82;

/**
 * A photo as it is kept and sent: no longer than `pixels` on its long side, upright, without the place where it was taken.
 * @returns {Promise<{bytes: ArrayBuffer, values: {name, mimetype, size, sha256}}>}
 */
export async function scalePhoto(file, pixels) {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, pixels / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    const bytes = await blob.arrayBuffer();
    const name = `${(file.name || "photo").replace(/\.\w+$/, "")}.jpg`;
    return { bytes, values: { name, mimetype: "image/jpeg", size: bytes.byteLength, sha256: await hash(bytes) } };
}
