//! Comma-separated text (RFC 4180), as people and programs really write it: any line end, empty lines, tabs or semicolons for commas.

use domain::catalogue::listing::Row;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum DelimitedError {
    #[error("line {line}: a quotation mark opens a text that never ends. Nothing was imported")]
    Unclosed { line: u64 },
    #[error("the text could not be split into rows. Nothing was imported")]
    Broken(#[from] csv::Error),
}

/// The rows that are not empty, each with the line it begins in.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, DelimitedError> {
    let delimiter = delimiter(text);
    let ends = line_ends(text.as_bytes());
    if let Some(opened) = unclosed(text.as_bytes(), delimiter) {
        return Err(DelimitedError::Unclosed { line: line_of(&ends, opened) });
    }
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        // The position is where the reader stood, which may be before empty lines.
        let from = record.position().map_or(0, |position| position.byte() as usize);
        let skipped = text.as_bytes()[from..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        rows.push(Row { line: line_of(&ends, from + skipped), cells: record.iter().map(str::to_owned).collect() });
    }
    Ok(rows)
}

/// The separator that the first line uses most.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| heading.bytes().filter(|byte| *byte == sign).count();
    [b',', b'\t', b';'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// Byte positions behind each line end: `\n`, `\r\n` or a lone `\r`.
fn line_ends(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len())
        .filter(|at| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n')))
        .map(|at| at + 1)
        .collect()
}

fn line_of(ends: &[usize], at: usize) -> u64 {
    ends.partition_point(|end| *end <= at) as u64 + 1
}

/// Where a quotation mark opens a text that reaches the end of the file: it would swallow every row after it.
fn unclosed(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut opened = None;
    let mut at_start = true;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match opened {
            None if byte == b'"' && at_start => opened = Some(at),
            Some(_) if byte == b'"' && bytes.get(at + 1) == Some(&b'"') => at += 1,
            Some(_) if byte == b'"' => opened = None,
            _ => {}
        }
        at_start = opened.is_none() && (byte == delimiter || matches!(byte, b'\r' | b'\n'));
        at += 1;
    }
    opened
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        rows(text).unwrap().into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn cells(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_know_their_line_behind_empty_lines_and_texts_of_several_lines() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "\"x", "y\",2", "", "", "z,3", ""].join(end);
            let expected =
                [(1, cells(&["a", "b"])), (3, vec![format!("x{end}y"), "2".to_owned()]), (7, cells(&["z", "3"]))];
            assert_eq!(read(&text), expected, "{end:?}");
        }
    }

    #[test]
    fn quoted_commas_and_doubled_quotes_stay_in_their_cell() {
        assert_eq!(read("a,b\n\"1,\"\"2\"\"\",3"), [(1, cells(&["a", "b"])), (2, cells(&["1,\"2\"", "3"]))]);
    }

    #[test]
    fn tabs_and_semicolons_separate_where_the_heading_uses_them() {
        assert_eq!(read("a\tb\n1,5\t2")[1].1, ["1,5", "2"]);
        assert_eq!(read("a;b\n1,5;2")[1].1, ["1,5", "2"]);
    }

    #[test]
    fn a_quotation_mark_that_never_closes_is_named_by_its_line() {
        assert!(matches!(rows("a,b\n1,2\n3,\"4\n5,6\n"), Err(DelimitedError::Unclosed { line: 3 })));
        // In the middle of a text it is just a sign.
        assert_eq!(read("a,b\n5\" pipe,2")[1].1, ["5\" pipe", "2"]);
    }

    proptest! {
        /// Whatever a program writes as CSV is what is read, and each row knows its line.
        #[test]
        fn what_was_written_is_read(
            table in prop::collection::vec(prop::collection::vec("[\\PC\n\",;]{0,6}", 3), 1..8),
            windows in any::<bool>(),
        ) {
            let end = if windows { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().terminator(end).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(["a,", "b,", "c,"]).unwrap();
            let mut line = 2;
            let mut expected = Vec::new();
            for row in &table {
                writer.write_record(row).unwrap();
                expected.push((line, row.clone()));
                line += 1 + row.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(read(&text).split_off(1), expected);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[\\PC\n\r\",\t;]{0,80}") {
            let last = text.split(['\n', '\r']).count() as u64;
            match rows(&text) {
                Ok(rows) => prop_assert!(rows.iter().all(|row| (1..=last).contains(&row.line))),
                Err(error) => {
                    let is_place = matches!(error, DelimitedError::Unclosed { line } if (1..=last).contains(&line));
                    prop_assert!(is_place, "{error}");
                }
            }
        }
    }
}
