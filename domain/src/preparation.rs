//! What a ticket's holder prepares (等候即准备): answers, the form and papers, kept as entered, with what is still open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use protocol::catalogue::{FieldKind, FormField, Item, RequiredDocument, Text};
use protocol::preparation::{OpenAbout, OpenPoint};
use thiserror::Error;

use crate::catalogue::situations::{Answers, Situations};
use crate::identity::check_credit_code;

/// The longest entry of one line, in characters.
pub const LONGEST_LINE: usize = 200;

/// The longest entry of several lines, in characters.
pub const LONGEST_PROSE: usize = 2000;

/// A draft (暂存): what was entered, whether it is right already or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Only answers that count: to questions that are asked.
    pub answers: Answers,
    /// Field's key to what was entered. Entries of fields that do not apply at present are kept for the case that they do again.
    pub form: BTreeMap<String, String>,
}

/// Why something cannot be entered at all. Nothing of the same entry is kept then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryFault {
    #[error("there is no question {0:?}")]
    UnknownQuestion(String),
    #[error("the question {question:?} has no choice {choice:?}")]
    UnknownChoice { question: String, choice: String },
    #[error("there is no field {0:?}")]
    UnknownField(String),
    #[error("the entry in {field:?} has more than {most} characters")]
    TooLong { field: String, most: usize },
    #[error("the entry in {0:?} holds characters that cannot be printed")]
    Unprintable(String),
}

impl EntryFault {
    /// The key of the question or field.
    pub fn key(&self) -> &str {
        match self {
            EntryFault::UnknownQuestion(key) | EntryFault::UnknownField(key) | EntryFault::Unprintable(key) => key,
            EntryFault::UnknownChoice { question, .. } => question,
            EntryFault::TooLong { field, .. } => field,
        }
    }
}

/// What is wrong with an entry that is kept all the same, so that it can be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ValueFault {
    #[error("a number is expected")]
    Number,
    #[error("a date such as 2026-11-24 is expected")]
    Date,
    #[error("the unified social credit code is not valid")]
    CreditCode,
}

impl ValueFault {
    pub fn text(self) -> Text {
        match self {
            ValueFault::Number => Text::new("应为数字", "should be a number"),
            ValueFault::Date => Text::new("应为日期，如 2026-11-24", "should be a date such as 2026-11-24"),
            ValueFault::CreditCode => Text::new("统一社会信用代码有误", "is not a valid unified social credit code"),
        }
    }
}

/// Whether an entry is what its field asks for. An empty one is: it is missing, not wrong.
pub fn check_value(kind: FieldKind, entry: &str) -> Result<(), ValueFault> {
    let entry = entry.trim();
    if entry.is_empty() {
        return Ok(());
    }
    match kind {
        FieldKind::Text | FieldKind::Prose => Ok(()),
        FieldKind::Number => {
            let (whole, fraction) = entry.split_once('.').map_or((entry, None), |(whole, rest)| (whole, Some(rest)));
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            if digits(whole) && fraction.is_none_or(digits) { Ok(()) } else { Err(ValueFault::Number) }
        }
        FieldKind::Date => entry.parse::<Date>().map(|_| ()).map_err(|_| ValueFault::Date),
        FieldKind::CreditCode => check_credit_code(entry).map(|_| ()).map_err(|_| ValueFault::CreditCode),
    }
}

impl Draft {
    /// Enters answers and form entries; what is not named stays as it is, an empty one is taken back. A refusal changes nothing.
    pub fn enter(
        &mut self,
        item: &Item,
        answers: &BTreeMap<String, String>,
        form: &BTreeMap<String, String>,
    ) -> Result<(), Vec<EntryFault>> {
        let faults: Vec<EntryFault> = answers
            .iter()
            .filter_map(|(key, choice)| answer_fault(item, key, choice))
            .chain(form.iter().filter_map(|(key, entry)| form_fault(item, key, entry)))
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        for (key, choice) in answers {
            put(&mut self.answers, key, choice);
        }
        self.answers = Situations::of(item).counting(&self.answers);
        for (key, entry) in form {
            // Browsers send lines that end with CR LF.
            put(&mut self.form, key, entry.replace("\r\n", "\n").trim());
        }
        Ok(())
    }

    /// What is still to be answered, filled in, put right or brought, in the order of the page. `brought` are the keys of documents
    /// that have a file.
    pub fn open(&self, item: &Item, brought: &BTreeSet<&str>) -> Vec<OpenPoint> {
        let situations = Situations::of(item);
        let applies = situations.applies(&self.answers);
        let questions = situations
            .asked(&self.answers)
            .into_iter()
            .map(|place| &item.questions[place])
            .filter(|question| !self.answers.contains_key(&question.key))
            .map(|question| point(OpenAbout::Question, &question.key, "请回答", "Please answer", &question.text));
        let documents = applies
            .documents
            .into_iter()
            .map(|place| &item.documents[place])
            .filter(|document| is_wanted(document) && !brought.contains(document.key.as_str()))
            .map(|document| point(OpenAbout::Document, &document.key, "请拍摄", "Please photograph", &document.name));
        let fields =
            applies.fields.into_iter().map(|place| &item.form[place]).filter_map(|field| self.field_point(field));
        questions.chain(documents).chain(fields).collect()
    }

