"""The attached pictures of a document, made as large as paper needs them and no larger."""

import re
from io import BytesIO

from PIL import Image

from postmortems.models import Attachment

SOURCE = re.compile(r'src="attachment:(\d+)"')
LONGEST_SIDE = 1800  # Pixels: 270 dots an inch on the column of a page.


def pictures_for(html: str) -> dict[str, bytes]:
    """The bytes of each picture that the page shows, by the address under which it asks for them.

    Only what the document itself listed as its own can stand in `html` so.
    """
    wanted = {int(number) for number in SOURCE.findall(html)}
    rows = Attachment.objects.filter(pk__in=wanted).exclude(kind=Attachment.Kind.TEXT)
    return {f"attachment:{row.pk}": for_print(bytes(row.content)) for row in rows.iterator(chunk_size=1)}


def for_print(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as image:
        if image.format in ("PNG", "JPEG") and max(image.size) <= LONGEST_SIDE:
            return content
        encoder = "JPEG" if image.format == "JPEG" else "PNG"
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        if image.mode not in ("L", "RGB", "RGBA"):
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")  # type: ignore[assignment]
        out = BytesIO()
        image.save(out, encoder, **({"quality": 88} if encoder == "JPEG" else {}))
        return out.getvalue()
