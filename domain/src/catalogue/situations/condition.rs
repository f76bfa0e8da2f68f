//! One condition: CEL (Common Expression Language) over `answers`, in the part of the language that a condition needs.
//!
//! `==`, `!=`, `in`, `&&`, `||`, `!`, `c ? a : b` and `has(answers.key)` over answers, texts and lists of texts. There are no
//! loops, functions or numbers, so a condition costs no more than its length; text that says more is refused with a sentence.
//!
//! An answer that is not there decides nothing: as in CEL, what depends on it is undecided, `false && undecided` is false,
//! `true || undecided` is true, and an undecided condition does not hold. So neither `answers.premises == "rented"` nor
//! `answers.premises != "rented"` holds before the question is answered. `has(answers.premises)` asks whether it is.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use protocol::catalogue::{Question, Text};
use thiserror::Error;

/// The longest condition, in characters. A hand-written one has some dozens.
pub const LONGEST_CONDITION: usize = 600;
/// The deepest nesting of brackets and operators.
const DEEPEST: u16 = 24;

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConditionError {
    #[error("the condition has {0} characters; at most {LONGEST_CONDITION} are allowed")]
    TooLong(usize),
    #[error("the condition is nested too deeply; at most {DEEPEST} levels are allowed")]
    TooDeep,
    #[error("the condition cannot be read from character {0} on")]
    Unreadable(usize),
    #[error("the condition must say yes or no, such as answers.premises == \"rented\"")]
    NotYesOrNo,
    #[error("{0:?} means nothing in a condition; answers are read as answers.KEY, texts stand in quotation marks")]
    UnknownName(String),
    #[error(
        "{0:?} cannot be used in a condition; there are ==, !=, in, &&, ||, !, ?: and has() over answers and texts"
    )]
    NotAllowed(String),
    #[error("there is no question {0:?} before this")]
    UnknownQuestion(String),
    #[error("the question {question:?} has no choice {choice:?}")]
    UnknownChoice { question: String, choice: String },
}

impl ConditionError {
    /// The sentence for whoever wrote the condition.
    pub fn sentence(&self) -> Text {
        let zh = match self {
            ConditionError::TooLong(length) => format!("条件有 {length} 个字符，最多 {LONGEST_CONDITION} 个"),
            ConditionError::TooDeep => format!("条件嵌套过深，最多 {DEEPEST} 层"),
            ConditionError::Unreadable(at) => format!("条件从第 {at} 个字符起无法识别"),
            ConditionError::NotYesOrNo => "条件必须能判断是或否，例如 answers.premises == \"rented\"".to_owned(),
            ConditionError::UnknownName(name) => {
                format!("条件中的“{name}”没有含义；答案写作 answers.问题编码，文字要加引号")
            }
            ConditionError::NotAllowed(what) => {
                format!("条件中不能使用“{what}”；可用 ==、!=、in、&&、||、!、?: 和 has()")
            }
            ConditionError::UnknownQuestion(key) => format!("此前没有编码为“{key}”的问题"),
            ConditionError::UnknownChoice { question, choice } => format!("问题“{question}”没有选项“{choice}”"),
        };
        Text { zh, en: self.to_string() }
    }
}

/// A condition that was read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Always(bool),
    Answered(String),
    Equal(Operand, Operand),
    Among(Operand, Vec<Operand>),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operand {
    Answer(String),
    Text(String),
}

impl Condition {
    /// Reads a condition that may ask for answers to `questions` only.
    pub fn compile(text: &str, questions: &[Question]) -> Result<Self, ConditionError> {
        Self::read(text, questions, LONGEST_CONDITION, DEEPEST)
    }

    /// Reads a condition that was put together from several, such as a package's: each of them was within the bounds.
    pub(super) fn compile_joined(text: &str, questions: &[Question]) -> Result<Self, ConditionError> {
        Self::read(text, questions, 20 * LONGEST_CONDITION, 2 * DEEPEST)
    }