    fn field_point(&self, field: &FormField) -> Option<OpenPoint> {
        let entry = self.form.get(&field.key).map_or("", String::as_str);
        if entry.is_empty() {
            let missing = || point(OpenAbout::Field, &field.key, "请填写", "Please fill in", &field.name);
            return field.mandatory.then(missing);
        }
        let fault = check_value(field.kind, entry).err()?.text();
        let text = Text::new(
            format!("请核对：{}（{}）", field.name.zh, fault.zh),
            format!("Please check: {} {}", field.name.pick(true), fault.en),
        );
        Some(OpenPoint { about: OpenAbout::Field, key: field.key.clone(), text })
    }
}

/// Whether a document's absence is worth a word: it must be there, and the hall cannot look it up by itself.
fn is_wanted(document: &RequiredDocument) -> bool {
    document.mandatory && document.shared_source.is_empty()
}

fn point(about: OpenAbout, key: &str, zh: &str, en: &str, name: &Text) -> OpenPoint {
    let text = Text::new(format!("{zh}：{}", name.zh), format!("{en}: {}", name.pick(true)));
    OpenPoint { about, key: key.to_owned(), text }
}

fn put(map: &mut BTreeMap<String, String>, key: &str, value: &str) {
    if value.is_empty() {
        map.remove(key);
    } else {
        map.insert(key.to_owned(), value.to_owned());
    }
}

fn answer_fault(item: &Item, key: &str, choice: &str) -> Option<EntryFault> {
    let Some(question) = item.questions.iter().find(|question| question.key == key) else {
        return Some(EntryFault::UnknownQuestion(key.to_owned()));
    };
    let known = choice.is_empty() || question.choices.iter().any(|known| known.key == choice);
    (!known).then(|| EntryFault::UnknownChoice { question: key.to_owned(), choice: choice.to_owned() })
}

