//! What differs between two versions of an item, field by field.

use std::collections::{BTreeMap, BTreeSet};

use protocol::catalogue::Item;
use serde_json::Value;

/// One field that differs. An entry that is only in one of the two has the empty text in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path of the field; entries of lists by their own keys: `documents.d2.when`.
    pub place: String,
    pub old: String,
    pub new: String,
}

/// Every field that differs, by its path. The version's number is none of them.
pub fn between(old: &Item, new: &Item) -> Vec<Change> {
    let (old, new) = (fields(old), fields(new));
    let places: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    places
        .into_iter()
        .filter(|place| old.get(*place) != new.get(*place))
        .map(|place| Change {
            place: place.clone(),
            old: old.get(place).cloned().unwrap_or_default(),
            new: new.get(place).cloned().unwrap_or_default(),
        })
        .collect()
}

fn fields(item: &Item) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    // An item is plain data: it always has a JSON form.
    let mut whole = serde_json::to_value(item).unwrap_or_default();
    if let Some(object) = whole.as_object_mut() {
        object.remove("version");
    }
    flatten(String::new(), &whole, &mut out);
    out
}

fn flatten(place: String, value: &Value, out: &mut BTreeMap<String, String>) {
    let within = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(within(name), value, out)),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            if !words.is_empty() {
                out.insert(place, words.join(", "));
            }
        }
        Value::Array(list) => {
            for (number, entry) in (1..).zip(list) {
                let own = ["key", "department", "kind"].iter().find_map(|name| entry.get(name)?.as_str());
                let name = own.filter(|name| !name.is_empty()).map_or_else(|| number.to_string(), str::to_owned);
                // Twice the same key is a fault that a draft may have: then the number tells them apart.
                let place = within(&name);
                let taken = out.keys().any(|there| there == &place || there.starts_with(&format!("{place}.")));
                flatten(if taken { within(&format!("{name}#{number}")) } else { place }, entry, out);
            }
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => drop(out.insert(place, text.clone())),
        Value::Null => {}
        other => drop(out.insert(place, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use protocol::catalogue::{BranchRule, RequiredDocument, Text};

    use super::*;

    #[test]
    fn a_difference_names_the_field_by_its_entrys_own_key() {
        let document = |key: &str, name: &str| RequiredDocument {
            key: key.to_owned(),
            name: Text::new(name, ""),
            ..RequiredDocument::default()
        };
        let old = Item {
            version: 1,
            promised_days: 10,
            documents: vec![document("d1", "申请书"), document("d2", "租赁合同")],
            themes: vec!["permits".to_owned()],
            ..Item::default()
        };
        let mut new = Item { version: 2, promised_days: 8, ..old.clone() };
        new.documents.swap(0, 1);
        assert_eq!(between(&old, &new).len(), 1, "an order of papers is no change to a paper");
        new.documents[0].when = "answers.premises == \"rented\"".to_owned();
        new.branches.push(BranchRule::of("water"));
        new.themes.clear();
        let changes: Vec<(String, String, String)> =
            between(&old, &new).into_iter().map(|change| (change.place, change.old, change.new)).collect();
        let change = |place: &str, old: &str, new: &str| (place.to_owned(), old.to_owned(), new.to_owned());
        assert_eq!(
            changes,
            [
                change("branches.water.department", "", "water"),
                change("branches.water.voice", "", "veto"),
                change("documents.d2.when", "", "answers.premises == \"rented\""),
                change("promised_days", "10", "8"),
                change("themes", "permits", ""),
            ]
        );
        assert_eq!(between(&old, &Item { version: 7, ..old.clone() }), []);
    }

    #[test]
    fn two_entries_with_one_key_are_both_seen() {
        let old = Item { documents: vec![RequiredDocument::default(); 1], ..Item::default() };
        let mut new = old.clone();
        new.documents.push(RequiredDocument { mandatory: true, ..RequiredDocument::default() });
        assert!(between(&old, &new).iter().any(|change| change.place.ends_with("mandatory") && change.new == "true"));
    }
}