    fn read(text: &str, questions: &[Question], longest: usize, deepest: u16) -> Result<Self, ConditionError> {
        let length = text.chars().count();
        if length > longest {
            return Err(ConditionError::TooLong(length));
        }
        measure(text, deepest)?;
        let parser = cel::parser::Parser::new().max_recursion_depth(deepest).error_recovery_limit(1);
        let read = parser.parse(text).map_err(|errors| {
            // Lines and columns are those of the parser; whoever reads the sentence sees one field.
            let (line, column) = errors.errors.first().map_or((1, 0), |error| error.pos);
            ConditionError::Unreadable(place(text, line, column))
        })?;
        let condition = node(&read, deepest)?;
        condition.check(questions)?;
        Ok(Condition(condition))
    }

    /// The condition as text again, with other names for its questions. Read again, it means the same.
    pub fn text(&self, name: &dyn Fn(&str) -> String) -> String {
        let mut text = String::new();
        self.0.write(&mut text, name);
        text
    }

    /// Whether it holds for what was answered.
    pub fn holds(&self, given: &Given<'_>) -> bool {
        self.0.value(given) == Some(true)
    }
}

/// Answers that count, in the order of their questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Given<'a> {
    pub fn add(&mut self, question: &'a str, choice: &'a str) {
        self.0.push((question, choice));
    }

    pub fn get(&self, question: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| *key == question).map(|(_, choice)| *choice)
    }

    /// Forgets what was added after the first `count`.
    pub(super) fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }
}

/// Refuses, before the parser sees them, texts whose nesting it would follow by recursion.
fn measure(text: &str, deepest: u16) -> Result<(), ConditionError> {
    let mut depth = 0_u16;
    for (at, ch) in (1..).zip(text.chars()) {
        match ch {
            '(' | '[' | '{' | '?' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ch if ch.is_control() && ch != '\n' && ch != '\t' => return Err(ConditionError::Unreadable(at)),
            _ => {}
        }
        if depth > deepest {
            return Err(ConditionError::TooDeep);
        }
    }
    Ok(())
}

fn place(text: &str, line: isize, column: isize) -> usize {
    let before = usize::try_from(line - 1).unwrap_or(0);
    let passed: usize = text.split('\n').take(before).map(|line| line.chars().count() + 1).sum();
    (passed + usize::try_from(column).unwrap_or(0)).clamp(1, text.chars().count().max(1))
}

fn node(read: &IdedExpr, depth: u16) -> Result<Node, ConditionError> {
    let depth = depth.checked_sub(1).ok_or(ConditionError::TooDeep)?;
    match &read.expr {
        Expr::Literal(LiteralValue::Boolean(value)) => Ok(Node::Always(*value.inner())),
        Expr::Select(select) if select.test => match operand(read)? {
            Operand::Answer(key) => Ok(Node::Answered(key)),
            Operand::Text(_) => Err(ConditionError::NotYesOrNo),
        },
        Expr::Call(call) => operation(call, depth),
        _ => operand(read).and(Err(ConditionError::NotYesOrNo)),
    }
}

fn operation(call: &CallExpr, depth: u16) -> Result<Node, ConditionError> {
    let boxed = |read| node(read, depth).map(Box::new);
    Ok(match (call.func_name.as_str(), call.target.is_some(), call.args.as_slice()) {
        (operators::LOGICAL_NOT, false, [of]) => Node::Not(boxed(of)?),
        (operators::LOGICAL_AND, false, [a, b]) => Node::And(boxed(a)?, boxed(b)?),
        (operators::LOGICAL_OR, false, [a, b]) => Node::Or(boxed(a)?, boxed(b)?),
        (operators::CONDITIONAL, false, [c, a, b]) => Node::If(boxed(c)?, boxed(a)?, boxed(b)?),
        (operators::EQUALS, false, [a, b]) => Node::Equal(operand(a)?, operand(b)?),
        (operators::NOT_EQUALS, false, [a, b]) => Node::Not(Box::new(Node::Equal(operand(a)?, operand(b)?))),
        (operators::IN, false, [a, b]) => match (&a.expr, &b.expr) {
            (Expr::Literal(LiteralValue::String(key)), Expr::Ident(name)) if name == ANSWERS => {
                Node::Answered(key.inner().to_owned())
            }
            (_, Expr::List(list)) if list.optional_indices.is_empty() => {
                Node::Among(operand(a)?, list.elements.iter().map(operand).collect::<Result<_, _>>()?)
            }
            _ => return Err(ConditionError::NotAllowed("in".to_owned())),
        },
        (operators::INDEX, ..) => {
            operand(&IdedExpr { id: 0, expr: Expr::Call(call.clone()) })?;
            return Err(ConditionError::NotYesOrNo);
        }
        (name, ..) => return Err(ConditionError::NotAllowed(sign(name))),
    })
}

