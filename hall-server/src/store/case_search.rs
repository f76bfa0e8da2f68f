//! Cases found by what a clerk types: a number or a part of it, a name, an ID number, a ticket's number, or a name's pinyin.

use sqlx::{AnyConnection, AssertSqlSafe};

use super::StoreError;
use super::cases::{CASE, CaseRow, case_row};

/// A name as it is typed on a keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// `wangxiaomei`
    pub syllables: String,
    /// `wxm`
    pub initials: String,
}

/// Latin letters and digits in a name stand for themselves; what no keyboard has is left out.
pub(super) fn typed(name: &str) -> Typed {
    use pinyin::ToPinyin;
    let mut typed = Typed { syllables: String::new(), initials: String::new() };
    for c in name.chars() {
        if let Some(syllable) = c.to_pinyin() {
            typed.syllables.push_str(syllable.plain());
            typed.initials.extend(syllable.plain().chars().next());
        } else if c.is_ascii_alphanumeric() {
            typed.syllables.push(c.to_ascii_lowercase());
            typed.initials.push(c.to_ascii_lowercase());
        }
    }
    typed
}

/// The newest cases that the text names, within a hall or a department. Letters alone are a name's beginning in pinyin or its
/// initials, which indexes answer; everything else may stand anywhere in a number or name.
pub async fn search(
    connection: &mut AnyConnection,
    text: &str,
    hall: Option<&str>,
    department: Option<&str>,
) -> Result<Vec<CaseRow>, StoreError> {
    let letters = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (named, first, second, third) = if letters {
        let from = text.to_ascii_lowercase();
        // The range is what an index knows; the pattern takes out what the range has too much.
        let named = "(applicant_pinyin >= $1 AND applicant_pinyin < $2 AND applicant_pinyin LIKE $5 \
             OR applicant_initials >= $1 AND applicant_initials < $2 AND applicant_initials LIKE $5)";
        let pattern = format!("{from}%");
        (named, from.clone(), after(&from), pattern)
    } else {
        let pattern = format!("%{}%", text.replace(['%', '_', '\\'], ""));
        let named = "(case_no LIKE $1 OR applicant_name LIKE $1 OR applicant_id_number = $2 OR ticket_number = $5)";
        (named, pattern, text.to_ascii_uppercase(), text.to_ascii_uppercase())
    };
    let sql = format!(
        "SELECT {CASE} FROM cases WHERE {named} AND ($3 = '' OR hall = $3) AND ($4 = '' OR department = $4 \
         OR case_no IN (SELECT case_no FROM case_tasks WHERE assignee = $4)) ORDER BY changed_at DESC LIMIT 50"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(first)
        .bind(second)
        .bind(hall.unwrap_or_default())
        .bind(department.unwrap_or_default())
        .bind(third)
        .fetch_all(connection)
        .await?
        .iter()
        .map(case_row)
        .collect()
}

/// Letters that come after every text which begins with these, in whatever order a database sorts letters. `zz…` has none: what
/// stands for it comes after all pinyin, none of which begins so.
fn after(letters: &str) -> String {
    let kept = letters.trim_end_matches('z');
    match kept.as_bytes().split_last() {
        Some((last, front)) => {
            let mut after = front.to_vec();
            after.push(last + 1);
            String::from_utf8_lossy(&after).into_owned()
        }
        None => "zzzzzzzz".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_typed_by_its_syllables_or_initials() {
        let wang = Typed { syllables: "wangxiaomei".to_owned(), initials: "wxm".to_owned() };
        assert_eq!(typed("王晓梅"), wang);
        assert_eq!(typed("ABC（深圳）公司").syllables, "abcshenzhengongsi");
        assert_eq!(typed("ABC（深圳）公司").initials, "abcszgs");
        assert_eq!(typed("—").syllables, "");
    }

    #[test]
    fn the_range_holds_every_text_that_begins_so() {
        for letters in ["wang", "wangz", "z", "az", "a"] {
            let after = after(letters);
            for rest in ["", "a", "xiaomei", "zzz"] {
                let text = format!("{letters}{rest}");
                assert!(text.as_str() >= letters && text < after, "{text} {after}");
            }
        }
    }
}
