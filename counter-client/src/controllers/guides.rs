//! The items that the desk has read: what their steps may be held for, their fees, their form.

use std::collections::BTreeMap;

use protocol::catalogue::{Item, SpecialKind};

use crate::server::{Answer, Call, RequestId, Trouble};

use super::outside::Outside;

#[derive(Debug, Default)]
pub struct Guides {
    items: BTreeMap<String, Item>,
    asked: BTreeMap<RequestId, String>,
}

impl Guides {
    /// Reads an item, unless it is here or on its way.
    pub fn want(&mut self, outside: &mut impl Outside, code: &str) {
        if !code.is_empty() && !self.items.contains_key(code) && !self.asked.values().any(|asked| asked == code) {
            let id = outside.ask(Call::Item(code.to_owned()), None);
            self.asked.insert(id, code.to_owned());
        }
    }

    pub fn get(&self, code: &str) -> Option<&Item> {
        self.items.get(code)
    }

    /// What a special procedure of this item may be held for. An item that is not here bars nothing: the server has the last word.
    pub fn special_kinds(&self, code: &str) -> Vec<SpecialKind> {
        match self.get(code) {
            Some(item) => item.special_procedures.iter().map(|rule| rule.kind).collect(),
            None => SpecialKind::ALL.to_vec(),
        }
    }

    /// True where the answer was to a question of this. An item that could not be read is asked for again when it is next wanted.
    pub fn landed(&mut self, id: RequestId, result: &Result<Answer, Trouble>) -> bool {
        let Some(code) = self.asked.remove(&id) else { return false };
        if let Ok(Answer::Item(item)) = result {
            self.items.insert(code, item.as_ref().clone());
        }
        true
    }
}
