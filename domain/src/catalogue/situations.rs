//! Situations (情形): which questions a person is asked, and what then applies of an item: documents, fees, form fields, branches.
//!
//! Questions are asked in their order. An answer counts only while its question is asked: whoever goes back and answers
//! differently leaves no answer behind that a later condition could see. A condition over a question without an answer does
//! not hold; see [`condition`].

pub mod condition;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use protocol::catalogue::{Item, Question, Text};
use thiserror::Error;

use self::condition::{Condition, ConditionError, Given};

/// Question's key → choice's key.
pub type Answers = BTreeMap<String, String>;

/// What is wrong with a person's answers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    #[error("there is no question {0:?}")]
    UnknownQuestion(String),
    #[error("the question {question:?} has no choice {choice:?}")]
    UnknownChoice { question: String, choice: String },
    #[error("the question {0:?} has not been answered")]
    Missing(String),
}

impl AnswerError {
    /// The sentence for whoever answers; a missing answer is named by the question's own words.
    pub fn sentence(&self, item: &Item) -> Text {
        match self {
            AnswerError::UnknownQuestion(key) => Text::new(format!("没有编码为“{key}”的问题"), self.to_string()),
            AnswerError::UnknownChoice { question, choice } => {
                Text::new(format!("问题“{question}”没有选项“{choice}”"), self.to_string())
            }
            AnswerError::Missing(key) => {
                let asked = item.questions.iter().find(|question| question.key == *key).map(|question| &question.text);
                let (zh, en) = asked.map_or((key.as_str(), key.as_str()), |text| (text.pick(false), text.pick(true)));
                Text::new(format!("请回答：{zh}"), format!("Please answer: {en}"))
            }
        }
    }
}

/// What applies of an item, as places in its lists, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applicable {
    pub documents: Vec<usize>,
    pub fees: Vec<usize>,
    /// Of [`Item::form`].
    pub fields: Vec<usize>,
    pub branches: Vec<usize>,
}

/// An item's conditions, read once. Made from one item, it answers for that item only.
#[derive(Debug, Clone)]
pub struct Situations {
    questions: Vec<Asked>,
    documents: Vec<When>,
    fees: Vec<When>,
    fields: Vec<When>,
    branches: Vec<When>,
}

#[derive(Debug, Clone)]
struct Asked {
    key: String,
    choices: Vec<String>,
    when: When,
}

/// `None`: always.
type When = Option<Condition>;

impl Situations {
    /// Reads the item's conditions. One that cannot be read (no published version has one) counts as none: nothing is left out
    /// for it, neither a paper nor a department's review.
    pub fn of(item: &Item) -> Self {
        let all = item.questions.as_slice();
        let when = |text: &str, questions: &[Question]| {
            if text.trim().is_empty() { None } else { Condition::compile_joined(text, questions).ok() }
        };
        Situations {
            questions: (0..)
                .zip(all)
                .map(|(place, question)| Asked {
                    key: question.key.clone(),
                    choices: question.choices.iter().map(|choice| choice.key.clone()).collect(),
                    when: when(&question.when, &all[..place]),
                })
                .collect(),
            documents: item.documents.iter().map(|document| when(&document.when, all)).collect(),
            fees: item.fees.iter().map(|fee| when(&fee.when, all)).collect(),
            fields: item.form.iter().map(|field| when(&field.when, all)).collect(),
            branches: item.branches.iter().map(|branch| when(&branch.when, all)).collect(),
        }
    }

    /// Places of the questions that are asked, given these answers: those answered and those still open.
    pub fn asked(&self, answers: &Answers) -> Vec<usize> {
        self.walk(answers).0
    }

    /// The answers that count: to questions that are asked, with choices that there are. This is what a case keeps.
    pub fn counting(&self, answers: &Answers) -> Answers {
        self.walk(answers).1.iter().map(|(key, choice)| (key.to_owned(), choice.to_owned())).collect()
    }

