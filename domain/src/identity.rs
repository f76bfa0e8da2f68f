//! Identity numbers: resident ID (GB 11643), unified social credit code (GB 32100), mobile numbers; and how names and
//! numbers are masked for paper and screens.

use jiff::civil::Date;
use thiserror::Error;

/// Why an identity number is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    #[error("it must have 18 characters")]
    Length,
    #[error("it holds a character that cannot stand there")]
    Character,
    #[error("the birth date in it does not exist or lies ahead")]
    Birth,
    #[error("its check digit does not fit")]
    CheckDigit,
}

/// A resident ID number (公民身份号码), checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResidentId {
    text: String,
    birth: Date,
}

impl ResidentId {
    /// Checks length, characters, birth date (not after `today`) and the ISO 7064 MOD 11-2 check character.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdentityError> {
        const CHECK: &[u8; 11] = b"10X98765432";
        let text = text.trim().to_ascii_uppercase();
        if text.chars().count() != 18 {
            return Err(IdentityError::Length);
        }
        let bytes = text.as_bytes();
        if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
            return Err(IdentityError::Character);
        }
        if !(bytes[17].is_ascii_digit() || bytes[17] == b'X') {
            return Err(IdentityError::Character);
        }
        let birth = birth_date(&text[6..14]).filter(|b| *b <= today).ok_or(IdentityError::Birth)?;
        // The weight of place i is 2^(18-i) mod 11, so Horner's rule with base 2 gives the same sum.
        let sum = bytes[..17].iter().fold(0u32, |sum, b| (sum * 2 + u32::from(b - b'0')) % 11) * 2 % 11;
        if CHECK[sum as usize] != bytes[17] {
            return Err(IdentityError::CheckDigit);
        }
        Ok(ResidentId { text, birth })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn birth(&self) -> Date {
        self.birth
    }

    /// The 17th digit is odd for men.
    pub fn is_male(&self) -> bool {
        (self.text.as_bytes()[16] - b'0') % 2 == 1
    }

    /// Full years of age on a day.
    pub fn age_on(&self, day: Date) -> i16 {
        let had_birthday = (day.month(), day.day()) >= (self.birth.month(), self.birth.day());
        day.year() - self.birth.year() - i16::from(!had_birthday)
    }
}

fn birth_date(digits: &str) -> Option<Date> {
    let year = digits[..4].parse().ok()?;
    let month = digits[4..6].parse().ok()?;
    let day = digits[6..8].parse().ok()?;
    if year < 1850 {
        return None;
    }
    Date::new(year, month, day).ok()
}

/// Characters of GB 32100 by their value.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Checks a unified social credit code (统一社会信用代码): 18 characters, its own check character and that of the organisation code
/// (GB 11714) within it. Returns it in upper case.
pub fn check_credit_code(text: &str) -> Result<String, IdentityError> {
    let text = text.trim().to_ascii_uppercase();
    if text.chars().count() != 18 {
        return Err(IdentityError::Length);
    }
    let values = text
        .bytes()
        .map(|b| CREDIT_ALPHABET.iter().position(|c| *c == b))
        .collect::<Option<Vec<_>>>()
        .ok_or(IdentityError::Character)?;
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    if values[17] != (31 - sum % 31) % 31 {
        return Err(IdentityError::CheckDigit);
    }
    check_organisation_code(&text.as_bytes()[8..17])?;
    Ok(text)
}

fn check_organisation_code(code: &[u8]) -> Result<(), IdentityError> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let mut sum = 0;
    for (byte, weight) in code[..8].iter().zip(WEIGHTS) {
        sum += weight * (*byte as char).to_digit(36).ok_or(IdentityError::Character)?;
    }
    let check = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + digit as u8,
    };
    if code[8] == check { Ok(()) } else { Err(IdentityError::CheckDigit) }
}

