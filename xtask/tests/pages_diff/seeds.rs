//! Changes that a vendor may make to the page, and what has to be told of each.

pub const BREAKS: &str = "Breaks callers";
pub const SURPRISES: &str = "May surprise";
pub const OFFERS: &str = "Can be used";
pub const LOOK: &str = "To look at";

/// Edits of the page, and the changes that have to be told of them.
pub struct Seed {
    pub name: &'static str,
    edits: Vec<(String, String)>,
    pub changes: Vec<Told>,
}

/// A change: its severity, its first lines, and a place to edit.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub severity: &'static str,
    pub lines: Vec<&'static str>,
    pub place: &'static str,
}

fn seed(name: &'static str) -> Seed {
    Seed { name, edits: Vec::new(), changes: Vec::new() }
}

impl Seed {
    fn edit(mut self, from: &str, to: &str) -> Self {
        self.edits.push((from.to_owned(), to.to_owned()));
        self
    }

    /// A row before the one that begins so.
    fn row(self, before: &str, row: &str) -> Self {
        let begin = format!("<tr><td><p>{before}");
        self.edit(&begin, &format!("{}{begin}", cells(row)))
    }

    /// A table behind the other ones of the request or the response.
    fn table(self, part: &str, number: &str, name: &str, rows: &[&str]) -> Self {
        let end = format!("\n-   Example {part}\n");
        let head = cells(rows[0]).replace("td>", "th>");
        let rows: String = rows[1..].iter().map(|row| cells(row)).collect();
        let table = format!(
            "\n    **Table  {number}** **{name}**  field description\n\n    <a name=\"t{number}\"></a>\n    <table><thead>{head}\
             </thead>\n    <tbody>{rows}</tbody></table>\n{end}"
        );
        self.edit(&end, &table)
    }

    fn told(mut self, severity: &'static str, lines: &[&'static str], place: &'static str) -> Self {
        self.changes.push(Told { severity, lines: lines.to_vec(), place });
        self
    }

    pub fn apply(&self, page: &str) -> String {
        self.edits.iter().fold(page.to_owned(), |page, (from, to)| {
            assert_eq!(page.matches(from).count(), 1, "{}: the edit of {from}", self.name);
            page.replace(from, to)
        })
    }
}

/// `a | b` as cells of a table.
fn cells(row: &str) -> String {
    let cells: String = row.split(" | ").map(|cell| format!("<td><p>{cell}</p></td>")).collect();
    format!("<tr>{cells}</tr>\n    ")
}

const REQUEST_HEAD: &str = "Parameter | Mandatory | Type | Description";
const RESPONSE_HEAD: &str = "Parameter | Type | Description";

const KEEPERS_TABLE: &str = r#"    **Table  4** **keepers**  field description

    <a name="t4"></a>
    <table><thead><tr><th><p>Parameter</p></th><th><p>Mandatory</p></th><th><p>Type</p></th><th><p>Description</p></th></tr></thead>
    <tbody>
    <tr><td><p>id</p></td><td><p>Yes</p></td><td><p>String</p></td><td><p>Names the keeper.</p></td></tr>
    </tbody></table>

"#;

const FREE_PLACES_ROW: &str = "    <tr><td><p>free_places</p></td><td><p>Integer</p></td><td><p>How \
                               many more books it takes.</p></td></tr>\n";