    /// Every question asked is answered, by a choice it has, and nothing else is answered than what the item has.
    pub fn check(&self, answers: &Answers) -> Result<(), Vec<AnswerError>> {
        let mut errors: Vec<AnswerError> = Vec::new();
        for (key, choice) in answers {
            match self.questions.iter().find(|question| question.key == *key) {
                None => errors.push(AnswerError::UnknownQuestion(key.clone())),
                Some(question) if !question.choices.contains(choice) => {
                    errors.push(AnswerError::UnknownChoice { question: key.clone(), choice: choice.clone() });
                }
                Some(_) => {}
            }
        }
        let asked = self.asked(answers).into_iter().map(|place| &self.questions[place].key);
        errors.extend(asked.filter(|key| !answers.contains_key(*key)).map(|key| AnswerError::Missing(key.clone())));
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// What applies, given these answers.
    pub fn applies(&self, answers: &Answers) -> Applicable {
        self.applies_for(&self.walk(answers).1)
    }

    fn walk<'a>(&'a self, answers: &'a Answers) -> (Vec<usize>, Given<'a>) {
        let mut asked = Vec::with_capacity(self.questions.len());
        let mut given = Given::default();
        for (place, question) in (0..).zip(&self.questions) {
            if holds(&question.when, &given) {
                asked.push(place);
                if let Some(choice) = answers.get(&question.key).filter(|choice| question.choices.contains(choice)) {
                    given.add(&question.key, choice);
                }
            }
        }
        (asked, given)
    }

    /// Every combination of answers that a person can give, with what then applies, until `visit` says stop. How many there are
    /// grows with the choices' product, so `visit` counts.
    pub(super) fn each_combination<'a>(
        &'a self,
        visit: &mut impl FnMut(&Given<'a>, Applicable) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.combine(0, &mut Given::default(), visit)
    }

    fn combine<'a>(
        &'a self,
        from: usize,
        given: &mut Given<'a>,
        visit: &mut impl FnMut(&Given<'a>, Applicable) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let next = (from..).zip(&self.questions[from..]).find(|(_, question)| holds(&question.when, given));
        let Some((place, question)) = next else { return visit(given, self.applies_for(given)) };
        let answered = given.len();
        for choice in &question.choices {
            given.add(&question.key, choice);
            let on = self.combine(place + 1, given, visit);
            given.truncate(answered);
            on?;
        }
        ControlFlow::Continue(())
    }

    fn applies_for(&self, given: &Given<'_>) -> Applicable {
        Applicable {
            documents: places(&self.documents, given),
            fees: places(&self.fees, given),
            fields: places(&self.fields, given),
            branches: places(&self.branches, given),
        }
    }
}

/// The questions a person is asked, given the answers so far.
pub fn asked<'i>(item: &'i Item, answers: &Answers) -> Vec<&'i Question> {
    Situations::of(item).asked(answers).into_iter().map(|place| &item.questions[place]).collect()
}

/// Whether all that is asked is answered, and nothing that is not there.
pub fn check_answers(item: &Item, answers: &Answers) -> Result<(), Vec<AnswerError>> {
    Situations::of(item).check(answers)
}

/// What applies of an item, given these answers. Whoever asks often keeps [`Situations`].
pub fn applies(item: &Item, answers: &Answers) -> Applicable {
    Situations::of(item).applies(answers)
}

/// Reads a condition; the empty text is none, which is always.
pub fn compile(text: &str, questions: &[Question]) -> Result<Option<Condition>, ConditionError> {
    if text.trim().is_empty() { Ok(None) } else { Condition::compile(text, questions).map(Some) }
}

fn holds(when: &When, given: &Given<'_>) -> bool {
    when.as_ref().is_none_or(|condition| condition.holds(given))
}

fn places(conditions: &[When], given: &Given<'_>) -> Vec<usize> {
    (0..).zip(conditions).filter(|(_, when)| holds(when, given)).map(|(place, _)| place).collect()
}
