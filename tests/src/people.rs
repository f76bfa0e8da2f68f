//! People of the journeys. Nobody real: the numbers are made here, check digit and all, by a few lines that share nothing
//! with the product's own rule.

use serde_json::{Value, json};

/// A citizen with a second-generation ID card.
#[derive(Debug, Clone)]
pub struct Citizen {
    pub name: &'static str,
    pub id_number: String,
    birth: &'static str,
    address: &'static str,
}

impl Citizen {
    pub fn new(name: &'static str, region: &str, birth: &'static str, order: &str) -> Self {
        Citizen {
            name,
            id_number: id_number(&format!("{region}{birth}{order}")),
            birth,
            address: "深圳市福田区福中路样例小区1栋101",
        }
    }

    /// 王晓梅, the applicant of the scripted day.
    pub fn wang_xiaomei() -> Self {
        Self::new("王晓梅", "440304", "19880512", "264")
    }

    /// A name whose characters lie outside what GB2312 knows, one even outside the basic plane.
    pub fn rare() -> Self {
        Self::new("𠮷㐂", "440304", "19920229", "133")
    }

    /// The card as the reader simulator takes it.
    pub fn card(&self) -> Value {
        json!({
            "kind": "resident",
            "name": self.name,
            "sex": if self.id_number.as_bytes()[16] % 2 == 1 { "male" } else { "female" },
            "nation": 1,
            "birth": format!("{}-{}-{}", &self.birth[..4], &self.birth[4..6], &self.birth[6..]),
            "address": self.address,
            "id_number": self.id_number,
            "issuer": "深圳市公安局福田分局",
            "valid_from": "2016-03-01",
            "valid_until": "2036-03-01",
        })
    }

    /// As a kiosk sends it after reading the card.
    pub fn identification(&self) -> Value {
        json!({ "by": "card", "name": self.name, "id_number": self.id_number, "kind": "resident" })
    }
}

/// The 18 characters to these 17 digits (GB 11643): the check character is the last.
pub fn id_number(digits: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let check = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize];
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use super::id_number;

    #[test]
    fn the_standards_own_examples_get_their_check_character() {
        // Both stand in GB 11643-1999.
        assert_eq!(id_number("11010519491231002"), "11010519491231002X");
        assert_eq!(id_number("44052418800101001"), "440524188001010014");
    }
}
