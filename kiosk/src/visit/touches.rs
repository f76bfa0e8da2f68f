//! What a touch does. A touch that has no meaning on the present screen does nothing.

use hardware::Language;
use protocol::catalogue::{IdentityRule, Item};
use protocol::queue::{Identification, TakeTicket};

use super::stage::NoTicket;
use super::{
    Ask, Command, GuidePage, GuidePaper, IdentityProblem, IdentityStep, Kiosk, Search, Stage, TakingStep, Touch, Way,
};
use crate::devices::{CardProblem, ReadCard};
use crate::shelf::Grouping;
use crate::taking::TicketPaper;

impl Kiosk {
    pub(super) fn touch(&mut self, touch: Touch) {
        match touch {
            Touch::Home => self.home(),
            Touch::Back => self.back(),
            Touch::Stay | Touch::Moved => {}
            Touch::SwitchLanguage => {
                self.visit.language = match self.visit.language {
                    Language::Zh => Language::En,
                    Language::En => Language::Zh,
                };
            }
            Touch::SwitchSize => self.visit.large = !self.visit.large,
            Touch::Themes => self.go_from_idle(Stage::Groups(Grouping::Themes)),
            Touch::Departments => self.go_from_idle(Stage::Groups(Grouping::Departments)),
            Touch::Search => self.go_from_idle(Stage::Search(Search::default())),
            Touch::Progress => self.open_progress(),
            Touch::Group(group) => {
                if let Stage::Groups(grouping) = self.visit.stage {
                    self.go(Stage::Items { grouping, group });
                }
            }
            Touch::Item(code) => self.open_guide(&code),
            Touch::Letter(letter) => self.search(|search| search.letter(letter)),
            Touch::Candidate(word) => self.search(|search| search.candidate(&word)),
            Touch::Erase => {
                self.search(Search::erase);
                self.digits(|digits| {
                    digits.pop();
                });
            }
            Touch::Clear => {
                self.search(|search| *search = Search::default());
                self.digits(String::clear);
            }
            Touch::Digit(digit) => self.digits(|digits| {
                if digit.is_ascii_digit() && digits.len() < IdentityStep::DIGITS {
                    digits.push(digit);
                }
            }),
            Touch::PrintGuide => self.print_guide(),
            Touch::TakeTicket => self.open_identify(),
            Touch::ByPhone => self.identify_by(Way::Phone),
            Touch::ByCard => self.identify_by(Way::Card),
            Touch::WithoutIdentification => self.take_without(),
            Touch::Confirm => self.take_by_phone(),
            Touch::Retry => self.retry(),
            Touch::PrintAgain => self.print_again(),
            Touch::Finish => {
                if matches!(self.visit.stage, Stage::Done(_)) {
                    self.end_visit();
                }
            }
            Touch::ShowCase(place) => {
                if let Stage::Progress(Ask::Found { cases, selected }) = &mut self.visit.stage
                    && place < cases.len()
                {
                    *selected = place;
                }
            }
            Touch::AskAgain => {
                if let Stage::Progress(ask @ (Ask::Nothing | Ask::ServerAway)) = &mut self.visit.stage {
                    *ask = Ask::Waiting { problem: None };
                }
            }
        }
    }

    /// True while a ticket is on its way: leaving now would leave it behind.
    fn ticket_is_coming(&self) -> bool {
        matches!(&self.visit.stage, Stage::Taking(step) if step.refusal.is_none())
    }

    fn home(&mut self) {
        if !self.ticket_is_coming() && !matches!(self.visit.stage, Stage::Idle) {
            self.end_visit();
        }
    }

    fn back(&mut self) {
        if self.ticket_is_coming() {
            return;
        }
        // From the phone pad one step back is the choice of ways.
        if let Stage::Identify(step) = &mut self.visit.stage
            && step.way == Way::Phone
        {
            step.way = Way::Card;
            step.digits.clear();
            step.problem = None;
            return;
        }
        // Whoever has a ticket is done: behind it lies the identification that gave it.
        if matches!(self.visit.stage, Stage::Done(_)) {
            return self.end_visit();
        }
        match self.visit.earlier.pop() {
            Some(Stage::Idle) | None => self.home(),
            Some(stage) => {
                if matches!(self.visit.stage, Stage::Taking(_)) {
                    self.commands.push(Command::Leave { visit: self.visit.number });
                }
                self.visit.stage = stage;
            }
        }
    }

    fn go_from_idle(&mut self, stage: Stage) {
        if matches!(self.visit.stage, Stage::Idle) && self.surroundings.shelf.is_some() {
            self.go(stage);
        }
    }

    fn open_guide(&mut self, code: &str) {
        if !matches!(self.visit.stage, Stage::Idle | Stage::Items { .. } | Stage::Search(_)) {
            return;
        }
        if let Some(item) = self.item(code) {
            self.go(Stage::Guide(GuidePage { item, paper: GuidePaper::None }));
        }
    }

    fn search(&mut self, change: impl FnOnce(&mut Search)) {
        if let Stage::Search(search) = &mut self.visit.stage {
            change(search);
        }
    }

