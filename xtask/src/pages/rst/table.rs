//! Grid tables and simple tables. Cells over several rows or columns are refused, as are broken
//! borders.

use crate::pages::layout::{Cell, Fault, Table};
use crate::pages::pattern;

use super::{Line, blocks, dedent};

/// The first column of a cell, and the one behind its last; none where it goes on to the line's end.
type Column = (usize, Option<usize>);

/// Reads a grid table, of which these are all lines.
pub fn grid(lines: &[Line], depth: usize) -> Result<Table, Fault> {
    let Some((top, body)) = lines.split_first() else { return Err(Fault::new(0, "no table")) };
    let corners: Vec<usize> =
        top.text.chars().enumerate().filter(|(_, c)| *c == '+').map(|(at, _)| at).collect();
    let columns: Vec<Column> = corners.windows(2).map(|w| (w[0] + 1, Some(w[1]))).collect();
    let width = top.text.chars().count();

    let mut head = None;
    let mut rows = Vec::new();
    let mut start = 0;
    for (index, line) in body.iter().enumerate() {
        let characters: Vec<char> = line.text.chars().collect();
        if characters.len() != width {
            let found = characters.len();
            let message = format!("{found} columns of text in a table of {width}");
            return Err(Fault::new(line.number, message));
        }
        let is_corner = |at: usize| corners.contains(&at);
        let is_border = |of: char| {
            let mut characters = characters.iter().enumerate();
            characters.all(|(at, c)| *c == if is_corner(at) { '+' } else { of })
        };
        if is_border('-') || is_border('=') {
            let cells = cells(&body[start..index], &columns, line.number, depth)?;
            match (is_border('='), &head) {
                (true, None) if rows.is_empty() => head = Some(cells),
                (true, _) => return Err(Fault::new(line.number, "a second border of `=`")),
                (false, _) => rows.push(cells),
            }
            start = index + 1;
        } else if line.text.starts_with('+') {
            let message = "a border that is broken, or a cell over several rows; expected `+` and \
                           `-` as in the table's first line";
            return Err(Fault::new(line.number, message));
        } else if let Some(at) = corners.iter().find(|at| characters.get(**at) != Some(&'|')) {
            let column = at + 1;
            let message = format!(
                "no `|` at column {column} of the table: a text too long, a cell over several \
                 columns or rows, or a broken border"
            );
            return Err(Fault::new(line.number, message));
        }
    }
    if start != body.len() {
        let last = body.last().unwrap_or(top);
        return Err(Fault::new(last.number, "a table that does not end with a border"));
    }
    finish(top.number, head, rows)
}

/// Reads the simple table at the start of these lines, and tells how many lines it takes.
pub fn simple(lines: &[Line], depth: usize) -> Result<(Table, usize), Fault> {
    let Some((top, body)) = lines.split_first() else { return Err(Fault::new(0, "no table")) };
    let mut columns: Vec<Column> =
        pattern!("=+").find_iter(&top.text).map(|run| (run.start(), Some(run.end()))).collect();
    if let Some(last) = columns.last_mut() {
        last.1 = None;
    }
    let borders: Vec<usize> =
        (0..body.len()).filter(|at| body[*at].text == top.text).take(2).collect();
    let &[middle, bottom] = borders.as_slice() else {
        let message = "a table without column headings, or without its last border; expected \
                       three borders like this one";
        return Err(Fault::new(top.number, message));
    };
    let mut head = simple_rows(&body[..middle], &columns, depth)?;
    let rows = simple_rows(&body[middle + 1..bottom], &columns, depth)?;
    if head.len() > 1 {
        return Err(Fault::new(top.number, "a second row of column headings"));
    }
    let table = finish(top.number, head.pop(), rows)?;
    // The top border, and the body with the last one.
    Ok((table, bottom + 2))
}

fn simple_rows(lines: &[Line], columns: &[Column], depth: usize) -> Result<Vec<Vec<Cell>>, Fault> {
    let mut starts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        check_simple(line, columns)?;
        let starts_row = columns.first().is_some_and(|first| !slice(line, *first).is_blank());
        if starts_row {
            starts.push(index);
        } else if starts.is_empty() && !line.is_blank() {
            return Err(Fault::new(line.number, "a row whose first cell is empty"));
        }
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let rows = starts.iter().zip(ends);
    rows.map(|(start, end)| cells(&lines[*start..end], columns, lines[*start].number, depth))
        .collect()
}

fn check_simple(line: &Line, columns: &[Column]) -> Result<(), Fault> {
    if pattern!(r"^[-=]+(?: +[-=]+)*$").is_match(&line.text) {
        let message = "a border unlike the table's first: a cell over several columns, or broken";
        return Err(Fault::new(line.number, message));
    }
    for pair in columns.windows(2) {
        let (Some(end), next) = (pair[0].1, pair[1].0) else { continue };
        if !slice(line, (end, Some(next))).is_blank() {
            let column = end + 1;
            let message = format!(
                "text at column {column} of the table, which is between its columns: a text too \
                 long, or a cell over several columns"
            );
            return Err(Fault::new(line.number, message));
        }
    }
    Ok(())
}

fn slice(line: &Line, (start, end): Column) -> Line {
    let length = end.map_or(usize::MAX, |end| end.saturating_sub(start));
    let text: String = line.text.chars().skip(start).take(length).collect();
    Line { number: line.number, text: text.trim_end().to_owned() }
}

/// The cells of a row; an empty one has the line given.
fn cells(
    lines: &[Line],
    columns: &[Column],
    line: usize,
    depth: usize,
) -> Result<Vec<Cell>, Fault> {
    let cell = |column: &Column| {
        let lines: Vec<_> = lines.iter().map(|line| slice(line, *column)).collect();
        let lines = dedent(&lines);
        let line = lines.first().map_or(line, |line| line.number);
        let mut content = Vec::new();
        blocks(&lines, &mut content, depth + 1)?;
        Ok(Cell { line, blocks: content })
    };
    columns.iter().map(cell).collect()
}

fn finish(line: usize, head: Option<Vec<Cell>>, rows: Vec<Vec<Cell>>) -> Result<Table, Fault> {
    let head = head.ok_or_else(|| Fault::new(line, "a table without a row of column headings"))?;
    Ok(Table { line, caption: None, anchors: Vec::new(), head, rows })
}
