//! What an item list has no columns for.

use protocol::catalogue::{BranchRule, Fee, Item, RequiredDocument};

/// Whether the item says more than a list can: questions, conditions, steps' limits, papers that may come later. A list that
/// names the item again would lose it.
pub fn says_more_than_a_list(item: &Item) -> bool {
    as_listed(item) != *item
}

/// The item as a list could say it.
fn as_listed(item: &Item) -> Item {
    let plain = item.clone();
    Item {
        code: plain.code,
        version: plain.version,
        name: plain.name,
        department: plain.department,
        item_type: plain.item_type,
        themes: plain.themes,
        main_item: plain.main_item,
        handling: plain.handling,
        identity: plain.identity,
        statutory_days: plain.statutory_days,
        promised_days: plain.promised_days,
        conditions: plain.conditions,
        documents: (1..).zip(plain.documents).map(|(number, document)| listed_document(number, document)).collect(),
        fees: plain.fees.into_iter().map(|fee| Fee { when: String::new(), ..fee }).collect(),
        hours: plain.hours,
        branches: plain.branches.into_iter().map(|branch| BranchRule::of(branch.department)).collect(),
        result: plain.result,
        usual_minutes: plain.usual_minutes,
        sample: plain.sample,
        ..Item::default()
    }
}

fn listed_document(number: usize, document: RequiredDocument) -> RequiredDocument {
    RequiredDocument {
        key: format!("d{number}"),
        name: document.name,
        mandatory: document.mandatory,
        originals: document.originals,
        copies: document.copies,
        note: document.note,
        ..RequiredDocument::default()
    }
}

#[cfg(test)]
mod tests {
    use protocol::catalogue::JoinRule;

    use super::*;

    #[test]
    fn an_item_of_a_list_says_no_more_than_a_list() {
        let document = RequiredDocument { key: "d1".to_owned(), mandatory: true, ..RequiredDocument::default() };
        let item = Item {
            code: "X".to_owned(),
            promised_days: 5,
            documents: vec![document],
            branches: vec![BranchRule::of("a")],
            ..Item::default()
        };
        assert!(!says_more_than_a_list(&item));
        let more: [fn(&mut Item); 6] = [
            |item| item.documents[0].deferrable = true,
            |item| item.documents[0].key = "licence".to_owned(),
            |item| item.branches[0].days = 3,
            |item| item.join = JoinRule::Any,
            |item| item.review_days = 2,
            |item| item.members.push("Y".to_owned()),
        ];
        for change in more {
            let mut item = item.clone();
            change(&mut item);
            assert!(says_more_than_a_list(&item), "{item:?}");
        }
    }
}
