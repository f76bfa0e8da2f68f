//! What news from server and devices do.

use protocol::case::ProgressQuery;

use super::stage::NoTicket;
use super::{Ask, GuidePaper, IdentityProblem, Kiosk, News, NoProgress, Possession, Stage, Way};
use crate::devices::DeviceNews;
use crate::server::ServerNews;
use crate::taking::{TakeError, TicketNews};

impl Kiosk {
    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Server(ServerNews::Catalogue(shelf)) => {
                self.surroundings.front = shelf.front_page();
                self.surroundings.shelf = Some(shelf);
            }
            News::Server(ServerNews::Queue(queue)) => {
                self.surroundings.server_away = false;
                self.surroundings.queue = Some(queue);
            }
            News::Server(ServerNews::Away) => self.surroundings.server_away = true,
            News::Printer(condition) => self.surroundings.printer = condition,
            News::Device(news) => self.hear_device(news),
            News::Ticket(news) => self.hear_ticket(news),
            News::GuidePrinted { visit, printed } => {
                if visit == self.visit.number
                    && let Stage::Guide(guide) = &mut self.visit.stage
                {
                    guide.paper = if printed { GuidePaper::Printed } else { GuidePaper::Failed };
                }
            }
            News::Progress { visit, answer } => {
                if visit == self.visit.number
                    && let Stage::Progress(ask @ Ask::Looking) = &mut self.visit.stage
                {
                    *ask = match answer {
                        Ok(cases) if cases.is_empty() => Ask::Nothing,
                        Ok(cases) => Ask::Found { cases, selected: 0 },
                        Err(NoProgress::Unknown) => Ask::Nothing,
                        Err(NoProgress::ServerAway) => Ask::ServerAway,
                    };
                    self.somebody_is_here();
                }
            }
        }
    }

    fn hear_device(&mut self, news: DeviceNews) {
        match news {
            DeviceNews::ReaderConnected => self.surroundings.reader_here = true,
            DeviceNews::ReaderUnplugged => {
                self.surroundings.reader_here = false;
                self.visit.card = None;
            }
            DeviceNews::Card(card) => {
                self.somebody_is_here();
                self.visit.card = Some(card.clone());
                self.use_card(&card);
            }
            DeviceNews::CardLifted => self.visit.card = None,
            DeviceNews::CardUnreadable => match &mut self.visit.stage {
                Stage::Identify(step) if step.way == Way::Card => step.problem = Some(IdentityProblem::CardUnreadable),
                Stage::Progress(Ask::Waiting { problem }) => *problem = Some(IdentityProblem::CardUnreadable),
                _ => {}
            },
            DeviceNews::ScannerConnected => self.surroundings.scanner_here = true,
            DeviceNews::ScannerUnplugged => self.surroundings.scanner_here = false,
            DeviceNews::Scanned(code) => self.scanned(code),
        }
    }

    /// A receipt's code needs no choice on the screen: it says what the person wants.
    fn scanned(&mut self, code: String) {
        self.somebody_is_here();
        match &self.visit.stage {
            Stage::Idle => {
                self.go(Stage::Progress(Ask::Waiting { problem: None }));
                self.ask_progress(ProgressQuery::Code { code });
            }
            Stage::Progress(ask) if !matches!(ask, Ask::Looking) => self.ask_progress(ProgressQuery::Code { code }),
            _ => {}
        }
    }

    fn hear_ticket(&mut self, news: TicketNews) {
        match news {
            TicketNews::Taken { visit, ticket, paper } => {
                if visit == self.visit.number && matches!(self.visit.stage, Stage::Taking(_)) {
                    self.somebody_is_here();
                    // No way back to the identification that gave it.
                    self.visit.earlier.clear();
                    self.replace(Stage::Done(Possession { ticket, paper }));
                }
            }
            TicketNews::NotTaken { visit, error } => {
                if visit == self.visit.number
                    && let Stage::Taking(step) = &mut self.visit.stage
                {
                    step.refusal = Some(match error {
                        TakeError::Unanswered(_) => NoTicket::Unanswered,
                        TakeError::Refused(problem) => NoTicket::Refused(problem),
                        TakeError::NotKept(_) => NoTicket::NotKept,
                    });
                    self.somebody_is_here();
                }
            }
            TicketNews::Paper { visit, paper } => {
                if visit == self.visit.number
                    && let Stage::Done(possession) = &mut self.visit.stage
                {
                    possession.paper = paper;
                    self.somebody_is_here();
                }
            }
            TicketNews::Recovered { visit, ticket, paper } => {
                // Only where nobody else has begun meanwhile.
                if visit == self.visit.number && matches!(self.visit.stage, Stage::Idle) {
                    self.somebody_is_here();
                    self.replace(Stage::Done(Possession { ticket, paper }));
                }
            }
        }
    }
}