fn form_fault(item: &Item, key: &str, entry: &str) -> Option<EntryFault> {
    let Some(field) = item.form.iter().find(|field| field.key == key) else {
        return Some(EntryFault::UnknownField(key.to_owned()));
    };
    let prose = field.kind == FieldKind::Prose;
    let most = if prose { LONGEST_PROSE } else { LONGEST_LINE };
    if entry.trim().chars().count() > most {
        return Some(EntryFault::TooLong { field: key.to_owned(), most });
    }
    let unprintable = |c: char| c.is_control() && !(prose && matches!(c, '\n' | '\r' | '\t'));
    entry.chars().any(unprintable).then(|| EntryFault::Unprintable(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::catalogue::{Choice, Question};

    use super::*;

    fn text(zh: &str) -> Text {
        Text::new(zh, "")
    }

    /// Rented premises need the lease; only kitchens are asked about cold dishes, and only they say how many cooks there are.
    fn restaurant() -> Item {
        let question = |key: &str, choices: &[&str], when: &str| Question {
            key: key.to_owned(),
            text: text(key),
            choices: choices.iter().map(|c| Choice { key: (*c).to_owned(), text: text(c) }).collect(),
            when: when.to_owned(),
        };
        let document = |key: &str, when: &str, shared: &str| RequiredDocument {
            key: key.to_owned(),
            name: text(key),
            mandatory: true,
            when: when.to_owned(),
            shared_source: shared.to_owned(),
            ..RequiredDocument::default()
        };
        let field = |key: &str, kind: FieldKind, when: &str| FormField {
            key: key.to_owned(),
            name: text(key),
            kind,
            mandatory: true,
            when: when.to_owned(),
        };
        Item {
            questions: vec![
                question("premises", &["owned", "rented"], ""),
                question("kitchen", &["yes", "no"], ""),
                question("cold", &["yes", "no"], "answers.kitchen == \"yes\""),
            ],
            documents: vec![
                document("plan", "", ""),
                document("lease", "answers.premises == \"rented\"", ""),
                document("licence", "", "business-registration"),
            ],
            form: vec![
                field("name", FieldKind::Text, ""),
                field("area", FieldKind::Number, ""),
                field("cooks", FieldKind::Number, "answers.kitchen == \"yes\""),
            ],
            ..Item::default()
        }
    }

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn open(draft: &Draft, brought: &[&str]) -> Vec<String> {
        draft.open(&restaurant(), &brought.iter().copied().collect()).into_iter().map(|p| p.text.zh).collect()
    }

    #[test]
    fn what_is_open_follows_the_answers() {
        let mut draft = Draft::default();
        assert_eq!(
            open(&draft, &[]),
            ["请回答：premises", "请回答：kitchen", "请拍摄：plan", "请填写：name", "请填写：area"]
        );
        draft.enter(&restaurant(), &map(&[("premises", "rented"), ("kitchen", "yes")]), &map(&[])).unwrap();
        let all = ["请回答：cold", "请拍摄：plan", "请拍摄：lease", "请填写：name", "请填写：area", "请填写：cooks"];
        assert_eq!(open(&draft, &[]), all);
        draft
            .enter(&restaurant(), &map(&[("cold", "no")]), &map(&[("name", "福记"), ("area", "80"), ("cooks", "3")]))
            .unwrap();
        assert_eq!(open(&draft, &["plan", "lease"]), Vec::<String>::new());
    }

    #[test]
    fn an_answer_that_is_no_longer_asked_for_is_forgotten_and_an_entry_is_kept() {
        let mut draft = Draft::default();
        let first = map(&[("kitchen", "yes"), ("cold", "yes")]);
        draft.enter(&restaurant(), &first, &map(&[("cooks", "3")])).unwrap();
        draft.enter(&restaurant(), &map(&[("kitchen", "no")]), &map(&[])).unwrap();
        assert_eq!(draft.answers, map(&[("kitchen", "no")]));
        draft.enter(&restaurant(), &map(&[("kitchen", "yes")]), &map(&[])).unwrap();
        assert!(!draft.answers.contains_key("cold"), "it is asked again");
        assert_eq!(draft.form, map(&[("cooks", "3")]));
    }

    #[test]
    fn a_wrong_value_is_kept_and_pointed_out() {
        let mut draft = Draft::default();
        draft.enter(&restaurant(), &map(&[]), &map(&[("name", "福记"), ("area", "八十")])).unwrap();
        assert_eq!(draft.form["area"], "八十");
        assert!(open(&draft, &[]).contains(&"请核对：area（应为数字）".to_owned()));
        draft.enter(&restaurant(), &map(&[]), &map(&[("area", "")])).unwrap();
        assert!(open(&draft, &[]).contains(&"请填写：area".to_owned()));
    }

    #[test]
    fn what_is_not_there_is_refused_and_nothing_of_the_entry_is_kept() {
        let mut draft = Draft::default();
        let answers = map(&[("premises", "rented"), ("roof", "red"), ("kitchen", "perhaps")]);
        let form = map(&[("name", &"福".repeat(201)), ("colour", "red"), ("area", "8\u{0}0")]);
        let faults = draft.enter(&restaurant(), &answers, &form).unwrap_err();
        let keys: Vec<&str> = faults.iter().map(EntryFault::key).collect();
        assert_eq!(keys, ["kitchen", "roof", "area", "colour", "name"]);
        assert_eq!(draft, Draft::default());
    }

    #[test]
    fn values_are_what_their_fields_ask_for() {
        for good in ["12", "12.50", " 7 ", "0"] {
            assert_eq!(check_value(FieldKind::Number, good), Ok(()), "{good}");
        }
        for bad in ["-1", "1.", ".5", "1,000", "1e3", "１２"] {
            assert_eq!(check_value(FieldKind::Number, bad), Err(ValueFault::Number), "{bad}");
        }
        assert_eq!(check_value(FieldKind::Date, "2024-02-29"), Ok(()));
        assert_eq!(check_value(FieldKind::Date, "2026-02-29"), Err(ValueFault::Date));
        assert_eq!(check_value(FieldKind::CreditCode, "91350100M000100Y43"), Ok(()));
        assert_eq!(check_value(FieldKind::CreditCode, "91350100M000100Y44"), Err(ValueFault::CreditCode));
        assert_eq!(check_value(FieldKind::Date, ""), Ok(()), "missing is not wrong");
    }

    proptest! {
        #[test]
        fn whatever_is_entered_in_whatever_order_only_questions_that_are_asked_are_answered(
            steps in proptest::collection::vec((0_usize..3, 0_usize..3), 0..12)
        ) {
            let item = restaurant();
            let mut draft = Draft::default();
            for (question, choice) in steps {
                let question = &item.questions[question];
                let choice = question.choices.get(choice).map_or("", |c| c.key.as_str());
                draft.enter(&item, &map(&[(&question.key, choice)]), &map(&[])).unwrap();
                let kitchen = draft.answers.get("kitchen").map(String::as_str);
                prop_assert!(kitchen == Some("yes") || !draft.answers.contains_key("cold"));
                let asked_open = draft.open(&item, &BTreeSet::new()).iter().filter(|p| p.about == OpenAbout::Question).count();
                let asked = if kitchen == Some("yes") { 3 } else { 2 };
                prop_assert_eq!(asked_open + draft.answers.len(), asked);
            }
        }
    }
}