    fn digits(&mut self, change: impl FnOnce(&mut String)) {
        if let Stage::Identify(step) = &mut self.visit.stage
            && step.way == Way::Phone
        {
            change(&mut step.digits);
            step.problem = None;
        }
    }

    fn print_guide(&mut self) {
        let language = self.visit.language;
        let Some(shelf) = self.surroundings.shelf.clone() else { return };
        if let Stage::Guide(guide) = &mut self.visit.stage
            && self.settings.has_printer
            && matches!(guide.paper, GuidePaper::None | GuidePaper::Failed)
        {
            guide.paper = GuidePaper::Printing;
            let slip = Box::new(crate::slips::guide(&guide.item, &shelf, language));
            self.commands.push(Command::PrintGuide { visit: self.visit.number, slip });
        }
    }

    fn open_identify(&mut self) {
        let Stage::Guide(guide) = &self.visit.stage else { return };
        if !self.may_take(&guide.item) {
            return;
        }
        let step = IdentityStep { item: guide.item.clone(), way: Way::Card, digits: String::new(), problem: None };
        self.go(Stage::Identify(step));
        // Whoever put the card down early need not lift it again.
        if let Some(card) = self.visit.card.clone() {
            self.use_card(&card);
        }
    }

    fn identify_by(&mut self, way: Way) {
        if let Stage::Identify(step) = &mut self.visit.stage
            && (way == Way::Card || phone_allowed(&step.item))
        {
            step.way = way;
            step.problem = None;
            step.digits.clear();
        }
    }

    fn take_without(&mut self) {
        if let Stage::Identify(step) = &self.visit.stage
            && none_allowed(&step.item)
        {
            self.take(step.item.clone(), Identification::Anonymous);
        }
    }

    fn take_by_phone(&mut self) {
        let Stage::Identify(step) = &mut self.visit.stage else { return };
        if step.way != Way::Phone || !phone_allowed(&step.item) {
            return;
        }
        match domain::identity::check_phone(&step.digits) {
            Some(phone) => {
                let item = step.item.clone();
                self.take(item, Identification::Phone { phone });
            }
            None => step.problem = Some(IdentityProblem::Phone),
        }
    }

    /// A card was read, or lay there already: the present screen may be waiting for it.
    pub(super) fn use_card(&mut self, card: &ReadCard) {
        let problem = card.check(self.now.civil.date()).err().map(|problem| match problem {
            CardProblem::Number => IdentityProblem::CardNumber,
            CardProblem::Expired => IdentityProblem::CardExpired,
        });
        match &mut self.visit.stage {
            // A card is plain enough, even while the phone pad is open.
            Stage::Identify(step) => match problem {
                Some(problem) => {
                    step.way = Way::Card;
                    step.problem = Some(problem);
                }
                None => {
                    let item = step.item.clone();
                    self.take(item, card.identification());
                }
            },
            Stage::Progress(Ask::Waiting { problem: shown }) => match problem {
                Some(problem) => *shown = Some(problem),
                None => self.ask_progress(protocol::case::ProgressQuery::Card { id_number: card.id_number.clone() }),
            },
            Stage::Progress(Ask::Nothing | Ask::ServerAway) if problem.is_none() => {
                self.ask_progress(protocol::case::ProgressQuery::Card { id_number: card.id_number.clone() });
            }
            _ => {}
        }
    }

    fn take(&mut self, item: Box<Item>, identification: Identification) {
        let request = TakeTicket {
            item: item.code.clone(),
            identification,
            language: self.visit.language.pick("zh", "en").to_owned(),
        };
        self.commands.push(Command::Take { visit: self.visit.number, request: request.clone() });
        self.go(Stage::Taking(TakingStep { item, request, refusal: None }));
    }

    fn retry(&mut self) {
        if let Stage::Taking(step) = &mut self.visit.stage {
            let command = match &step.refusal {
                Some(NoTicket::Unanswered) => Command::Retry { visit: self.visit.number },
                Some(NoTicket::NotKept) => Command::Take { visit: self.visit.number, request: step.request.clone() },
                _ => return,
            };
            step.refusal = None;
            self.commands.push(command);
        }
    }

    fn print_again(&mut self) {
        if let Stage::Done(possession) = &mut self.visit.stage
            && possession.paper == TicketPaper::Offered
        {
            possession.paper = TicketPaper::Printing;
            self.commands.push(Command::PrintAgain { visit: self.visit.number });
        }
    }

    fn open_progress(&mut self) {
        if !matches!(self.visit.stage, Stage::Idle) {
            return;
        }
        self.go(Stage::Progress(Ask::Waiting { problem: None }));
        if let Some(card) = self.visit.card.clone() {
            self.use_card(&card);
        }
    }

    pub(super) fn ask_progress(&mut self, query: protocol::case::ProgressQuery) {
        self.commands.push(Command::AskProgress { visit: self.visit.number, query, language: self.visit.language });
        self.replace(Stage::Progress(Ask::Looking));
    }
}

/// A phone number is enough for the item.
pub(crate) fn phone_allowed(item: &Item) -> bool {
    item.identity != IdentityRule::Card
}

/// The item needs no identification.
pub(crate) fn none_allowed(item: &Item) -> bool {
    item.identity == IdentityRule::Optional
}
