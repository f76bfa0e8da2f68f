//! The arrangements that the program brings along, from the notices themselves.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::arrangement::{Arrangement, DaysOff, Notice};

/// 2024 to 2026.
pub(super) fn arrangements() -> Vec<Arrangement> {
    vec![
        arrangement(
            2024,
            ("国办发明电〔2023〕7号", date(2023, 10, 25)),
            &[
                ("元旦", 1, 1, 1),
                ("春节", 2, 10, 8),
                ("清明节", 4, 4, 3),
                ("劳动节", 5, 1, 5),
                ("端午节", 6, 10, 1),
                ("中秋节", 9, 15, 3),
                ("国庆节", 10, 1, 7),
            ],
            &[(2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)],
        ),
        arrangement(
            2025,
            ("国办发明电〔2024〕12号", date(2024, 11, 12)),
            &[
                ("元旦", 1, 1, 1),
                ("春节", 1, 28, 8),
                ("清明节", 4, 4, 3),
                ("劳动节", 5, 1, 5),
                ("端午节", 5, 31, 3),
                ("国庆节、中秋节", 10, 1, 8),
            ],
            &[(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
        ),
        arrangement(
            2026,
            ("国务院办公厅关于2026年部分节假日安排的通知", date(2025, 11, 4)),
            &[
                ("元旦", 1, 1, 3),
                ("春节", 2, 15, 9),
                ("清明节", 4, 4, 3),
                ("劳动节", 5, 1, 5),
                ("端午节", 6, 19, 3),
                ("中秋节", 9, 25, 3),
                ("国庆节", 10, 1, 7),
            ],
            &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
        ),
    ]
}

/// Days off as name, month, first day and how many; make-up workdays as month and day.
fn arrangement(
    year: i16,
    (number, issued): (&str, Date),
    off: &[(&str, i8, i8, i32)],
    makeup: &[(i8, i8)],
) -> Arrangement {
    Arrangement {
        year,
        notice: Notice { number: number.to_owned(), date: issued },
        off: off
            .iter()
            .map(|(name, month, day, days)| {
                let from = date(year, *month, *day);
                DaysOff { name: (*name).to_owned(), from, to: from.saturating_add((days - 1).days()) }
            })
            .collect(),
        makeup: makeup.iter().map(|(month, day)| date(year, *month, *day)).collect(),
    }
}
