//! The columns of an item list and the headings they go by.

use std::collections::HashMap;

use super::{ListError, Reason, Row};
use crate::catalogue::item::Part;

/// What published lists write where an item belongs to no theme heading.
pub(super) const NO_MAIN_ITEM: &str = "未分类";

macro_rules! columns {
    ($($column:ident = $heading:literal, [$($other:literal),*];)*) => {
        /// A column of an item list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Column { $($column,)* }

        impl Column {
            pub const ALL: &'static [Column] = &[$(Column::$column,)*];

            /// Our heading.
            pub fn heading(self) -> &'static str {
                match self { $(Column::$column => $heading,)* }
            }

            /// Other headings it is read under.
            pub fn others(self) -> &'static [&'static str] {
                match self { $(Column::$column => &[$($other,)*],)* }
            }
        }
    };
}

columns! {
    Department = "department", ["部门", "部门名称", "实施主体", "实施部门"];
    DepartmentCode = "department_code", ["部门编码", "部门代码", "实施主体编码", "统一社会信用代码"];
    DepartmentEnglish = "department_english", ["部门英文名称"];
    MainItem = "main_item", ["主项名称", "主题标题", "主项"];
    Name = "name", ["事项名称", "实施事项名称", "名称"];
    EnglishName = "english_name", ["事项英文名称", "英文名称"];
    ItemCode = "item_code", ["实施编码", "事项编码", "事项代码"];
    AreaCode = "area_code", ["区划代码", "行政区划代码", "行政区划"];
    ItemType = "item_type", ["事项类型"];
    Handling = "handling", ["办件类型"];
    Identity = "identity", ["取号核验", "身份核验"];
    StatutoryDays = "statutory_days", ["法定办结时限", "法定时限"];
    PromisedDays = "promised_days", ["承诺办结时限", "承诺时限"];
    Conditions = "conditions", ["受理条件", "申请条件"];
    ConditionsEnglish = "conditions_english", ["受理条件英文"];
    Documents = "documents", ["申请材料", "材料"];
    Fees = "fees", ["收费项目", "收费"];
    Hours = "hours", ["办理时间"];
    HoursEnglish = "hours_english", ["办理时间英文"];
    Themes = "themes", ["主题", "主题分类"];
    ReviewDepartments = "review_departments", ["审查部门", "联办机构"];
    Result = "result", ["审批结果名称", "审批结果", "办理结果"];
    ResultEnglish = "result_english", ["审批结果英文名称"];
    Line = "line", ["队列"];
    UsualMinutes = "usual_minutes", ["通常办理分钟", "窗口办理分钟"];
}

/// Those without which a list is not read.
const NEEDED: [Column; 5] =
    [Column::Department, Column::DepartmentCode, Column::Name, Column::ItemCode, Column::ItemType];

impl Column {
    fn named(heading: &str) -> Option<Column> {
        let plain = heading.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
        Column::ALL
            .iter()
            .copied()
            .find(|column| column.heading() == plain || column.others().contains(&plain.as_str()))
    }

    /// The column that holds a part of an item.
    pub(super) fn of_part(part: Part) -> Column {
        Column::named(part.column()).unwrap_or(Column::Name)
    }
}

/// The heading row: which cell is which column.
#[derive(Debug)]
pub(super) struct Heading {
    cells: Vec<String>,
    places: HashMap<Column, usize>,
}

impl Heading {
    pub(super) fn read(row: &Row) -> Result<Heading, Vec<ListError>> {
        let width = row.cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        let cells: Vec<String> =
            row.cells[..width].iter().map(|cell| cell.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        let mut places = HashMap::new();
        let mut errors = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            if let Some(column) = Column::named(cell)
                && places.insert(column, place).is_some()
            {
                errors.push(ListError { line: row.line, column: cell.clone(), reason: Reason::ColumnTwice });
            }
        }
        for column in NEEDED.into_iter().filter(|column| !places.contains_key(column)) {
            errors.push(ListError {
                line: row.line,
                column: column.heading().to_owned(),
                reason: Reason::ColumnMissing,
            });
        }
        if errors.is_empty() { Ok(Heading { cells, places }) } else { Err(errors) }
    }

    /// The trimmed cell; empty where the row is short or the list has no such column.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: Column) -> &'r str {
        self.places.get(&column).and_then(|place| row.cells.get(*place)).map_or("", |cell| cell.trim())
    }

    /// The heading as the file has it.
    pub(super) fn name_of(&self, column: Column) -> String {
        self.places.get(&column).map_or_else(|| column.heading().to_owned(), |place| self.cells[*place].clone())
    }

    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// The column that stands furthest to the right.
    pub(super) fn last(&self) -> Column {
        self.places.iter().max_by_key(|(_, place)| **place).map_or(Column::Name, |(column, _)| *column)
    }

    pub(super) fn ignored(self) -> Vec<String> {
        self.cells.into_iter().filter(|cell| !cell.is_empty() && Column::named(cell).is_none()).collect()
    }
}
