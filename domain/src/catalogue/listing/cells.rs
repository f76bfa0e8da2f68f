//! What stands in single cells of an item list. The notation is described in `docs/item-list.md`.

use protocol::catalogue::{Fee, Handling, IdentityRule, ItemType, RequiredDocument, Text};

use super::Reason;

pub(super) fn item_type(cell: &str) -> Result<ItemType, Reason> {
    let by_code = || cell.parse().ok().and_then(ItemType::from_code);
    let by_name = || {
        Some(match cell {
            "行政许可" => ItemType::Permit,
            "行政给付" => ItemType::Benefit,
            "行政确认" => ItemType::Confirmation,
            "行政奖励" => ItemType::Award,
            "行政裁决" => ItemType::Adjudication,
            "其他行政权力" => ItemType::OtherPower,
            "公共服务" => ItemType::PublicService,
            _ => return None,
        })
    };
    by_code().or_else(by_name).ok_or_else(|| Reason::ItemType(cell.to_owned()))
}

/// Working days; 0 where nothing is said.
pub(super) fn days(cell: &str) -> Result<u16, Reason> {
    let number = cell.strip_suffix("个工作日").or_else(|| cell.strip_suffix("工作日")).unwrap_or(cell).trim();
    if number.is_empty() {
        return Ok(0);
    }
    number.parse().map_err(|_| Reason::Days(cell.to_owned()))
}

pub(super) fn minutes(cell: &str) -> Result<u16, Reason> {
    if cell.is_empty() {
        return Ok(0);
    }
    cell.parse().ok().filter(|minutes| *minutes <= 480).ok_or_else(|| Reason::Minutes(cell.to_owned()))
}

pub(super) fn handling(cell: &str) -> Result<Handling, Reason> {
    match cell {
        "" | "承诺件" | "promised" => Ok(Handling::Promised),
        "即办件" | "immediate" => Ok(Handling::Immediate),
        other => Err(Reason::Handling(other.to_owned())),
    }
}

pub(super) fn identity(cell: &str) -> Result<IdentityRule, Reason> {
    match cell {
        "" | "optional" | "不限" => Ok(IdentityRule::Optional),
        "card-or-phone" | "身份证或手机号" => Ok(IdentityRule::CardOrPhone),
        "card" | "身份证" => Ok(IdentityRule::Card),
        other => Err(Reason::Identity(other.to_owned())),
    }
}

pub(super) fn line(cell: &str) -> Result<String, Reason> {
    match cell.as_bytes() {
        [] => Ok(String::new()),
        [letter] if letter.is_ascii_alphabetic() => Ok(cell.to_ascii_uppercase()),
        _ => Err(Reason::Line(cell.to_owned())),
    }
}

pub(super) fn area_code(cell: &str) -> Result<String, Reason> {
    let good = cell.is_empty() || (6..=12).contains(&cell.len()) && cell.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(cell.to_owned()) } else { Err(Reason::AreaCode(cell.to_owned())) }
}

/// Names or codes with semicolons, commas or Chinese enumeration commas between them.
pub(super) fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', '；', ',', '，', '、', '\n']).map(str::trim).filter(|name| !name.is_empty())
}

/// `name|English|originals+copies|note|English note`, several with `;` or a line break between them. The count is `1+0` where it
/// is left out; a `?` behind it marks an optional document. `\;` and `\|` stand for the signs themselves.
pub(super) fn documents(cell: &str) -> Result<Vec<RequiredDocument>, Reason> {
    (1..)
        .zip(entries(cell))
        .map(|(number, entry)| {
            let [name, english, count, note, note_english] =
                parts(&entry).map_err(|text| Reason::DocumentParts { number, text })?;
            let fault = || Reason::DocumentCount { number, text: count.clone() };
            let (numbers, mandatory) = match count.strip_suffix(['?', '？']) {
                Some(rest) => (rest.trim(), false),
                None => (count.as_str(), true),
            };
            let (originals, copies) = match numbers.split_once('+') {
                _ if numbers.is_empty() => (1, 0),
                Some((originals, copies)) => {
                    (originals.trim().parse().map_err(|_| fault())?, copies.trim().parse().map_err(|_| fault())?)
                }
                None => return Err(fault()),
            };
            Ok(RequiredDocument {
                key: format!("d{number}"),
                name: Text { zh: name, en: english },
                mandatory,
                originals,
                copies,
                note: Text { zh: note, en: note_english },
                ..RequiredDocument::default()
            })
        })
        .collect()
}

/// `name|yuan|standard|English name|English standard`, several with `;` or a line break between them; 免费 or nothing is free of charge.
pub(super) fn fees(cell: &str) -> Result<Vec<Fee>, Reason> {
    if matches!(cell, "免费" | "不收费" | "无" | "free") {
        return Ok(Vec::new());
    }
    (1..)
        .zip(entries(cell))
        .map(|(number, entry)| {
            let [name, yuan, standard, name_english, standard_english] =
                parts(&entry).map_err(|text| Reason::FeeParts { number, text })?;
            let amount = fen(&yuan).ok_or_else(|| Reason::FeeAmount { number, text: yuan.clone() })?;
            Ok(Fee {
                name: Text { zh: name, en: name_english },
                amount,
                standard: Text { zh: standard, en: standard_english },
                ..Fee::default()
            })
        })
        .collect()
}

/// Yuan with at most two decimals, in fen; 0 for nothing.
fn fen(yuan: &str) -> Option<i64> {
    let yuan = yuan.strip_suffix('元').unwrap_or(yuan).trim();
    if yuan.is_empty() {
        return Some(0);
    }
    let (whole, decimals) = yuan.split_once('.').unwrap_or((yuan, ""));
    let digits = |text: &str| !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || (yuan.contains('.') && !digits(decimals)) || decimals.len() > 2 {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + format!("{decimals:0<2}").parse::<i64>().ok()?)
}

/// The cell's entries, with their parts and escapes still in them.
fn entries(cell: &str) -> Vec<String> {
    split(cell, &[';', '；', '\n']).into_iter().filter(|entry| !entry.trim().is_empty()).collect()
}

/// At most five parts, trimmed and free of escapes; the missing ones are empty. The error is the entry.
fn parts(entry: &str) -> Result<[String; 5], String> {
    let mut all = split(entry, &['|', '｜']).into_iter();
    let mut next = || unescape(all.next().unwrap_or_default().trim());
    let five = [next(), next(), next(), next(), next()];
    if all.next().is_some() { Err(entry.to_owned()) } else { Ok(five) }
}

/// Splits at the signs, but not behind a backslash. Escapes stay.
fn split(text: &str, signs: &[char]) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut escaped = false;
    for ch in text.chars() {
        if signs.contains(&ch) && !escaped {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(ch);
        }
        escaped = ch == '\\' && !escaped;
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(ch) = chars.next() {
        match chars.peek() {
            Some(next @ (';' | '；' | '|' | '｜' | '\\')) if ch == '\\' => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(ch),
        }
    }
    out
}