/// A mainland mobile number: 11 digits beginning 13…19. Spaces and dashes are dropped.
pub fn check_phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let bytes = digits.as_bytes();
    let good = bytes.len() == 11
        && bytes.iter().all(u8::is_ascii_digit)
        && bytes[0] == b'1'
        && (b'3'..=b'9').contains(&bytes[1]);
    good.then_some(digits)
}

/// 王小明 → 王**; a single character stays, since nothing would be left to recognise.
pub fn mask_name(name: &str) -> String {
    let mut chars = name.trim().chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let rest = chars.count();
    std::iter::once(first).chain(std::iter::repeat_n('*', rest.min(4))).collect()
}

/// 11010519491231002X → 1101**********002X; short texts are masked whole.
pub fn mask_number(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    if chars.len() < 9 {
        return "*".repeat(chars.len());
    }
    let keep = if chars.len() >= 15 { 4 } else { 3 };
    let stars = chars.len() - 2 * keep;
    chars[..keep].iter().chain(std::iter::repeat_n(&'*', stars)).chain(&chars[chars.len() - keep..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn the_worked_numbers_of_the_standard_are_accepted() {
        let id = ResidentId::parse("11010519491231002X", TODAY).unwrap();
        assert_eq!(id.birth(), date(1949, 12, 31));
        assert!(!id.is_male());
        assert_eq!(id.age_on(date(2026, 12, 30)), 76);
        assert_eq!(id.age_on(date(2026, 12, 31)), 77);
        assert!(ResidentId::parse("440304198803070038", TODAY).unwrap().is_male());
        assert_eq!(check_credit_code("91350100M000100Y43").unwrap(), "91350100M000100Y43");
        assert_eq!(check_credit_code("114403040000012306").unwrap(), "114403040000012306");
    }

    #[test]
    fn each_kind_of_mistake_has_its_name() {
        let mistake = |text| ResidentId::parse(text, TODAY).unwrap_err();
        assert_eq!(mistake("1101051949123100"), IdentityError::Length);
        assert_eq!(mistake("11010519491231002Y"), IdentityError::Character);
        assert_eq!(mistake("一1010519491231002X"), IdentityError::Character);
        assert_eq!(mistake("110105194912310021"), IdentityError::CheckDigit);
        assert_eq!(mistake("11010519490231002X"), IdentityError::Birth);
        assert_eq!(mistake("11010520991231002X"), IdentityError::Birth);
        assert_eq!(check_credit_code("91350100M000100Y44"), Err(IdentityError::CheckDigit));
        assert_eq!(check_credit_code("91350100I000100Y43"), Err(IdentityError::Character));
    }

    #[test]
    fn phones_of_letters_or_the_wrong_length_are_refused() {
        assert_eq!(check_phone("138 0013-8000").as_deref(), Some("13800138000"));
        for bad in ["1380013800", "12800138000", "abcdefghijk", "138001380001", "", "１３８００１３８０００"]
        {
            assert_eq!(check_phone(bad), None, "{bad}");
        }
    }

    #[test]
    fn masks_leave_enough_to_recognise_and_no_more() {
        assert_eq!(mask_name("王小明"), "王**");
        assert_eq!(mask_name("𠮷"), "𠮷");
        assert_eq!(mask_number("11010519491231002X"), "1101**********002X");
        assert_eq!(mask_number("13800138000"), "138*****000");
        assert_eq!(mask_number("1234"), "****");
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_always_caught(place in 0usize..17, change in 1u8..10) {
            let mut bytes = b"440304198803070038".to_vec();
            bytes[place] = b'0' + (bytes[place] - b'0' + change) % 10;
            prop_assert!(ResidentId::parse(std::str::from_utf8(&bytes).unwrap(), TODAY).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = ResidentId::parse(&text, TODAY);
            let _ = check_credit_code(&text);
            let _ = check_phone(&text);
            let _ = mask_name(&text);
            let _ = mask_number(&text);
        }
    }
}
