//! “Try it”: answers, and what then applies.

use domain::catalogue::situations::{Answers, Situations};
use protocol::catalogue::{Department, Item};

use crate::pages::words::Words;

/// The panel: questions with what was answered, and what applies.
#[derive(Debug)]
pub struct Situation {
    pub questions: Vec<Asked>,
    pub lists: Vec<Applies>,
    pub package: bool,
}

#[derive(Debug)]
pub struct Asked {
    /// `answer.premises`.
    pub name: String,
    pub text: String,
    /// Value, words, chosen.
    pub choices: Vec<(String, String, bool)>,
}

#[derive(Debug)]
pub struct Applies {
    pub title: &'static str,
    pub names: Vec<String>,
    pub of: usize,
}

impl Situation {
    /// `item` is a package joined with its members, or a single item.
    pub fn new(item: &Item, answers: &Answers, departments: &[Department], w: Words) -> Self {
        let situations = Situations::of(item);
        let counting = situations.counting(answers);
        let applicable = situations.applies(answers);
        let questions = situations
            .asked(answers)
            .into_iter()
            .map(|place| {
                let question = &item.questions[place];
                let chosen = counting.get(&question.key);
                let choices = question.choices.iter().map(|choice| {
                    (choice.key.clone(), choice.text.pick(w.english).to_owned(), chosen == Some(&choice.key))
                });
                Asked {
                    name: format!("answer.{}", question.key),
                    text: question.text.pick(w.english).to_owned(),
                    choices: choices.collect(),
                }
            })
            .collect();
        let department = |code: &str| {
            let known = departments.iter().find(|known| known.code == code);
            known.map_or(code, |known| known.name.pick(w.english)).to_owned()
        };
        let list = |title, places: &[usize], of: usize, name: &dyn Fn(usize) -> String| Applies {
            title,
            names: places.iter().map(|place| name(*place)).collect(),
            of,
        };
        let lists = vec![
            list(w.section_documents(), &applicable.documents, item.documents.len(), &|place| {
                item.documents[place].name.pick(w.english).to_owned()
            }),
            list(w.section_branches(), &applicable.branches, item.branches.len(), &|place| {
                department(&item.branches[place].department)
            }),
            list(w.section_fees(), &applicable.fees, item.fees.len(), &|place| {
                item.fees[place].name.pick(w.english).to_owned()
            }),
            list(w.section_form(), &applicable.fields, item.form.len(), &|place| {
                item.form[place].name.pick(w.english).to_owned()
            }),
        ];
        Situation { questions, lists, package: !item.members.is_empty() }
    }
}
