//! An item list (事项清单) as rows of text, read into items. Where the rows come from (CSV, a spreadsheet) is not known here.
//!
//! The list is read whole or not at all: either every row is good, or every bad cell is named.

mod beyond;
mod cells;
mod columns;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use protocol::catalogue::{BranchRule, Department, Item, Text, Theme};
use thiserror::Error;

pub use self::beyond::says_more_than_a_list;
pub use self::columns::Column;
use self::columns::Heading;
use super::{item, themes};

/// One row of the list, with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line of the file (or row of the sheet) where it begins, from 1.
    pub line: u64,
    pub cells: Vec<String>,
}

/// A department with every code it is listed under; the first one is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDepartment {
    pub department: Department,
    pub other_codes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedItem {
    /// Where it stands in the file.
    pub line: u64,
    /// Version 0: not yet published.
    pub item: Item,
    /// 区划代码; may be empty.
    pub area_code: String,
    /// Letter of the line it waits in; may be empty.
    pub queue_line: String,
}

/// A list read without a fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Those named in the department columns, in order of appearance.
    pub departments: Vec<ListedDepartment>,
    /// The themes that the items name.
    pub themes: Vec<Theme>,
    pub items: Vec<ListedItem>,
    /// Headings that mean nothing here; their cells were passed over.
    pub ignored: Vec<String>,
}

/// A fault of a list, at its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct ListError {
    pub line: u64,
    /// The heading as it stands in the file, or our name where the column is missing.
    pub column: String,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Reason {
    #[error("the list is empty; it needs a heading row and at least one item")]
    Empty,
    #[error("this column is missing; a list needs at least department, department_code, name, item_code and item_type")]
    ColumnMissing,
    #[error("this column stands there twice")]
    ColumnTwice,
    #[error(
        "the row has {found} cells, the heading has {expected}; a comma inside a text needs quotation marks around the text"
    )]
    TooManyCells { found: usize, expected: usize },
    #[error("must not be empty")]
    Missing,
    #[error("{0:?} is not an item type (1, 5, 7, 8, 9, 10, 20 or its name, such as 行政许可)")]
    ItemType(String),
    #[error("{0:?} is not a number of working days")]
    Days(String),
    #[error("{0:?} is not a number of minutes")]
    Minutes(String),
    #[error("{0:?} is not a way of handling (即办件 or 承诺件)")]
    Handling(String),
    #[error("{0:?} is not an identity rule (optional, card-or-phone or card)")]
    Identity(String),
    #[error("{0:?} is not a line's letter (A to Z)")]
    Line(String),
    #[error("{0:?} is not an area code of 6 to 12 digits")]
    AreaCode(String),
    #[error(
        "document {number}: {text:?} does not say how many; write originals+copies, such as 1+2, with ? behind it where it is optional"
    )]
    DocumentCount { number: usize, text: String },
    #[error("document {number}: {text:?} has more parts than name|English|count|note|English note")]
    DocumentParts { number: usize, text: String },
    #[error("fee {number}: {text:?} is not an amount in yuan, such as 10 or 12.50")]
    FeeAmount { number: usize, text: String },
    #[error("fee {number}: {text:?} has more parts than name|yuan|standard|English name|English standard")]
    FeeParts { number: usize, text: String },
    #[error("the item code {code} already stands in line {first}")]
    CodeTwice { code: String, first: u64 },
    #[error("the department code {code} stands for {first:?} in line {line}, and for another name here")]
    DepartmentCodeShared { code: String, first: String, line: u64 },
    #[error(transparent)]
    Item(#[from] item::ItemError),
}

