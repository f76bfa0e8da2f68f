//! Requests as data: texts with `{number}`, `{purpose}`, `{case}`, `{item}`, `{office}` and `{id}` in them.

use serde_json::Value;

use super::asking::Question;

/// The names that may stand in braces.
pub const NAMES: [&str; 6] = ["number", "purpose", "case", "item", "office", "id"];

fn value<'a>(question: &'a Question, name: &str) -> Option<&'a str> {
    Some(match name {
        "number" => &question.number,
        "purpose" => &question.purpose,
        "case" => &question.case_no,
        "item" => &question.item,
        "office" => &question.office,
        "id" => &question.id,
        _ => return None,
    })
}

/// The names in braces in a text.
pub fn names(template: &str) -> Vec<&str> {
    let parts = template.split('{').skip(1);
    parts.filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

/// Every text in a JSON value.
pub fn texts(template: &Value) -> Vec<&str> {
    match template {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(map) => map.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Fills a text. What is put in is never read as a template again.
fn fill(template: &str, put: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let end = from.find('}');
        match end.and_then(|end| Some((put(&from[1..end])?, end))) {
            Some((value, end)) => {
                filled.push_str(&value);
                rest = &from[end + 1..];
            }
            None => {
                filled.push('{');
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Fills an address: everything but letters, digits and `-._~` is written as bytes in hexadecimal (RFC 3986).
pub fn address(template: &str, question: &Question) -> String {
    fill(template, |name| value(question, name).map(escaped))
}

/// Fills the texts of a JSON body.
pub fn body(template: &Value, question: &Question) -> Value {
    match template {
        Value::String(text) => Value::String(fill(text, |name| value(question, name).map(str::to_owned))),
        Value::Array(list) => list.iter().map(|part| body(part, question)).collect(),
        Value::Object(map) => map.iter().map(|(key, part)| (key.clone(), body(part, question))).collect(),
        other => other.clone(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&crate::hex(&[byte]).to_ascii_uppercase());
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn question(purpose: &str) -> Question {
        Question {
            id: "L1".to_owned(),
            salt: "s".to_owned(),
            number: "91350100M000100Y43".to_owned(),
            purpose: purpose.to_owned(),
            case_no: "C1".to_owned(),
            item: "I1".to_owned(),
            office: "district".to_owned(),
        }
    }

    #[test]
    fn names_in_braces_are_filled_in_and_other_braces_stay() {
        let filled = address("http://p/{number}?why={purpose}&x={unknown}&y={", &question("核 对&x=1"));
        assert_eq!(filled, "http://p/91350100M000100Y43?why=%E6%A0%B8%20%E5%AF%B9%26x%3D1&x={unknown}&y={");
        let template = json!({ "code": "{number}", "list": ["{case}/{item}", 7, null], "office": "{office}" });
        assert_eq!(
            body(&template, &question("x")),
            json!({ "code": "91350100M000100Y43", "list": ["C1/I1", 7, null], "office": "district" })
        );
        assert_eq!(names("{number} {x}"), ["number", "x"]);
        assert_eq!(texts(&template), ["{number}", "{case}/{item}", "{office}"]);
    }

    proptest! {
        #[test]
        fn whatever_a_purpose_says_it_stays_a_purpose(purpose in any::<String>()) {
            let template = json!({ "purpose": "{purpose}", "number": "{number}" });
            let filled = body(&template, &question(&purpose));
            prop_assert_eq!(&filled["purpose"], &Value::String(purpose.clone()));
            prop_assert_eq!(&filled["number"], "91350100M000100Y43");
            let address = address("http://p/?why={purpose}#end", &question(&purpose));
            prop_assert_eq!(address.matches('&').count() + address.matches('/').count(), 3);
            prop_assert_eq!(address.matches('#').count(), 1);
        }
    }
}
