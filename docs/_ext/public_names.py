# SPDX-License-Identifier: MIT
"""Links from any name of an object to the page where its public name is documented.

A name that exists but is not public is shown without a link; one that does not exist stays a
warning, and so an error of the build.
"""

from __future__ import annotations

import re
from typing import Any

import attrs
import catalogue
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Resolve a reference that Sphinx could not."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"].removeprefix("~").removesuffix("()")
    try:
        found, member = _find(target, node)
    except LookupError:
        return None
    name = catalogue.public().get(id(found))
    if name is None:
        return content  # exists, not public
    full = f"{name}.{member}" if member else name
    domain = env.domains["py"]
    entry = domain.objects.get(full) or domain.objects.get(name)
    if entry is None:
        return content
    builder = app.builder
    uri = builder.get_relative_uri(node.get("refdoc", env.docname), entry.docname)
    link = nodes.reference("", "", internal=True, refuri=f"{uri}#{entry.node_id}")
    link += content
    return link


def _find(target: str, node: pending_xref) -> tuple[object, str]:
    """Return the object that a target means, and the member of it that is meant."""
    inside = [node.get("py:module"), node.get("py:class")]
    places = [""]
    for place in filter(None, (".".join(filter(None, inside)), inside[0])):
        places.append(f"{place}.")
        try:
            home = getattr(catalogue.load(place), "__module__", None)
        except LookupError:
            continue
        if home:
            places.append(f"{home}.")
    short = {name.rpartition(".")[2]: name for name in catalogue.public().values()}
    for candidate in (*(place + target for place in places), short.get(target)):
        if candidate is None:
            continue
        owner, _, member = candidate.rpartition(".")
        try:
            found = catalogue.load(candidate)
        except LookupError:
            continue
        if id(found) in catalogue.public() or not owner:
            return found, ""
        parent = catalogue.load(owner)
        if id(parent) in catalogue.public():
            return parent, member
        if candidate.startswith("interfacefem"):
            return found, ""
    raise LookupError(target)


def with_defaults(
    app: Sphinx, what: str, name: str, obj: object, options: object, signature: str, returned: str
) -> tuple[str, str] | None:
    """Write the defaults of a class made by attrs, which its source does not show."""
    if not signature or "attr_dict[" not in signature:
        return None
    fields = {field.name: field for field in attrs.fields(obj)}

    def default(match: re.Match[str]) -> str:
        value = fields[match[1]].default
        return "..." if isinstance(value, attrs.Factory) else repr(value)

    return re.sub(r"attr_dict\['(\w+)'\]\.default", default, signature), returned


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen for references that were not found, and for signatures."""
    app.connect("missing-reference", resolve)
    app.connect("autodoc-process-signature", with_defaults)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