const ANSWERS: &str = "answers";

fn operand(read: &IdedExpr) -> Result<Operand, ConditionError> {
    let is_answers = |read: &IdedExpr| matches!(&read.expr, Expr::Ident(name) if name == ANSWERS);
    match &read.expr {
        Expr::Literal(LiteralValue::String(text)) => Ok(Operand::Text(text.inner().to_owned())),
        Expr::Literal(value) => Err(ConditionError::NotAllowed(literal(value))),
        Expr::Select(select) if is_answers(&select.operand) => Ok(Operand::Answer(select.field.clone())),
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(name) => Err(ConditionError::UnknownName(name.clone())),
            _ => Err(ConditionError::UnknownName(select.field.clone())),
        },
        Expr::Ident(name) if name == ANSWERS => Err(ConditionError::NotYesOrNo),
        Expr::Ident(name) => Err(ConditionError::UnknownName(name.clone())),
        Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::INDEX, [map, key]) if is_answers(map) => match operand(key)? {
                Operand::Text(key) => Ok(Operand::Answer(key)),
                Operand::Answer(_) => Err(ConditionError::NotAllowed("[]".to_owned())),
            },
            (name, _) => Err(ConditionError::NotAllowed(sign(name))),
        },
        Expr::List(_) => Err(ConditionError::NotAllowed("[]".to_owned())),
        Expr::Map(_) | Expr::Struct(_) => Err(ConditionError::NotAllowed("{}".to_owned())),
        Expr::Comprehension(_) => Err(ConditionError::NotAllowed("all/exists/map/filter".to_owned())),
        Expr::Unspecified => Err(ConditionError::Unreadable(1)),
    }
}

/// An operator as it is written: `_+_` is `+`.
fn sign(name: &str) -> String {
    let sign = name.trim_matches(|ch| ch == '_' || ch == '@');
    if sign.is_empty() { name.to_owned() } else { sign.to_owned() }
}

fn literal(value: &LiteralValue) -> String {
    match value {
        LiteralValue::Boolean(value) => value.inner().to_string(),
        LiteralValue::Int(value) => value.inner().to_string(),
        LiteralValue::UInt(value) => value.inner().to_string(),
        LiteralValue::Double(value) => value.inner().to_string(),
        LiteralValue::Bytes(_) => "b\"…\"".to_owned(),
        LiteralValue::Null => "null".to_owned(),
        LiteralValue::String(text) => text.inner().to_owned(),
    }
}

impl Operand {
    fn value<'a>(&'a self, given: &Given<'a>) -> Option<&'a str> {
        match self {
            Operand::Answer(key) => given.get(key),
            Operand::Text(text) => Some(text),
        }
    }

    fn text(&self, name: &dyn Fn(&str) -> String) -> String {
        match self {
            Operand::Answer(key) => {
                let key = name(key);
                if is_plain(&key) { format!("answers.{key}") } else { format!("answers[{}]", quoted(&key)) }
            }
            Operand::Text(text) => quoted(text),
        }
    }

    /// An answer must be to a question there is.
    fn check(&self, questions: &[Question]) -> Result<(), ConditionError> {
        match self {
            Operand::Answer(key) => known(key, questions).map(|_| ()),
            Operand::Text(_) => Ok(()),
        }
    }
}

impl Node {
    /// `None` where it depends on an answer that is not there.
    fn value(&self, given: &Given<'_>) -> Option<bool> {
        match self {
            Node::Always(value) => Some(*value),
            Node::Answered(key) => Some(given.get(key).is_some()),
            Node::Equal(a, b) => Some(a.value(given)? == b.value(given)?),
            Node::Among(a, list) => {
                let sought = a.value(given)?;
                let mut found = false;
                for one in list {
                    // A list with an undecided element is undecided as a whole, as in CEL.
                    found |= one.value(given)? == sought;
                }
                Some(found)
            }
            Node::Not(of) => of.value(given).map(|value| !value),
            Node::And(a, b) => decided_by(false, a, b, given),
            Node::Or(a, b) => decided_by(true, a, b, given),
            Node::If(c, a, b) => {
                if c.value(given)? {
                    a.value(given)
                } else {
                    b.value(given)
                }
            }
        }
    }

