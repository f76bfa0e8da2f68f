//! Item lists as spreadsheets (XLSX): the first sheet that holds anything.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, XlsxError};
use domain::catalogue::listing::Row;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum SpreadsheetError {
    #[error("the spreadsheet could not be read; nothing was imported")]
    Broken(#[from] XlsxError),
    #[error("this is a spreadsheet of the old kind (.xls); save it as .xlsx or as CSV. Nothing was imported")]
    OldKind,
    #[error("the spreadsheet is empty; nothing was imported")]
    Empty,
    #[error(
        "line {line}, column {column}: the number {number} has lost digits in the spreadsheet program; format the column as text \
         and enter it again. Nothing was imported"
    )]
    Rounded { line: u64, column: usize, number: String },
    #[error("line {line}, column {column}: the formula failed ({what}). Nothing was imported")]
    Formula { line: u64, column: usize, what: String },
}

/// From here on a spreadsheet's number no longer holds every digit of a code.
const EXACT_BELOW: f64 = 1e15;

/// Whether the file looks like a spreadsheet, by its first bytes.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || is_old(bytes)
}

fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0")
}

pub(super) fn rows(bytes: &[u8]) -> Result<Vec<Row>, SpreadsheetError> {
    if is_old(bytes) {
        return Err(SpreadsheetError::OldKind);
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name)?;
        let Some((first, _)) = sheet.start() else { continue };
        let numbered = (u64::from(first) + 1..).zip(sheet.rows());
        return numbered
            .map(|(line, cells)| {
                let cells =
                    (1..).zip(cells).map(|(column, data)| text(data, line, column)).collect::<Result<_, _>>()?;
                Ok(Row { line, cells })
            })
            .collect();
    }
    Err(SpreadsheetError::Empty)
}

fn text(data: &Data, line: u64, column: usize) -> Result<String, SpreadsheetError> {
    let number = |value: f64| {
        if value.abs() >= EXACT_BELOW {
            return Err(SpreadsheetError::Rounded { line, column, number: value.to_string() });
        }
        Ok(value.to_string())
    };
    match data {
        Data::Empty => Ok(String::new()),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Ok(text.clone()),
        Data::Float(value) => number(*value),
        Data::Int(value) => Ok(value.to_string()),
        Data::Bool(value) => Ok(value.to_string()),
        Data::DateTime(moment) => number(moment.as_f64()),
        Data::Error(error) => Err(SpreadsheetError::Formula { line, column, what: error.to_string() }),
    }
}
