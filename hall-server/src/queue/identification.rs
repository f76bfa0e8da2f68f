//! Who takes a ticket, checked.

use domain::identity::{IdentityError, ResidentId, check_phone};
use jiff::civil::Date;
use protocol::problem::Code;
use protocol::queue::{CardKind, Identification};

use crate::http::problem::ApiError;

/// The longest name that a card holds, in characters; firms' names are longer.
const LONGEST_NAME: usize = 200;

/// Checks numbers and names, and returns them in their one form.
pub fn checked(identification: Identification, today: Date) -> Result<Identification, ApiError> {
    match identification {
        Identification::Anonymous => Ok(Identification::Anonymous),
        Identification::Phone { phone } => {
            let phone = check_phone(&phone)
                .ok_or_else(|| ApiError::new(Code::InvalidPhone).field("identification.phone", "11 digits, 13…19"))?;
            Ok(Identification::Phone { phone })
        }
        Identification::Card { name, id_number, kind } => {
            let name = checked_name(&name, "identification.name")?;
            let id_number = match kind {
                CardKind::Resident | CardKind::HkMoTw => resident(&id_number, "identification.id_number", today)?,
                CardKind::Foreigner | CardKind::Foreigner2023 => permit(&id_number, "identification.id_number")?,
            };
            Ok(Identification::Card { name, id_number, kind })
        }
    }
}

/// A person's or firm's name: not empty, no control characters, not endless.
pub fn checked_name(name: &str, place: &str) -> Result<String, ApiError> {
    let name = name.trim();
    let problem = |reason| Err(ApiError::new(Code::InvalidField).field(place, reason));
    if name.is_empty() {
        return problem("empty");
    }
    if name.chars().any(char::is_control) {
        return problem("control characters");
    }
    if name.chars().count() > LONGEST_NAME {
        return problem("too long");
    }
    Ok(name.to_owned())
}

/// A resident ID number with its check digit and birth date.
pub fn resident(text: &str, place: &str, today: Date) -> Result<String, ApiError> {
    ResidentId::parse(text, today).map(|id| id.as_str().to_owned()).map_err(|error| {
        let zh = match error {
            IdentityError::Length => "身份证号码应为 18 位",
            IdentityError::Character => "身份证号码含有不应出现的字符",
            IdentityError::Birth => "身份证号码中的出生日期不存在",
            IdentityError::CheckDigit => "身份证号码的校验位不符",
        };
        ApiError::new(Code::InvalidIdNumber)
            .detail(zh, format!("The ID number: {error}"))
            .field(place, error.to_string())
    })
}

/// The number of a permit that is not a resident ID: letters and digits.
fn permit(text: &str, place: &str) -> Result<String, ApiError> {
    let text = text.trim().to_ascii_uppercase();
    let good = (5..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if good { Ok(text) } else { Err(ApiError::new(Code::InvalidIdNumber).field(place, "5–30 letters and digits")) }
}

/// An applicant's number: a resident ID, a unified social credit code, or another permit's number.
pub fn applicant_number(text: &str, place: &str, today: Date) -> Result<String, ApiError> {
    let trimmed = text.trim();
    let looks_resident = trimmed.len() == 18 && trimmed.bytes().take(17).all(|b| b.is_ascii_digit());
    if let Ok(code) = domain::identity::check_credit_code(trimmed) {
        return Ok(code);
    }
    if looks_resident {
        return resident(trimmed, place, today);
    }
    if trimmed.chars().count() == 18 {
        return Err(ApiError::new(Code::InvalidIdNumber).field(place, "check digit"));
    }
    permit(trimmed, place)
}