    /// Every operator's sides stand in brackets unless they are single tests.
    fn write(&self, text: &mut String, name: &dyn Fn(&str) -> String) {
        match self {
            Node::Always(value) => text.push_str(if *value { "true" } else { "false" }),
            Node::Answered(key) => {
                text.push_str(&quoted(&name(key)));
                text.push_str(" in answers");
            }
            Node::Equal(a, b) => text.push_str(&format!("{} == {}", a.text(name), b.text(name))),
            Node::Among(a, list) => {
                let list: Vec<String> = list.iter().map(|one| one.text(name)).collect();
                text.push_str(&format!("{} in [{}]", a.text(name), list.join(", ")));
            }
            Node::Not(of) => match &**of {
                Node::Equal(a, b) => text.push_str(&format!("{} != {}", a.text(name), b.text(name))),
                of => {
                    text.push('!');
                    of.write_side(text, name);
                }
            },
            Node::And(a, b) => Self::write_sides(text, name, [(a, " && "), (b, "")]),
            Node::Or(a, b) => Self::write_sides(text, name, [(a, " || "), (b, "")]),
            Node::If(c, a, b) => Self::write_sides(text, name, [(c, " ? "), (a, " : "), (b, "")]),
        }
    }

    fn write_sides<const N: usize>(text: &mut String, name: &dyn Fn(&str) -> String, sides: [(&Node, &str); N]) {
        for (side, sign) in sides {
            side.write_side(text, name);
            text.push_str(sign);
        }
    }

    fn write_side(&self, text: &mut String, name: &dyn Fn(&str) -> String) {
        let brackets = !matches!(self, Node::Always(_));
        if brackets {
            text.push('(');
        }
        self.write(text, name);
        if brackets {
            text.push(')');
        }
    }

    fn check(&self, questions: &[Question]) -> Result<(), ConditionError> {
        match self {
            Node::Always(_) => Ok(()),
            Node::Answered(key) => known(key, questions).map(|_| ()),
            Node::Equal(a, b) => check_pair(a, b, questions),
            Node::Among(a, list) => {
                a.check(questions)?;
                list.iter().try_for_each(|one| check_pair(a, one, questions))
            }
            Node::Not(of) => of.check(questions),
            Node::And(a, b) | Node::Or(a, b) => a.check(questions).and_then(|()| b.check(questions)),
            Node::If(c, a, b) => [c, a, b].into_iter().try_for_each(|of| of.check(questions)),
        }
    }
}

/// A key that may stand behind a dot; others stand in brackets.
fn is_plain(key: &str) -> bool {
    const RESERVED: [&str; 21] = [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    ];
    let letters = |ch: char| ch.is_ascii_alphanumeric() || ch == '_';
    key.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_')
        && key.chars().all(letters)
        && !RESERVED.contains(&key)
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

/// `&&` is decided by one false side and `||` by one true side, whatever the other is.
fn decided_by(value: bool, a: &Node, b: &Node, given: &Given<'_>) -> Option<bool> {
    match a.value(given) {
        Some(a) if a == value => Some(value),
        a => match b.value(given) {
            Some(b) if b == value => Some(value),
            b => a.and(b),
        },
    }
}

fn known<'q>(key: &str, questions: &'q [Question]) -> Result<&'q Question, ConditionError> {
    questions.iter().find(|question| question.key == key).ok_or_else(|| ConditionError::UnknownQuestion(key.to_owned()))
}

/// An answer that is compared with a text must be able to be that text.
fn check_pair(a: &Operand, b: &Operand, questions: &[Question]) -> Result<(), ConditionError> {
    a.check(questions)?;
    b.check(questions)?;
    match (a, b) {
        (Operand::Answer(key), Operand::Text(choice)) | (Operand::Text(choice), Operand::Answer(key)) => {
            let question = known(key, questions)?;
            if question.choices.iter().any(|there| there.key == *choice) {
                return Ok(());
            }
            Err(ConditionError::UnknownChoice { question: key.clone(), choice: choice.clone() })
        }
        _ => Ok(()),
    }
}