/// Reads the rows, the first of which is the heading. `known` are the departments there are already: a reviewing department may be one
/// of them, and a department listed under a known name or code keeps its known code.
pub fn read(rows: impl IntoIterator<Item = Row>, known: &[ListedDepartment]) -> Result<Listing, Vec<ListError>> {
    let mut rows = rows.into_iter().filter(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
    let Some(first) = rows.next() else {
        return Err(vec![ListError { line: 1, column: Column::Name.heading().to_owned(), reason: Reason::Empty }]);
    };
    let heading = Heading::read(&first)?;
    let mut reader = Reader { departments: Departments::new(known), ..Reader::default() };
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() {
        let column = heading.name_of(Column::Name);
        return Err(vec![ListError { line: first.line, column, reason: Reason::Empty }]);
    }
    // Reviewing departments may stand further down in the list, so all departments are gathered first.
    for row in &rows {
        reader.take_department(&heading, row);
    }
    for row in &rows {
        reader.take_row(&heading, row);
    }
    reader.finish(heading)
}

#[derive(Debug, Default)]
struct Reader {
    departments: Departments,
    themes: Vec<Theme>,
    items: Vec<ListedItem>,
    lines_of_codes: HashMap<String, u64>,
    errors: Vec<ListError>,
}

impl Reader {
    fn fault(&mut self, heading: &Heading, row: &Row, column: Column, reason: impl Into<Reason>) {
        self.errors.push(ListError { line: row.line, column: heading.name_of(column), reason: reason.into() });
    }

    fn take_department(&mut self, heading: &Heading, row: &Row) {
        let (name, code) = (heading.cell(row, Column::Department), heading.cell(row, Column::DepartmentCode));
        for (column, cell) in [(Column::Department, name), (Column::DepartmentCode, code)] {
            if cell.is_empty() {
                self.fault(heading, row, column, Reason::Missing);
            }
        }
        if name.is_empty() || code.is_empty() {
            return;
        }
        let english = heading.cell(row, Column::DepartmentEnglish);
        if let Err(reason) = self.departments.take(name, code, english, row.line) {
            self.fault(heading, row, Column::DepartmentCode, reason);
        }
    }

    fn take_row(&mut self, heading: &Heading, row: &Row) {
        if let Some(found) =
            row.cells.iter().rposition(|cell| !cell.trim().is_empty()).filter(|last| *last >= heading.width())
        {
            let reason = Reason::TooManyCells { found: found + 1, expected: heading.width() };
            self.fault(heading, row, heading.last(), reason);
            return;
        }
        let cell = |column| heading.cell(row, column);
        let text = |zh, en| Text::new(cell(zh), cell(en));
        let mut faults: Vec<(Column, Reason)> = Vec::new();
        let mut take = |column, reason| faults.push((column, reason));

        let item_type = if cell(Column::ItemType).is_empty() {
            take(Column::ItemType, Reason::Missing);
            None
        } else {
            cells::item_type(cell(Column::ItemType)).map_err(|reason| take(Column::ItemType, reason)).ok()
        };
        let mut good = |column: Column, read: Result<u16, Reason>| {
            read.map_err(|reason| faults.push((column, reason))).unwrap_or(0)
        };
        let statutory_days = good(Column::StatutoryDays, cells::days(cell(Column::StatutoryDays)));
        let promised_days = good(Column::PromisedDays, cells::days(cell(Column::PromisedDays)));
        let usual_minutes = good(Column::UsualMinutes, cells::minutes(cell(Column::UsualMinutes)));
        let mut take = |column, reason| faults.push((column, reason));
        let handling =
            cells::handling(cell(Column::Handling)).map_err(|r| take(Column::Handling, r)).unwrap_or_default();
        let identity =
            cells::identity(cell(Column::Identity)).map_err(|r| take(Column::Identity, r)).unwrap_or_default();
        let documents =
            cells::documents(cell(Column::Documents)).map_err(|r| take(Column::Documents, r)).unwrap_or_default();
        let fees = cells::fees(cell(Column::Fees)).map_err(|r| take(Column::Fees, r)).unwrap_or_default();
        let queue_line = cells::line(cell(Column::Line)).map_err(|r| take(Column::Line, r)).unwrap_or_default();
        let area_code =
            cells::area_code(cell(Column::AreaCode)).map_err(|r| take(Column::AreaCode, r)).unwrap_or_default();

        let themes = self.take_themes(cell(Column::Themes));
        let review_departments =
            cells::names(cell(Column::ReviewDepartments)).map(|name| self.departments.code_of(name).unwrap_or(name));
        let mut item = Item {
            code: cell(Column::ItemCode).to_owned(),
            version: 0,
            name: text(Column::Name, Column::EnglishName),
            department: self.departments.code_of(cell(Column::Department)).unwrap_or_default().to_owned(),
            item_type: item_type.unwrap_or(protocol::catalogue::ItemType::PublicService),
            themes,
            main_item: cell(Column::MainItem).to_owned(),
            handling,
            identity,
            statutory_days,
            promised_days,
            conditions: text(Column::Conditions, Column::ConditionsEnglish),
            documents,
            fees,
            hours: text(Column::Hours, Column::HoursEnglish),
            branches: review_departments.map(BranchRule::of).collect(),
            result: text(Column::Result, Column::ResultEnglish),
            usual_minutes: i64::from(usual_minutes),
            ..Item::default()
        };
        if item.main_item == columns::NO_MAIN_ITEM {
            item.main_item.clear();
        }
        // A missing department has been named already.
        let known = |code: &str| code.is_empty() || self.departments.has(code);
        faults.extend(
            item::check(&item, known).into_iter().map(|error| (Column::of_part(error.part()), Reason::Item(error))),
        );
        if !item.code.is_empty() {
            match self.lines_of_codes.get(&item.code) {
                Some(first) => {
                    faults.push((Column::ItemCode, Reason::CodeTwice { code: item.code.clone(), first: *first }));
                }
                None => {
                    self.lines_of_codes.insert(item.code.clone(), row.line);
                }
            }
        }
        for (column, reason) in faults {
            self.fault(heading, row, column, reason);
        }
        self.items.push(ListedItem { line: row.line, item, area_code, queue_line });
    }

    fn take_themes(&mut self, cell: &str) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for name in cells::names(cell) {
            let theme = themes::named(name);
            if !codes.contains(&theme.code) {
                codes.push(theme.code.clone());
            }
            if !self.themes.iter().any(|known| known.code == theme.code) {
                self.themes.push(theme);
            }
        }
        codes
    }

    fn finish(mut self, heading: Heading) -> Result<Listing, Vec<ListError>> {
        if self.errors.is_empty() {
            return Ok(Listing {
                departments: self.departments.listed,
                themes: self.themes,
                items: self.items,
                ignored: heading.ignored(),
            });
        }
        self.errors.sort_by_key(|error| error.line);
        Err(self.errors)
    }
}

