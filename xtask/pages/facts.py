"""python facts.py FILE...: prints the facts of pages as JSON, with the texts from which they are derived.

The types in ../src/pages/facts.rs describe the facts of a page.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import blocks

NUMBERED = re.compile(r"\b(Table|Figure)\s+[0-9]+")
NUMERALS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
UNITS = {"seconds": "seconds second s", "minutes": "minutes minute min", "hours": "hours hour h", "days": "days day",
         "Mbit/s": "mbit/s mbps", "percent": "percent percentage %"}  # fmt: skip
# The types of OpenAPI, with the words that pages use for them.
KINDS = {"array": "array arrays list lists", "boolean": "boolean booleans bool", "integer": "integer integers int long",
         "number": "number numbers float double", "object": "object objects map dict json", "string": "string strings"}  # fmt: skip
NAMES, FLAGS, TYPES = "parameter parameters name field header attribute element", "mandatory required", "type"
# The headings and labels of the parts of a page, which are layout, not facts.
LABELS = {"uri", "request", "request message", "request parameters", "example request", "response", "response message",
          "response parameters", "example response"}  # fmt: skip
CALL = re.compile(r"\s*((?:GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS)\s+(?:/|http).*?)\s*")
STATUS = re.compile(r"([1-5]\d\d)( [A-Z]\w*)*")


def unnumbered(text: str) -> str:
    """The text without the numbers of the tables that it refers to."""
    return NUMBERED.sub(r"\1", text)


def digest(text: str) -> str:
    """A digest of the words and the punctuation of a text, independent of layout and kind of quotation marks."""
    text = text.translate(str.maketrans("’‘“”", "''\"\""))
    return identify(" ".join(re.findall(r"\w+|[^\w\s]", unnumbered(text))))


def identify(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tokens(text: str, literals: list[str]) -> list[str]:
    """The numbers and units of a text, and its literals, which are in bold or written as code."""
    found = set()
    for literal in (literal.rstrip(":,;.") for literal in literals if not NUMBERED.search(literal)):
        found.update(literal.split("/") if re.fullmatch("[A-Z_]+(/[A-Z_]+)+", literal) else [literal])
    text = re.sub(r"\b([0-9]{1,3}),([0-9]{3})\b", r"\1\2", unnumbered(text))
    for chunk in re.findall(r"[A-Za-z0-9_.:/+%-]+", text):
        chunk = chunk.strip(".:/+_")
        number = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?)(?:-([0-9]+))?([A-Za-z%/]*)", chunk.rstrip("-"))
        unit = next((unit for unit, words in UNITS.items() if (number[3] if number else chunk).lower() in words.split()), "")
        if chunk.lower() in NUMERALS:
            found.add(str(NUMERALS.index(chunk.lower())))
        elif number and (unit or not number[3]):
            found.update([number[1], number[2] or "", unit])
        elif len(chunk) > 1:
            found.add(unit)
    return sorted(found - {""})


def row(place: str, cells: list[dict], **more) -> dict:
    text = " ".join(cell["text"] for cell in cells)
    literals = [literal for cell in cells for literal in cell["literals"]]
    return {"place": place, **more, "tokens": tokens(text, literals), "words": digest(text), "text": text}


def kind_of(text: str) -> str:
    """A type in the terms of OpenAPI, such as `array of object`. An unknown type is returned in lower case."""
    words = re.split(r"\W+", text.lower())
    match [kind for word in words for kind, names in KINDS.items() if word in names.split()]:
        case [kind] | ["object" as kind, *_]:
            return kind
        case ["array", item] | [item, "array"]:
            return f"array of {item}"
    return text.lower()


def part_of(text: str, within: str) -> str:
    """The part of a page that a heading or a label begins, inside of the part `within`."""
    words = set(re.split(r"\W+", text.lower()))
    for part, names in [("uri", {"uri", "url"}), ("request", {"request", "requests"}), ("response", {"response", "responses"})]:
        if words & names:
            return part
    if words & {"path", "query", "header", "headers", "body"}:
        return within if within == "response" else "request"
    return ""


class Table:
    """A table of a page, with the section and the part of the page that contain it."""

    def __init__(self, block: dict, part: str, section: str):
        self.ids, self.head, self.rows, self.part = block["ids"], block["head"], block["rows"], part
        caption = block["caption"] or {"text": "", "literals": []}
        self.caption = re.sub(r"^Table\s+[0-9]+\s*", "", caption["text"])
        described = re.match(r"(\S+) (field description|data structure|parameter description)", self.caption, re.IGNORECASE)
        named = [literal for literal in caption["literals"] if not literal.startswith("Table")]
        # The field whose value the table describes.
        self.owner = named[0] if named else described[1] if described else None
        self.name = self.owner or self.caption or section or "unnamed"
        heads = [cell["text"] for cell in self.head]
        self.title = " ".join([self.caption, block["above"], *heads])
        self.topic = f"{section} {self.caption} {heads[0] if heads else ''}".lower()

        def column(names: str) -> int | None:
            return next((x for x, head in enumerate(heads) if set(head.lower().split()) & set(names.split())), None)

        name, flag, kind = column(NAMES), column(FLAGS), column(TYPES)
        first = (heads[0] if heads else "value").lower()
        statuses = [bool(cells and STATUS.fullmatch(cells[0]["text"])) for cells in self.rows]
        self.is_of_statuses = len(heads) < 4 and bool(re.search("value|status|code", first)) and statuses and all(statuses)
        is_of_fields = name is not None and (flag, kind) != (None, None)
        self.fields = [Field(cells, len(heads), name, flag, kind) for cells in self.rows] if is_of_fields else None


class Field:
    """A row of a table whose rows are fields."""

    def __init__(self, cells: list[dict], width: int, name: int, flag: int | None, kind: int | None):
        texts = [cell["text"] for cell in cells]
        self.text = " ".join(texts)
        self.name = texts[name] if name < len(texts) else ""
        self.fault = ("it has more or fewer cells than the head" if len(cells) != width
                      else "it has no name" if not self.name
                      else "one cell spans the row" if len(texts) > 1 and len(set(texts)) == 1 else None)  # fmt: skip
        known = {"mandatory": flag, "type": kind}
        self.stated = {key: texts[x] for key, x in known.items() if x is not None and x < len(texts)}
        if "mandatory" in self.stated:
            self.stated["mandatory"] = self.stated["mandatory"].lower()
        self.kind = self.stated["kind"] = kind_of(self.stated["type"]) if "type" in self.stated else ""
        self.is_compound = not self.kind.endswith(("boolean", "integer", "number", "string"))
        self.rest = [cell for x, cell in enumerate(cells) if x not in (name, flag, kind)]
        # The tables that may describe its value. Links in the type take precedence over those in the description.
        cells_with_links = [cells[kind]] if "type" in self.stated else []
        cells_with_links += self.rest if self.is_compound else []
        self.targets = [link for cell in cells_with_links for link in cell["links"]]


class Page:
    """Collects the facts of a page."""

    def __init__(self, identity: str, found: list[dict]):
        self.facts = {"page": identity, "calls": [], "rows": [], "examples": [], "paragraphs": [], "unread": [],
                      "seen": 0, "read": 0}  # fmt: skip
        self.tables, self.placed = [], []
        part = section = ""
        for block in found:
            text = block.get("text", "")
            call = CALL.fullmatch(text)
            is_alone = not self.facts["calls"] and len(text.split()) == 2 and " /" in text
            match block["kind"]:
                case "heading":
                    part, section = part_of(text, part), text
                    self.paragraph(text, section)
                case "paragraph" | "code" if call and (part == "uri" or is_alone):
                    self.facts["calls"].append(call[1])
                case "paragraph" if STATUS.fullmatch(text):
                    self.facts["rows"].append(row(f"status/{text[:3]}", [block]))
                case "paragraph":
                    part = part_of(text, part) or part if is_label(text) else part
                    self.paragraph(text, section)
                case "code":
                    self.example(text, part)
                case "table":
                    self.tables.append(Table(block, part, section))
                    self.facts["seen"] += len(block["rows"])
                    self.paragraph(self.tables[-1].title, section)
                case "unreadable":
                    self.facts["seen"] += block["rows"]
                    self.unread(text.partition("\n")[0], block["why"], block["rows"], text)

    def paragraph(self, text: str, section: str) -> None:
        if text.strip() and not is_label(text):
            self.facts["paragraphs"].append({"words": digest(text), "text": text, "section": section})

    def unread(self, what: str, why: str, rows: int = 0, text: str = "") -> None:
        self.facts["unread"].append({"what": what, "why": why, "rows": rows, "words": digest(text) if text else ""})

    def example(self, code: str, part: str) -> None:
        first, _, rest = code.strip().partition("\n")
        call = CALL.fullmatch(first)
        text = (rest if call else code).strip()
        example = {"of": "request" if part == "request" or call else part if part == "response" else "other", "text": text}
        if call:
            example["call"] = call[1]
        try:
            example["json"] = json.loads(text)
            json.dumps(example["json"], allow_nan=False)
        except ValueError:
            example.pop("json", None)
            if text:
                example["words"] = identify(" ".join(text.split()))
                self.unread(f"example of a {example['of']}", "it is not JSON")
        self.facts["examples"].append(example)

    def place(self, others: list[Table]) -> None:
        """Places each table: at the root of its part, below the row that refers to it, or by its caption."""
        for table in self.tables:
            if table.is_of_statuses or table.fields is None:
                self.others("status" if table.is_of_statuses else f"table/{table.name}", table)
        tables = [table for table in self.tables if table.fields is not None and not table.is_of_statuses]
        below = [self.inner(field, others) for table in tables for field in table.fields if self.inner(field, others) is not table]
        roots = set()
        # Tables that only refer to each other are placed in the second pass, starting with the first of them.
        for is_last in (False, True):
            for table in tables:
                root = self.root(table)
                if table in self.placed or (not is_last and table in below):
                    continue
                if root and root not in roots:
                    roots.add(root)
                    self.fields(root, table, others, [])
                elif is_last:
                    self.fields(f"table/{table.name}", table, others, [])
        count = {}
        for each in self.facts["rows"]:
            count[each["place"]] = count.get(each["place"], 0) + 1
            each["place"] += f"#{count[each['place']]}" if count[each["place"]] > 1 else ""

    def inner(self, field: Field, others: list[Table]) -> Table | None:
        """The table of a field's value: the one that it links to, or the one whose caption names it. A link to
        another page comes last, since some lead to a similar table there."""
        linked = [table for target in field.targets for table in self.tables if target in table.ids]
        named = [table for table in self.tables if field.is_compound and table.owner == field.name]
        foreign = [table for target in field.targets for table in others if target in table.ids]
        return next(iter(linked + named + foreign), None)

    def root(self, table: Table) -> str:
        """The root of the places of a table: a part of the request or of the response."""
        if table.part == "response":
            return "response-header" if "header" in table.topic else "response"
        for word, root in [("header", "header"), ("query", "query"), ("path param", "uri")]:
            if table.part and word in table.topic:
                return root
        # The fields of a request without a body are in its query.
        has_body = any(not call.startswith("GET ") for call in self.facts["calls"])
        return "query" if table.part == "request" and not has_body else table.part

    def fields(self, root: str, table: Table, others: list[Table], above: list[Table]) -> None:
        """Adds the fields of a table at a place, and below them the tables that they refer to."""
        count = int(table in self.tables and table not in self.placed)
        self.placed.append(table)
        for field in table.fields:
            is_in_path = any(f"{{{field.name}}}" in call.partition("?")[0] for call in self.facts["calls"])
            place = f"{('path' if is_in_path else 'query') if root == 'uri' else root}/{field.name}"
            if field.fault:
                self.unread(place, field.fault, count, field.text)
                continue
            self.facts["read"] += count
            self.facts["rows"].append(row(place, field.rest, **field.stated))
            place += "/*" if field.kind.startswith("array") else ""
            inner = self.inner(field, others)
            # A table that refers to itself is not added below itself.
            if inner is not None and inner.fields is not None and inner not in [*above, table]:
                self.fields(place, inner, others, [*above, table])
            elif inner is None and field.is_compound and field.targets:
                self.unread(place, "its fields stand on another page; give that page too")

    def others(self, place: str, table: Table) -> None:
        """Adds the rows of a table without fields, named by the first column in which nearly all cells differ."""
        self.facts["read"] += len(table.rows)
        columns = [[unnumbered(cells[x]["text"]) if x < len(cells) else "" for cells in table.rows]
                   for x in range(len(table.head) or 1)]  # fmt: skip
        names = next((column for column in columns if len(set(column)) * 10 >= len(column) * 9), columns[0])
        for cells, name in zip(table.rows, columns[0] if place == "status" else names):
            self.facts["rows"].append(row(f"{place}/{name[:3] if place == 'status' else name}", cells))


def is_label(text: str) -> bool:
    return text.lower().rstrip(":") in LABELS


def main(files: list[Path]) -> None:
    pages = [Page(*blocks.page(file)) for file in files]
    for file, page in zip(files, pages):
        # Other editions of the page are excluded, since their tables have the same IDs.
        editions = [page.facts["page"] or None, file.name.partition(".")[0]]
        others = [other for path, other in zip(files, pages)
                  if other.facts["page"] not in editions and path.name.partition(".")[0] not in editions]  # fmt: skip
        page.place([table for other in others for table in other.tables])
        edition = re.search(r"\.(\d{4}-\d{2})\.", file.name)
        page.facts["edition"] = edition[1] if edition else None
    json.dump([page.facts for page in pages], sys.stdout)


if __name__ == "__main__":
    main([Path(file) for file in sys.argv[1:]])