/// A dozen that a vendor may make all at once.
pub fn dozen() -> Vec<Seed> {
    vec![
        seed("another URI")
            .edit(r"v1/\{branch\_id\}/shelf/", r"v2/\{branch\_id\}/shelves/")
            .edit("v1/{branch_id}/shelf/b7", "v2/{branch_id}/shelves/b7")
            .told(
                BREAKS,
                &[
                    "the URI",
                    "PUT /library-api/v1/{branch_id}/shelf/{shelf_id} → \
                     PUT /library-api/v2/{branch_id}/shelves/{shelf_id}",
                ],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put",
            ),
        seed("a field that became mandatory")
            .edit("<p>label</p></td><td><p>No</p>", "<p>label</p></td><td><p>Yes</p>")
            .told(
                BREAKS,
                &["request /label", "mandatory: no → yes"],
                "/components/schemas/ArrangeShelfRequest/required",
            ),
        seed("an array that becomes an array of objects")
            .edit("What the books are about.", r##"The subjects. See <a href="#t9">Table 9</a>."##)
            .table("request", "9", "topics", &[
                REQUEST_HEAD,
                "word | Yes | String | Names the subject.",
            ])
            .told(
                BREAKS,
                &["request /topics", "type: array → array of objects", "/*/word: new: string, mandatory"],
                "/components/schemas/ArrangeShelfRequest/properties/topics/type",
            ),
        seed("a value that is gone from a request")
            .edit("<li><strong>STAFF</strong>: those who work there</li>", "")
            .told(
                BREAKS,
                &["request /lending", "values: no longer STAFF"],
                "/components/schemas/Lending/enum/1",
            ),
        seed("a narrower bound")
            .edit("ranges from 1 to 48", "ranges from 1 to 24")
            .told(
                BREAKS,
                &["request /sections/*/lamps/*/socket", "maximum: 48 → 24"],
                "/components/schemas/Lamp/properties/socket/maximum",
            ),
        seed("another unit")
            .edit("(in seconds)", "(in minutes)")
            .told(
                BREAKS,
                &["request /airing_time", "unit: seconds → minutes"],
                "/components/schemas/AiringTime/x-unit",
            ),
        seed("a type that goes from Integer to String, in a reply")
            .edit("<p>free_places</p></td><td><p>Integer</p>", "<p>free_places</p></td><td><p>String</p>")
            .told(
                SURPRISES,
                &["response /free_places", "type: integer → string"],
                "/components/schemas/ArrangeShelfResponse/properties/free_places/type",
            ),
        seed("a field that is gone from a shared table")
            .edit(
                "    <tr><td><p>weight</p></td><td><p>Integer</p></td><td><p>What it weighs.</p></td></tr>\n",
                "",
            )
            .told(
                SURPRISES,
                &["response /lost_list/*/weight", "response /moved_list/*/weight", "gone; was integer"],
                "/components/schemas/Book/properties/weight",
            ),
        seed("one more value in a reply")
            .edit("not yet</li>", "not yet</li><li><strong>REFUSED</strong>: no room</li>")
            .told(
                SURPRISES,
                &["response /state", "values: also REFUSED"],
                "/components/schemas/State/enum",
            ),
        seed("a field deep in a nested table")
            .row("socket", "watt | No | Integer | The least. The minimum value is 1.")
            .told(
                OFFERS,
                &["request /sections/*/lamps/*/watt", "new: integer, optional, minimum 1"],
                "/components/schemas/Lamp/properties",
            ),
        seed("a table that says nowhere where it belongs")
            .table("response", "10", "stickers", &[
                RESPONSE_HEAD,
                "colour | String | Of the sticker.",
            ])
            .told(
                LOOK,
                &[
                    "response, a table",
                    "the table of stickers names colour, and the page does not say where that belongs",
                    "colour: string",
                ],
                "/components/schemas/Book/properties/stickers",
            ),
        seed("another example")
            .edit("\"capacity\": 40", "\"capacity\": 45")
            .told(
                LOOK,
                &["example of the request, /capacity", "40 → 45"],
                "/components/examples/arrangeShelfRequest/value/capacity",
            ),
    ]
}

/// More, each on its own.
pub fn more() -> Vec<Seed> {
    vec![
        seed("a table that says nowhere where it belongs, nor does the document")
            .table("response", "9", "stamps", &[
                RESPONSE_HEAD,
                "User-defined key-value pair | String | Of the stamp.",
            ])
            .told(
                LOOK,
                &[
                    "response, a table",
                    "the table of stamps names *, and the page does not say where that belongs",
                    "*: string",
                ],
                "/components/schemas/ArrangeShelfResponse/properties",
            ),
        seed("a table that says nowhere where it belongs, but a field has its name")
            .row("weight", "stamps | Array | Of the library.")
            .table("response", "9", "stamps", &[RESPONSE_HEAD, "colour | String | Of the stamp."])
            .told(
                OFFERS,
                &["response /lost_list/*/stamps", "response /moved_list/*/stamps", "new: array"],
                "/components/schemas/Book/properties",
            )
            .told(
                LOOK,
                &[
                    "response, a table",
                    "the table of stamps names colour, and the page does not say where that belongs",
                    "colour: string",
                ],
                "/components/schemas/Book/properties",
            ),
        seed("a field that the document has already")
            .row("weight", "stickers | Array | On its back.")
            .told(
                OFFERS,
                &["response /lost_list/*/stickers", "response /moved_list/*/stickers", "new: array"],
                "/components/schemas/Book/properties/stickers",
            ),
        seed("another method")
            .edit("\nPUT /", "\nPOST /")
            .edit("PUT https", "POST https")
            .told(
                BREAKS,
                &[
                    "the URI",
                    "PUT /library-api/v1/{branch_id}/shelf/{shelf_id} → \
                     POST /library-api/v1/{branch_id}/shelf/{shelf_id}",
                ],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put",
            ),
        seed("another name in the path")
            .edit(r"\{shelf\_id\}", r"\{shelf\}")
            .edit("<p>shelf_id</p></td><td><p>Yes</p>", "<p>shelf</p></td><td><p>Yes</p>")
            .told(
                LOOK,
                &["parameter shelf_id", "in the path {shelf_id} → {shelf}"],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put/parameters/1",
            ),
        seed("two tables merged, of which one had fewer fields")
            .edit("href=\"#t4\">Table 4<", "href=\"#t3\">Table 3<")
            .edit(KEEPERS_TABLE, "")
            .told(
                OFFERS,
                &["request /keepers/*/lamps", "new: array of objects, optional", "/*/socket: integer, mandatory, maximum 48, minimum 1"],
                "/components/schemas/Keeper/properties",
            )
            .told(
                LOOK,
                &["request, a table", "tables 3 (sections) and 4 (keepers) are now one, 3 (sections)"],
                "/components/schemas/Section/properties",
            ),
        seed("a shared table that was split")
            .edit("The books that were not found. For details, see <a href=\"#t7\">Table 7<", "The books that were not found. For details, see <a href=\"#t9\">Table 9<")
            .table("response", "9", "lost_list", &[
                RESPONSE_HEAD,
                "book_id | String | Names the book.",
                "weight | Integer | What it weighs.",
                r##"origin | Object | Where it stood. For details, see <a href="#t8">Table 8</a>."##,
            ])
            .told(
                LOOK,
                &["response, a table", "table 7 (book) is now several: 7 (book) and 9 (lost_list)"],
                "/components/schemas/Book/properties",
            ),
        seed("a field that has to be there, with fields of its own")
            .row("airing_time", r##"door | Yes | Object | Of glass. See <a href="#t9">Table 9</a>."##)
            .table("request", "9", "door", &[
                REQUEST_HEAD,
                "lock | No | Boolean | Whether it has a lock.",
            ])
            .told(
                BREAKS,
                &["request /door", "new: object, mandatory", "/lock: boolean, optional"],
                "/components/schemas/ArrangeShelfRequest/required",
            ),
        seed("another name of a field")
            .edit("<p>socket</p>", "<p>plug</p>")
            .told(
                BREAKS,
                &["request /sections/*/lamps/*/socket", "renamed, possibly: now plug"],
                "/components/schemas/Lamp/properties/socket",
            ),
        seed("a field of one object that stands in another")
            .edit(FREE_PLACES_ROW, "")
            .row("book_id", "free_places | Integer | How many more books it takes.")
            .told(
                SURPRISES,
                &["response /free_places", "gone; was integer"],
                "/components/schemas/ArrangeShelfResponse/properties/free_places",
            )
            .told(
                OFFERS,
                &["response /lost_list/*/free_places", "response /moved_list/*/free_places", "new: integer"],
                "/components/schemas/Book/properties",
            ),
        seed("a field that moved out of a list")
            .row("capacity", "socket | Yes | Integer | The plug. The value ranges from 1 to 48.")
            .edit("<tr><td><p>socket</p></td><td><p>Yes</p></td><td><p>Integer</p></td><td><p>Where", "<tr><td><p>plug</p></td><td><p>Yes</p></td><td><p>String</p></td><td><p>Where")
            .edit("plugged in. The value ranges from 1 to 48.", "plugged in.")
            .told(
                BREAKS,
                &["request /sections/*/lamps/*/socket", "moved, possibly: now request /socket"],
                "/components/schemas/Lamp/properties/socket",
            )
            .told(
                BREAKS,
                &["request /sections/*/lamps/*/plug", "new: string, mandatory"],
                "/components/schemas/Lamp/properties",
            ),
        seed("a table to which no field refers any more")
            .edit(r##" For details, see <a href="#t8">Table 8</a>."##, "")
            .told(
                LOOK,
                &[
                    "response, a table",
                    "the table of origin names note, row, and the page no longer says where that \
                     belongs; recorded at /lost_list/*/origin, /moved_list/*/origin",
                ],
                "/components/schemas/Origin/properties",
            ),
        seed("one more value in a request")
            .edit("nobody</li>", "nobody</li><li><strong>NIGHT</strong>: the guard</li>")
            .told(
                OFFERS,
                &["request /lending", "values: also NIGHT"],
                "/components/schemas/Lending/enum",
            ),
        seed("a wider bound")
            .edit("exceed 64 characters", "exceed 80 characters")
            .told(
                OFFERS,
                &["request /label", "greatest length: 64 → 80"],
                "/components/schemas/Label/maxLength",
            ),
        seed("more items")
            .edit("up to five", "up to six")
            .told(
                OFFERS,
                &["request /sections", "most items: 5 → 6"],
                "/components/schemas/SectionList/maxItems",
            ),
        seed("other characters")
            .edit(", and hyphens (-)", ", and dots (.)")
            .told(
                BREAKS,
                &["request /label", "characters: _- → _."],
                "/components/schemas/Label/pattern",
            ),
        seed("another default of a parameter")
            .edit("<strong>20</strong>", "<strong>50</strong>")
            .told(
                SURPRISES,
                &["parameter limit", "default: 20 → 50"],
                "/components/schemas/ReplyLimit/default",
            ),
        seed("another default of a field")
            .edit("is 50 by default", "is 60 by default")
            .told(
                SURPRISES,
                &["request /capacity", "default: 50 → 60"],
                "/components/schemas/ArrangeShelfRequest/properties/capacity/x-default-on-create",
            ),
        seed("a new parameter")
            .row("limit", "dry_run | No | Boolean | Whether to leave all as it is.")
            .told(
                OFFERS,
                &["parameter dry_run", "new: boolean, optional"],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put/parameters",
            ),
        seed("another condition")
            .edit("set to <strong>DONE</strong>", "set to <strong>WAITING</strong>")
            .told(
                SURPRISES,
                &[
                    "response /lost_list/*/origin/note",
                    "response /moved_list/*/origin/note",
                    "condition: with state not DONE → with state not WAITING",
                ],
                "/components/schemas/Origin/properties/note",
            ),
        seed("another condition in a request")
            .edit("set to <strong>STAFF</strong>", "set to <strong>OPEN</strong>")
            .told(
                BREAKS,
                &["request /badge", "condition: with lending STAFF → with lending OPEN"],
                "/components/schemas/ArrangeShelfRequest/x-rules/1",
            ),
        seed("a field that has to be there under another field's value")
            .row("topics", "shoes | No | String | Worn inside. This parameter is mandatory when <strong>lending</strong> is set to <strong>OPEN</strong>.")
            .told(
                BREAKS,
                &["request /shoes", "new: string, optional, with lending OPEN mandatory"],
                "/components/schemas/ArrangeShelfRequest/x-rules",
            ),
        seed("a field that is gone and was mandatory")
            .edit("    <tr><td><p>id</p></td><td><p>Yes</p></td><td><p>String</p></td><td><p>Names the part.</p></td></tr>\n", "")
            .told(
                BREAKS,
                &["request /sections/*/id", "gone; was string, mandatory"],
                "/components/schemas/Section/required",
            ),
        seed("a status more, and another one of success")
            .edit("    200\n", "    202\n")
            .edit("<tr><td><p>404", "<tr><td><p>409 Conflict</p></td><td><p>It is in use.</p></td></tr>\n    <tr><td><p>404")
            .told(
                BREAKS,
                &["status 200", "the status of success is gone"],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put/responses/200",
            )
            .told(
                SURPRISES,
                &["status 202", "a new status of success"],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put/responses",
            )
            .told(
                SURPRISES,
                &["status 409", "a new status of failure"],
                "/paths/~1library-api~1v1~1{branch_id}~1shelf~1{shelf_id}/put/responses",
            ),
        seed("a number in a sentence that is not understood")
            .edit("counted from the floor", "of which a shelf has 12")
            .told(
                LOOK,
                &["response /lost_list/*/origin/row", "response /moved_list/*/origin/row", "mentions: now 12"],
                "/components/schemas/Origin/properties/row/description",
            ),
        seed("a default that is a text, and no number any more")
            .edit("<p>limit</p></td><td><p>No</p></td><td><p>Integer</p>", "<p>limit</p></td><td><p>No</p></td><td><p>String</p>")
            .told(
                BREAKS,
                &["parameter limit", "type: integer → string"],
                "/components/schemas/ReplyLimit/type",
            )
            .told(
                SURPRISES,
                &["parameter limit", "default: 20 → \"20\""],
                "/components/schemas/ReplyLimit/default",
            ),
        seed("another example of a parameter")
            .edit("/shelf/b7\n", "/shelf/b8\n")
            .told(
                LOOK,
                &["example of the parameter shelf_id", "\"b7\" → \"b8\""],
                "/components/parameters/ShelfId/examples/arrangeShelfRequest",
            ),
    ]
}

/// Other words, another layout: nothing that a caller would notice.
pub fn wording() -> Vec<Seed> {
    vec![
        seed("another title").edit("# Arranging a Shelf<", "# Setting Up a Shelf<"),
        seed("another function").edit("Changes how a shelf of a library is set up.", "Sets it up."),
        seed("another name of the page").edit("LIB_TOPIC_0001", "LIB_TOPIC_0815"),
        seed("another word for a parameter").edit("Names the branch.", "Specifies the branch."),
        seed("a sentence more").edit("Names the part.", "Names the part. The name is for people."),
        seed("a sentence less").edit("The sign on the shelf. ", ""),
        seed("another sentence about a range")
            .edit("The value ranges from 0 to 86400.", "The value range is 0 to 86400."),
        seed("another sentence about a length").edit("cannot exceed 64", "must not exceed 64"),
        seed("a count in figures").edit("up to five parts", "up to 5 parts"),
        seed("other words for values")
            .edit("<strong>OPEN</strong>: everyone", "<strong>OPEN</strong>: indicates all"),
        seed("values in another order")
            .edit("<li><strong>DONE</strong>: arranged</li>", "")
            .edit("not yet</li>", "not yet</li><li><strong>DONE</strong>: arranged</li>"),
        seed("another sentence about a condition").edit(
            "valid only if <strong>state</strong> is set to",
            "valid only when <strong>state</strong> is",
        ),
        seed("another lead of a reference").edit(
            "Who looks after the shelf. For details, see",
            "The persons in charge, who are described in",
        ),
        seed("other words for a status")
            .edit("There is no such shelf.", "Nobody knows this shelf."),
        seed("other words for an example")
            .edit("gives the shelf **b7** another sign", "labels **b7**"),
        seed("an example in another order").edit(
            "\"label\": \"maps\",\n        \"capacity\": 40",
            "\"capacity\": 40,\n        \"label\": \"maps\"",
        ),
        seed("rows in another order").edit(FREE_PLACES_ROW, "").row(
            "shelf_id</p></td><td><p>String</p></td><td><p>Names",
            "free_places | Integer | Room.",
        ),
        seed("tables in another order").edit(KEEPERS_TABLE, "").edit(
            "    **Table  3** **sections**",
            &format!("{KEEPERS_TABLE}    **Table  3** **sections**"),
        ),
        seed("another number of a table")
            .edit("**Table  5** **lamps**", "**Table  50** **lamps**")
            .edit(">Table 5<", ">Table 50<"),
        seed("another name of a shared table")
            .edit("**Table  7** **book**", "**Table  7** **books**"),
    ]
}
