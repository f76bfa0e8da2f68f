//! Case numbers (办件编号): area (6 digits), hall (3), date (8), serial (5), check character (ISO 7064 MOD 11-2).
//!
//! The national layout could not be read when this was written, so the parts are the district's own; the serial comes from the transaction
//! that writes the case, never from a count.

use jiff::civil::Date;

/// The number of a case. `area` is the district's division code (GB/T 2260), `hall` its hall's number from 1 to 999.
pub fn case_number(area: &str, hall: u16, day: Date, serial: u32) -> String {
    let body = format!("{area}{hall:03}{:04}{:02}{:02}{serial:05}", day.year(), day.month(), day.day());
    let check = check_character(&body);
    format!("{body}{check}")
}

/// True for a number whose check character fits.
pub fn is_case_number(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(check) = chars.next_back() else {
        return false;
    };
    let body = chars.as_str();
    body.len() >= 22 && body.bytes().all(|b| b.is_ascii_digit()) && check_character(body) == check
}

fn check_character(digits: &str) -> char {
    const CHECK: &[u8; 11] = b"10X98765432";
    let sum = digits.bytes().fold(0u32, |sum, b| (sum * 2 + u32::from(b - b'0')) % 11) * 2 % 11;
    char::from(CHECK[sum as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_case_number_says_where_and_when_and_checks_itself() {
        let number = case_number("440304", 1, date(2026, 11, 24), 7);
        assert!(number.starts_with("4403040012026112400007"), "{number}");
        assert!(is_case_number(&number));
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed() {
        let number = case_number("440304", 1, date(2026, 11, 24), 7);
        let slipped = number.replacen("00007", "00070", 1);
        assert!(!is_case_number(&slipped));
        assert!(!is_case_number(""));
        assert!(!is_case_number("not a number at all, X"));
    }
}
