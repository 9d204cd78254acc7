"""XML of EPUB and DOCX parts, without entities, network or unbounded depth."""

from __future__ import annotations

from lxml import etree

from intents.readers.errors import ReadError


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Parse one XML part; ReadError when it is broken, declares entities or nests too deep.

    A document type is refused as a whole: neither format needs one, and every entity bomb does.
    """
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise ReadError(f"{name!r} declares a document type or entities; it will not be opened")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{name!r} is broken inside ({error}); save it again") from error


def local(element: etree._Element) -> str:
    """Return a tag without its namespace, "" for comments."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute whatever its namespace, "" when absent."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return ""
