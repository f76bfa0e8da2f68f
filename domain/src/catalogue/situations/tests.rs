//! The restaurant's questions, and arbitrary text as a condition; cel's own interpreter is the oracle.

use std::collections::HashMap;

use cel::{Context, Program, Value};
use proptest::prelude::*;
use protocol::catalogue::{BranchRule, Choice, Fee, FormField, Item, Question, RequiredDocument, Text};

use super::condition::{Condition, ConditionError, Given, LONGEST_CONDITION};
use super::*;

fn question(key: &str, choices: &[&str], when: &str) -> Question {
    let choice = |key: &&str| Choice { key: (*key).to_owned(), text: Text::new(*key, "") };
    Question {
        key: key.to_owned(),
        text: Text::new(format!("{key}?"), format!("Which {key}?")),
        choices: choices.iter().map(choice).collect(),
        when: when.to_owned(),
    }
}

fn restaurant() -> Item {
    let document = |key: &str, when: &str| RequiredDocument {
        key: key.to_owned(),
        when: when.to_owned(),
        ..RequiredDocument::default()
    };
    Item {
        questions: vec![
            question("premises", &["owned", "rented"], ""),
            question("landlord", &["person", "company"], r#"answers.premises == "rented""#),
            question("floor-area", &["small", "large"], ""),
        ],
        documents: vec![
            document("licence", ""),
            document("lease", r#"answers.premises == "rented""#),
            document("landlord-licence", r#"answers.landlord == "company""#),
            document("fire-report", r#"answers["floor-area"] == "large""#),
        ],
        fees: vec![Fee { when: r#"answers["floor-area"] != "small""#.to_owned(), ..Fee::default() }],
        form: vec![FormField {
            key: "area".to_owned(),
            when: r#"has(answers.landlord)"#.to_owned(),
            ..FormField::default()
        }],
        branches: vec![
            BranchRule::of("health"),
            BranchRule { when: r#"answers["floor-area"] in ["large"]"#.to_owned(), ..BranchRule::of("fire") },
        ],
        ..Item::default()
    }
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(key, choice)| ((*key).to_owned(), (*choice).to_owned())).collect()
}

fn keys<'a>(questions: &[&'a Question]) -> Vec<&'a str> {
    questions.iter().map(|question| question.key.as_str()).collect()
}

#[test]
fn a_question_is_asked_once_the_answer_before_it_calls_for_it() {
    let item = restaurant();
    assert_eq!(keys(&asked(&item, &answers(&[]))), ["premises", "floor-area"]);
    assert_eq!(keys(&asked(&item, &answers(&[("premises", "rented")]))), ["premises", "landlord", "floor-area"]);
    assert_eq!(keys(&asked(&item, &answers(&[("premises", "owned")]))), ["premises", "floor-area"]);
}

#[test]
fn what_applies_follows_the_answers() {
    let item = restaurant();
    let rented = answers(&[("premises", "rented"), ("landlord", "company"), ("floor-area", "large")]);
    let all = Applicable { documents: vec![0, 1, 2, 3], fees: vec![0], fields: vec![0], branches: vec![0, 1] };
    assert_eq!(applies(&item, &rented), all);
    let owned = answers(&[("premises", "owned"), ("floor-area", "small")]);
    let few = Applicable { documents: vec![0], branches: vec![0], ..Applicable::default() };
    assert_eq!(applies(&item, &owned), few);
}

#[test]
fn an_answer_to_a_question_that_is_no_longer_asked_does_not_count() {
    let item = restaurant();
    let changed = answers(&[("premises", "owned"), ("landlord", "company"), ("floor-area", "small")]);
    assert_eq!(applies(&item, &changed).documents, [0]);
    assert_eq!(applies(&item, &changed).fields, [] as [usize; 0]);
    assert_eq!(check_answers(&item, &changed), Ok(()));
    assert_eq!(Situations::of(&item).counting(&changed), answers(&[("premises", "owned"), ("floor-area", "small")]));
}

#[test]
fn before_an_answer_neither_a_condition_nor_its_opposite_holds() {
    let item = restaurant();
    let none = applies(&item, &answers(&[]));
    assert_eq!(none, Applicable { documents: vec![0], branches: vec![0], ..Applicable::default() });
    let wrong = answers(&[("floor-area", "enormous")]);
    assert_eq!(applies(&item, &wrong).fees, [] as [usize; 0], "a choice that is not there is no answer");
}

#[test]
fn answers_are_refused_with_every_fault_named() {
    let item = restaurant();
    let bad = answers(&[("premises", "rented"), ("floor-area", "enormous"), ("weather", "rain")]);
    let unknown_choice =
        AnswerError::UnknownChoice { question: "floor-area".to_owned(), choice: "enormous".to_owned() };
    let missing = AnswerError::Missing("landlord".to_owned());
    assert_eq!(missing.sentence(&item), Text::new("请回答：landlord?", "Please answer: Which landlord?"));
    assert_eq!(
        check_answers(&item, &bad),
        Err(vec![unknown_choice, AnswerError::UnknownQuestion("weather".to_owned()), missing])
    );
    let good = answers(&[("premises", "rented"), ("landlord", "person"), ("floor-area", "small")]);
    assert_eq!(check_answers(&item, &good), Ok(()));
}

#[test]
fn a_condition_that_cannot_be_read_leaves_nothing_out() {
    let mut item = restaurant();
    item.branches[1].when = "answers.weather == 'rain'".to_owned();
    item.documents[3].when = "((((".to_owned();
    let applied = applies(&item, &answers(&[]));
    assert_eq!((applied.documents, applied.branches), (vec![0, 3], vec![0, 1]));
}

#[test]
fn a_text_that_is_no_condition_is_refused_with_its_reason() {
    let questions = restaurant().questions;
    let refused = |text: &str| match Condition::compile(text, &questions) {
        Ok(read) => panic!("{text} was read as {read:?}"),
        Err(error) => {
            let sentence = error.sentence();
            assert!(!sentence.zh.is_empty() && !sentence.en.is_empty());
            error
        }
    };
    let name = |name: &str| ConditionError::UnknownName(name.to_owned());
    let sign = |sign: &str| ConditionError::NotAllowed(sign.to_owned());
    assert_eq!(refused("answers.weather == \"rain\""), ConditionError::UnknownQuestion("weather".to_owned()));
    assert_eq!(
        refused("answers.premises == \"borrowed\""),
        ConditionError::UnknownChoice { question: "premises".to_owned(), choice: "borrowed".to_owned() }
    );
    assert_eq!(refused("answers.premises in [\"owned\", \"lent\"] "), {
        ConditionError::UnknownChoice { question: "premises".to_owned(), choice: "lent".to_owned() }
    });
    assert_eq!(refused("\"weather\" in answers"), ConditionError::UnknownQuestion("weather".to_owned()));
    assert_eq!(refused("answers.premises"), ConditionError::NotYesOrNo);
    assert_eq!(refused("answers"), ConditionError::NotYesOrNo);
    assert_eq!(refused("\"rented\""), ConditionError::NotYesOrNo);
    assert_eq!(refused("!answers.premises"), ConditionError::NotYesOrNo);
    assert_eq!(refused("premises == \"rented\""), name("premises"));
    assert_eq!(refused("answers.floor-area == \"large\""), sign("-"), "a key with a dash stands in brackets");
    assert_eq!(refused("answers.premises == 1"), sign("1"));
    assert_eq!(refused("answers.premises > \"a\""), sign(">"));
    assert_eq!(refused("size(answers) == 1"), sign("size"));
    assert_eq!(refused("answers.premises.matches(\"(a+)+\")"), sign("matches"));
    assert_eq!(refused("[1, 2].all(x, x > 0)"), sign("all/exists/map/filter"));
    assert_eq!(refused("answers.premises == "), ConditionError::Unreadable(20));
    assert_eq!(refused("answers.premises = \"rented\""), ConditionError::Unreadable(18));
    assert_eq!(refused(&"(".repeat(100)), ConditionError::TooDeep);
    assert_eq!(refused(&"!".repeat(500)), ConditionError::Unreadable(500));
    let long = format!("answers.premises == \"{}\"", "租".repeat(LONGEST_CONDITION));
    assert!(matches!(refused(&long), ConditionError::TooLong(_)));
}

/// What cel's interpreter makes of the same text and answers: an error is "not held".
fn oracle(text: &str, answers: &Answers) -> bool {
    let program = Program::compile(text).expect("the oracle reads what we read");
    let mut context = Context::default();
    let map: HashMap<String, Value> =
        answers.iter().map(|(key, choice)| (key.clone(), Value::from(choice.as_str()))).collect();
    context.add_variable_from_value("answers", map);
    program.execute(&context) == Ok(Value::Bool(true))
}

fn condition() -> impl Strategy<Value = String> {
    let key = prop_oneof![Just("premises"), Just("landlord")];
    let operand = |key: &str, at: u8| match (key, at) {
        (key, 0) => format!("answers.{key}"),
        (key, 1) => format!("answers[\"{key}\"]"),
        ("premises", 2) => "\"owned\"".to_owned(),
        ("premises", _) => "'rented'".to_owned(),
        (_, 2) => "\"person\"".to_owned(),
        (_, _) => "'company'".to_owned(),
    };
    let leaf = (key, 0_u8..4, 0_u8..4, 0_u8..6).prop_map(move |(key, a, b, form)| {
        let (a, b) = (operand(key, a), operand(key, b));
        match form {
            0 => format!("{a} == {b}"),
            1 => format!("{a} != {b}"),
            2 => format!("{a} in [{b}, answers.{key}]"),
            3 => format!("{a} in [{b}]"),
            4 => format!("has(answers.{key})"),
            _ => format!("'{key}' in answers"),
        }
    });
    leaf.prop_recursive(4, 24, 3, |inner| {
        (inner.clone(), inner.clone(), inner, 0_u8..5).prop_map(|(a, b, c, form)| match form {
            0 => format!("({a}) && ({b})"),
            1 => format!("({a}) || ({b})"),
            2 => format!("!({a})"),
            3 => format!("({a}) ? ({b}) : ({c})"),
            _ => format!("({a}) || ({b}) && ({c})"),
        })
    })
}

fn some_answers() -> impl Strategy<Value = Answers> {
    let one = |key: &'static str, choices: &'static [&'static str]| {
        proptest::option::of(proptest::sample::select(choices)).prop_map(move |choice| choice.map(|c| (key, c)))
    };
    (one("premises", &["owned", "rented"]), one("landlord", &["person", "company"]))
        .prop_map(|(a, b)| answers(&a.into_iter().chain(b).collect::<Vec<_>>()))
}

proptest! {
    #[test]
    fn a_condition_means_what_cel_means_by_it(text in condition(), given in some_answers()) {
        let mut questions = restaurant().questions;
        questions[1].when.clear();
        match Condition::compile(&text, &questions) {
            Ok(read) => {
                let mut pairs = Given::default();
                for (key, choice) in &given {
                    pairs.add(key, choice);
                }
                prop_assert_eq!(read.holds(&pairs), oracle(&text, &given), "{} with {:?}", text, given);
                let written = read.text(&str::to_owned);
                if written.chars().count() <= LONGEST_CONDITION {
                    prop_assert_eq!(oracle(&written, &given), oracle(&text, &given), "{} became {}", text, written);
                }
            }
            Err(ConditionError::TooLong(_) | ConditionError::TooDeep) => {}
            Err(error) => prop_assert!(false, "{}: {}", text, error),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = Condition::compile(&text, &restaurant().questions);
    }

    #[test]
    fn any_jumble_of_signs_is_read_or_refused(words in proptest::collection::vec(proptest::sample::select(&[
        "answers", ".", "premises", "[", "]", "(", ")", "\"rented\"", "'", "\"", "==", "!=", "in", "&&", "||", "!", "?", ":",
        "has", ",", "{", "}", "true", "-", "1", "1u", "0x", "1e9", "r'", "b'", "\\", "\n", "租", "`", "//", "all", "x", "%", "null",
    ][..]), 0..60)) {
        for glue in ["", " "] {
            let _ = Condition::compile(&words.join(glue), &restaurant().questions);
        }
    }

    #[test]
    fn no_answers_make_the_rules_fail(keys in proptest::collection::vec(("\\PC{0,8}", "\\PC{0,8}"), 0..5)) {
        let item = restaurant();
        let given: Answers = keys.into_iter().collect();
        let applied = applies(&item, &given);
        prop_assert!(applied.documents.iter().all(|place| *place < item.documents.len()));
        prop_assert_eq!(Situations::of(&item).applies(&Situations::of(&item).counting(&given)), applied);
    }

    /// Found another way: every choice and “no answer” of every question, kept where nothing is missing and all of it counts.
    #[test]
    fn the_combinations_are_all_complete_answers_and_each_once(second in condition(), third in condition()) {
        let mut item = restaurant();
        item.questions[1].when = second.replace("landlord", "premises").replace("person", "owned").replace("company", "rented");
        item.questions[2].when = third;
        let situations = Situations::of(&item);
        let mut visited: Vec<Answers> = Vec::new();
        let _ = situations.each_combination(&mut |given, applicable| {
            let answers: Answers = given.iter().map(|(key, choice)| (key.to_owned(), choice.to_owned())).collect();
            assert_eq!(applicable, situations.applies(&answers));
            visited.push(answers);
            ControlFlow::Continue(())
        });
        let mut all: Vec<Answers> = vec![Answers::new()];
        for question in &item.questions {
            let longer = all.iter().flat_map(|answers| {
                question.choices.iter().map(|choice| {
                    let mut answers = answers.clone();
                    answers.insert(question.key.clone(), choice.key.clone());
                    answers
                })
            });
            let longer: Vec<Answers> = longer.collect();
            all.extend(longer);
        }
        all.retain(|answers| situations.check(answers).is_ok() && situations.counting(answers) == *answers);
        all.sort();
        visited.sort();
        prop_assert_eq!(visited, all);
    }
}
