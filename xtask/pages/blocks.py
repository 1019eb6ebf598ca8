"""Parses pages into lists of blocks: headings, paragraphs, code, tables, and parts that can't be parsed.

docutils converts reStructuredText to HTML, and markdown-it converts Markdown. BeautifulSoup parses the HTML with
html5lib.
"""

import re
import sys
from copy import copy
from itertools import product, takewhile
from pathlib import Path

import docutils.core
from bs4 import BeautifulSoup, NavigableString, Tag
from docutils import nodes
from docutils.parsers.rst import Directive, directives, roles
from docutils.statemachine import StringList
from markdown_it import MarkdownIt

# Block elements, which separate words. All others are inline.
BLOCKS = {"address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt", "figure",
          "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section",
          "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}  # fmt: skip
# The label of a note, which adds nothing to its text.
NOTE = re.compile(r"^(note|notice|caution|important|warning|tip|danger)s?:?$", re.IGNORECASE)
DOCUTILS = {"doctitle_xform": False, "docinfo_xform": False, "syntax_highlight": "none", "report_level": 2,
            "halt_level": 6, "warning_stream": False, "file_insertion_enabled": False, "raw_enabled": False,
            "line_length_limit": 1_000_000}  # fmt: skip


def reference(role, rawtext, text, lineno, inliner, options=None, content=None):
    """A role of Sphinx: `title <target>`. The target may be on another page."""
    title, _, target = text.rstrip(">").rpartition("<")
    node = nodes.reference(rawtext, title.strip() or target)
    node["refuri"] = "#" + nodes.make_id(target)
    return [node], []


class Contents(Directive):
    """A directive of Sphinx, whose content is parsed like any other text."""

    has_content, optional_arguments, final_argument_whitespace = True, 1, True
    option_spec = type("Any", (dict,), {"__getitem__": lambda *_: directives.unchanged})()

    def run(self):
        node = nodes.container()
        content = StringList([*self.arguments, "", *self.content], "")
        self.state.nested_parse(content, self.content_offset, node)
        return node.children


def known(find, other):
    """A lookup that returns `other` for roles and directives that docutils does not know."""
    return lambda name, *context: (find(name, *context)[0] or other, [])


roles.role = known(roles.role, reference)
directives.directive = known(directives.directive, Contents)


def html(path: Path, text: str) -> str:
    match path.suffix:
        case ".rst":
            return docutils.core.publish_parts(text, writer="html5", settings_overrides=DOCUTILS)["html_body"]
        case ".md":
            return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        case ".html" | ".htm":
            return text
        case _:
            sys.exit(f"{path}: not a page that can be read; it has to end in .rst, .md or .html")


def text_of(node) -> str:
    """The text of an element, with a blank at the start and at the end of each block."""
    if isinstance(node, NavigableString):
        return str(node) if type(node) is NavigableString else ""
    inner = "".join(map(text_of, node.children))
    return f" {inner} " if node.name in BLOCKS else inner


def words(node) -> dict:
    """The text of an element, its parts in bold or as code, and the targets of its links."""
    literals = [text_of(it).strip() for it in node.select("b, strong, code, tt, .literal")]
    links = [link["href"].rpartition("#")[2] for link in node.find_all("a", href=True) if "#" in link["href"]]
    return {"text": " ".join(text_of(node).split()), "literals": [it for it in literals if it and not NOTE.match(it)],
            "links": links}  # fmt: skip


def cells(rows: list[Tag]) -> list[list[dict]]:
    """The cells of rows; one that spans several rows or columns is repeated."""
    grid = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (y, x) in grid:
                x += 1
            down, right = span(cell, "rowspan"), span(cell, "colspan")
            grid |= dict.fromkeys(product(range(y, y + down), range(x, x + right)), words(cell))
    return [[grid[place] for place in sorted(grid) if place[0] == y] for y in range(len(rows))]


def span(cell: Tag, name: str) -> int:
    digits = re.fullmatch("[1-9][0-9]{0,2}", cell.get(name, ""))
    return int(digits.group()) if digits else 1


def table(node: Tag, ids: list[str], caption: dict | None) -> dict:
    own = node.find("caption")
    rows = [row for row in node.find_all("tr") if row.find_parent("table") is node]
    head = [row for row in rows if row.find_parent("thead")] or list(takewhile(lambda row: not row.find("td"), rows))
    anchors = own.find_all(["a", "span"]) if own else []
    ids = [*ids, node.get("id"), *(it.get("id") or it.get("name") for it in anchors)]
    return {"kind": "table", "ids": [it for it in ids if it], "caption": words(own) if own else caption,
            "above": " ".join(words(row)["text"] for row in head[:-1]), "head": cells(head[-1:])[0] if head else [],
            "rows": cells(rows[len(head):])}  # fmt: skip


def rows(text: str) -> int:
    """The apparent number of rows of a table that could not be parsed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grid = [line for line in lines if re.fullmatch(r"\+-[-+]*", line)]
    simple = [index for index, line in enumerate(lines) if re.fullmatch(r"=+( +=+)+", line)]
    return max(len(grid) - 1, simple[-1] - simple[1] - 1 if len(simple) > 2 else 0, 0)


def is_caption(block: dict) -> bool:
    return block["kind"] == "paragraph" and re.match(r"Table\s+\d", block["text"]) is not None


def blocks(root: Tag) -> list[dict]:
    found, ids = [], []  # The IDs since the last block, which are those of a table that follows.

    def emit(block: dict) -> None:
        found.append(block)
        if not is_caption(block):
            ids.clear()

    def flush(line: list) -> None:
        """Emits the text between blocks, such as that of a list item, as a paragraph."""
        whole = Tag(name="p")
        for part in line:
            whole.append(copy(part))
        line.clear()
        said = words(whole)
        said["text"] = re.sub(r"^(notes?|caution|warning|important): *", "", said["text"], flags=re.IGNORECASE)
        if said["text"]:
            emit({"kind": "paragraph", **said})

    def walk(node: Tag) -> None:
        line = []
        for child in list(node.children):
            if isinstance(child, Tag) and (child.name in BLOCKS or child.find(list(BLOCKS))):
                flush(line)
                block(child)
            else:
                if isinstance(child, Tag):
                    ids.extend(it.get("id") or it.get("name") for it in [child, *child.find_all(True)])
                line.append(child)
        flush(line)

    def block(node: Tag) -> None:
        match node.name:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                emit({"kind": "heading", **words(node)})
            case "pre":
                emit({"kind": "code", "text": node.get_text()})
            case "table":
                caption = found.pop() if found and is_caption(found[-1]) and not node.find("caption") else None
                emit(table(node, ids, caption))
            case "aside" if "system-message" in node.get("class", []):
                raw = node.find("pre").get_text() if node.find("pre") else ""
                why = " ".join(" ".join(p.get_text().split()) for p in node.find_all("p")[1:])
                emit({"kind": "unreadable", "why": why, "text": raw, "rows": rows(raw)})
            case _:
                ids.extend([node.get("id")])
                walk(node)

    walk(root)
    return found


def page(path: Path) -> tuple[str, list[dict]]:
    """The vendor's ID of a page, and its blocks."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeError as error:
        sys.exit(f"{path}: {error}; save the page in UTF-8")
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}; name a page")
    soup = BeautifulSoup(html(path, text), "html5lib")
    name = re.search(r"^:original_name: *(\S+?)(\.html)?$", text, re.MULTILINE)
    anchor = soup.select_one("h1 a[name], h1[id]")
    identity = name.group(1) if name else (anchor.get("name") or anchor.get("id")) if anchor else ""
    fields = soup.select(".field-list")[:1] if name else []
    titles = [title for title in soup.select(".admonition-title, .notetitle") if NOTE.match(title.get_text().strip())]
    for element in [*titles, *soup.select("head, script, style"), *fields]:
        element.decompose()
    return identity, blocks(soup)
