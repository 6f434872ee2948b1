"""Photos from strangers: decoded, turned upright, made smaller and drawn anew.

Only pixels survive: no place and time of the picture, no second file hidden behind it, no script.
"""

import io

from PIL import Image, ImageOps

from odoo.exceptions import UserError

#: Bytes of the file as it is sent; phones send 3 to 6 MB.
MAX_BYTES = 8 * 1024 * 1024

#: Pixels after decoding (50 million, what `odoo.tools.image` allows); a small file can claim any number.
MAX_PIXELS = 50_000_000

#: Longest side in pixels of what is kept.
MAX_SIDE = 2048

#: What phones send. Every further format is a further decoder to attack.
FORMATS = ("JPEG", "PNG")


def clean_photo(env, data):
    """Return a JPEG that shows what ``data`` shows, at most `MAX_SIDE` pixels long.

    :param bytes data: the file as it was sent, of whatever it is.
    :raises UserError: it is too large, or no photo.
    """
    if len(data) > MAX_BYTES:
        raise UserError(env._("The photo is larger than %s MB; send a smaller one.", MAX_BYTES // 1024**2))
    refusal = UserError(env._("This is not a photo that can be read; send it as JPEG or PNG."))
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        # before the first pixel is decoded
        if image.width * image.height > MAX_PIXELS:
            raise UserError(
                env._("The photo has more than %s million pixels; send a smaller one.", MAX_PIXELS // 10**6)
            )
        image.draft(None, (MAX_SIDE, MAX_SIDE))  # lets JPEG be decoded at a fraction of its size
        image.thumbnail((MAX_SIDE, MAX_SIDE))
        image = ImageOps.exif_transpose(image).convert("RGBA")
    except UserError:
        raise
    except Exception as error:  # broken files make decoders raise whatever they like
        raise refusal from error
    # a new image takes over pixels alone: no comment, no profile, no metadata
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image, mask=image)
    result = io.BytesIO()
    clean.save(result, "JPEG", quality=85, optimize=True)
    return result.getvalue()