/// Departments by name: a published list may spell one department with several codes, and a name is what a clerk goes by.
#[derive(Debug, Default)]
struct Departments {
    listed: Vec<ListedDepartment>,
    by_name: HashMap<String, String>,
    /// Every code, to the department's own code.
    by_code: HashMap<String, String>,
    /// The name and line under which this file uses a code.
    in_file: HashMap<String, (String, u64)>,
}

impl Departments {
    fn new(known: &[ListedDepartment]) -> Self {
        let mut all = Departments::default();
        for ListedDepartment { department, other_codes } in known {
            all.by_name.insert(department.name.zh.clone(), department.code.clone());
            for code in std::iter::once(&department.code).chain(other_codes) {
                all.by_code.insert(code.clone(), department.code.clone());
            }
        }
        all
    }

    fn take(&mut self, name: &str, code: &str, english: &str, line: u64) -> Result<(), Reason> {
        match self.in_file.get(code) {
            Some((first, _)) if first == name => {}
            Some((first, line)) => {
                return Err(Reason::DepartmentCodeShared { code: code.to_owned(), first: first.clone(), line: *line });
            }
            None => {
                self.in_file.insert(code.to_owned(), (name.to_owned(), line));
            }
        }
        let own = self.by_name.get(name).or_else(|| self.by_code.get(code)).cloned().unwrap_or_else(|| code.to_owned());
        self.by_name.insert(name.to_owned(), own.clone());
        self.by_code.insert(code.to_owned(), own.clone());
        let listed = match self.listed.iter_mut().find(|d| d.department.code == own) {
            Some(listed) => listed,
            None => {
                let department = Department { code: own.clone(), name: Text::new(name, "") };
                self.listed.push(ListedDepartment { department, other_codes: Vec::new() });
                let last = self.listed.len() - 1;
                &mut self.listed[last]
            }
        };
        if listed.department.name.en.is_empty() {
            listed.department.name.en = english.to_owned();
        }
        if own != code && !listed.other_codes.iter().any(|known| known == code) {
            listed.other_codes.push(code.to_owned());
        }
        Ok(())
    }

    /// The department's own code, by its name or any of its codes.
    fn code_of(&self, name_or_code: &str) -> Option<&str> {
        self.by_name.get(name_or_code).or_else(|| self.by_code.get(name_or_code)).map(String::as_str)
    }

    fn has(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }
}
