//! Where a visit stands.

use protocol::case::Progress;
use protocol::catalogue::Item;
use protocol::problem::Problem;
use protocol::queue::{TakeTicket, Ticket};

use crate::shelf::Grouping;
use crate::taking::TicketPaper;

#[derive(Debug, Clone)]
pub enum Stage {
    Idle,
    Groups(Grouping),
    Items { grouping: Grouping, group: String },
    Search(Search),
    Guide(GuidePage),
    Identify(IdentityStep),
    Taking(TakingStep),
    Done(Possession),
    Progress(Ask),
}

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Characters taken over from the candidates.
    pub characters: String,
    /// Letters typed since.
    pub letters: String,
}

impl Search {
    /// More than the longest name needs in initials.
    pub const MOST_LETTERS: usize = 24;

    pub fn query(&self) -> String {
        format!("{}{}", self.characters, self.letters)
    }

    pub fn letter(&mut self, letter: char) {
        if letter.is_ascii_alphabetic() && self.letters.len() < Self::MOST_LETTERS {
            self.letters.push(letter.to_ascii_lowercase());
        }
    }

    /// Takes the last letter away, or else the last character.
    pub fn erase(&mut self) {
        if self.letters.pop().is_none() {
            self.characters.pop();
        }
    }

    /// Takes a candidate over: the letters stood for it.
    pub fn candidate(&mut self, word: &str) {
        self.characters.push_str(word);
        self.letters.clear();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuidePaper {
    None,
    Printing,
    Printed,
    Failed,
}

#[derive(Debug, Clone)]
pub struct GuidePage {
    pub item: Box<Item>,
    pub paper: GuidePaper,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Card,
    Phone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityProblem {
    Phone,
    CardUnreadable,
    CardNumber,
    CardExpired,
}

#[derive(Clone)]
pub struct IdentityStep {
    pub item: Box<Item>,
    pub way: Way,
    /// Of the phone number, as typed.
    pub digits: String,
    pub problem: Option<IdentityProblem>,
}

impl std::fmt::Debug for IdentityStep {
    /// Without the digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityStep").field("item", &self.item.code).field("way", &self.way).finish_non_exhaustive()
    }
}

impl IdentityStep {
    /// A mainland mobile number's digits.
    pub const DIGITS: usize = 11;

    /// `138 0013 8000`, as one reads it out.
    pub fn grouped(&self) -> String {
        let mut grouped = String::new();
        for (i, digit) in self.digits.chars().enumerate() {
            if i == 3 || i == 7 {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// Why there is no ticket.
#[derive(Debug, Clone, PartialEq)]
pub enum NoTicket {
    /// It is not known whether there is one: the same key may be sent again.
    Unanswered,
    Refused(Box<Problem>),
    /// The kiosk's own disk.
    NotKept,
}

#[derive(Clone)]
pub struct TakingStep {
    pub item: Box<Item>,
    pub request: TakeTicket,
    pub refusal: Option<NoTicket>,
}

impl std::fmt::Debug for TakingStep {
    /// Without the person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TakingStep")
            .field("item", &self.item.code)
            .field("refusal", &self.refusal)
            .finish_non_exhaustive()
    }
}

/// The ticket in the person's hands, or at least on their screen.
#[derive(Debug, Clone)]
pub struct Possession {
    pub ticket: Box<Ticket>,
    pub paper: TicketPaper,
}

/// A question about progress.
#[derive(Clone)]
pub enum Ask {
    /// Waits for a card or a code.
    Waiting {
        problem: Option<IdentityProblem>,
    },
    Looking,
    Found {
        cases: Vec<Progress>,
        selected: usize,
    },
    Nothing,
    ServerAway,
}

impl std::fmt::Debug for Ask {
    /// Without the cases.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Ask::Waiting { .. } => "Waiting",
            Ask::Looking => "Looking",
            Ask::Found { .. } => "Found",
            Ask::Nothing => "Nothing",
            Ask::ServerAway => "ServerAway",
        })
    }
}
