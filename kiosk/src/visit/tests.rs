//! Stories of visits, without a window.

use std::sync::Arc;
use std::time::Duration;

use hardware::Language;
use jiff::civil::date;
use protocol::case::ProgressQuery;
use protocol::problem::{Code, Problem};
use protocol::queue::{CardKind, Identification, TakeTicket};

use super::stage::NoTicket;
use super::*;
use crate::clock::Moment;
use crate::devices::{DeviceNews, ReadCard};
use crate::shelf::{FrontPage, Grouping, Shelf};
use crate::taking::{TakeError, TicketPaper};

/// A kiosk with a catalogue and a clock that the test moves.
struct Hall {
    kiosk: Kiosk,
    seconds: u64,
}

impl Hall {
    fn open() -> Self {
        let settings = Settings {
            language: Language::Zh,
            idle: Duration::from_secs(60),
            has_printer: true,
            has_reader: true,
            has_scanner: true,
        };
        let kiosk = Kiosk::new(settings, FrontPage::default(), moment(0));
        let mut hall = Hall { kiosk, seconds: 0 };
        hall.news(News::Server(ServerNews::Catalogue(Arc::new(Shelf::new(sample::catalogue())))));
        hall.news(News::Device(DeviceNews::ReaderConnected));
        hall
    }

    fn touch(&mut self, touch: Touch) -> Vec<Command> {
        self.kiosk.handle(Event::Touch(touch), moment(self.seconds))
    }

    fn touches<const N: usize>(&mut self, touches: [Touch; N]) -> Vec<Command> {
        touches.into_iter().flat_map(|touch| self.touch(touch)).collect()
    }

    fn news(&mut self, news: News) -> Vec<Command> {
        self.kiosk.handle(Event::News(Box::new(news)), moment(self.seconds))
    }

    /// Seconds go by, one tick each.
    fn wait(&mut self, seconds: u64) -> Vec<Command> {
        (0..seconds)
            .flat_map(|_| {
                self.seconds += 1;
                self.kiosk.handle(Event::Tick, moment(self.seconds))
            })
            .collect()
    }

    fn taken(&mut self, number: &str, paper: TicketPaper) {
        let visit = self.kiosk.visit.number;
        self.news(News::Ticket(TicketNews::Taken { visit, ticket: Box::new(sample::ticket(number, 3)), paper }));
    }

    fn not_taken(&mut self, error: TakeError) {
        let visit = self.kiosk.visit.number;
        self.news(News::Ticket(TicketNews::NotTaken { visit, error }));
    }

    fn paper(&mut self, paper: TicketPaper) {
        let visit = self.kiosk.visit.number;
        self.news(News::Ticket(TicketNews::Paper { visit, paper }));
    }

    fn stage(&self) -> &Stage {
        &self.kiosk.visit.stage
    }

    fn is_idle(&self) -> bool {
        matches!(self.stage(), Stage::Idle)
    }
}

fn moment(seconds: u64) -> Moment {
    Moment {
        running: Duration::from_secs(seconds),
        civil: date(2026, 11, 24).at(9, 30, 0, 0),
        epoch: 1_795_483_800_000 + i64::try_from(seconds).unwrap() * 1000,
    }
}

fn card(id_number: &str) -> ReadCard {
    ReadCard { name: "李明".into(), id_number: id_number.into(), kind: CardKind::Resident, valid_until: None }
}

const GOOD_ID: &str = "11010519491231002X";

fn requests(commands: &[Command]) -> Vec<&TakeTicket> {
    commands.iter().filter_map(|c| if let Command::Take { request, .. } = c { Some(request) } else { None }).collect()
}

#[test]
fn a_common_service_is_three_touches_away_from_its_ticket() {
    let mut hall = Hall::open();
    let commands = hall.touches([Touch::Item("food".into()), Touch::TakeTicket, Touch::WithoutIdentification]);
    let request = TakeTicket { item: "food".into(), identification: Identification::Anonymous, language: "zh".into() };
    assert_eq!(commands, [Command::Take { visit: 1, request }]);
    hall.taken("A007", TicketPaper::Printing);
    hall.paper(TicketPaper::Printed);
    assert!(matches!(hall.stage(), Stage::Done(p) if p.ticket.number == "A007" && p.paper == TicketPaper::Printed));
    hall.touch(Touch::Finish);
    assert!(hall.is_idle());
}

#[test]
fn a_card_takes_the_ticket_in_the_language_of_the_visit() {
    let mut hall = Hall::open();
    hall.touches([Touch::SwitchLanguage, Touch::Item("house".into()), Touch::TakeTicket]);
    let commands = hall.news(News::Device(DeviceNews::Card(card(GOOD_ID))));
    let [request] = requests(&commands)[..] else { panic!("no request") };
    assert_eq!(request.language, "en");
    assert!(matches!(&request.identification, Identification::Card { id_number, .. } if id_number == GOOD_ID));
}

#[test]
fn a_card_that_lies_there_already_need_not_be_lifted_again() {
    let mut hall = Hall::open();
    hall.touch(Touch::Item("house".into()));
    assert_eq!(hall.news(News::Device(DeviceNews::Card(card(GOOD_ID)))), []);
    assert_eq!(requests(&hall.touch(Touch::TakeTicket)).len(), 1);
}

#[test]
fn the_last_persons_card_is_not_used_for_the_next_one() {
    let mut hall = Hall::open();
    hall.news(News::Device(DeviceNews::Card(card(GOOD_ID))));
    hall.touch(Touch::Item("house".into()));
    hall.touch(Touch::Home);
    assert_eq!(requests(&hall.touches([Touch::Item("house".into()), Touch::TakeTicket])), Vec::<&TakeTicket>::new());
}

#[test]
fn a_card_with_a_wrong_number_or_past_its_day_is_named_and_nothing_is_sent() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket]);
    assert_eq!(hall.news(News::Device(DeviceNews::Card(card("110105194912310021")))), []);
    assert!(matches!(hall.stage(), Stage::Identify(s) if s.problem == Some(IdentityProblem::CardNumber)));
    let old = ReadCard { valid_until: Some(date(2020, 1, 1)), ..card(GOOD_ID) };
    assert_eq!(hall.news(News::Device(DeviceNews::Card(old))), []);
    assert!(matches!(hall.stage(), Stage::Identify(s) if s.problem == Some(IdentityProblem::CardExpired)));
}

#[test]
fn a_phone_number_is_checked_before_it_is_sent() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("birth".into()), Touch::TakeTicket, Touch::ByPhone]);
    for digit in "1280013800x0999".chars() {
        hall.touch(Touch::Digit(digit));
    }
    assert_eq!(hall.touch(Touch::Confirm), []);
    assert!(
        matches!(hall.stage(), Stage::Identify(s) if s.problem == Some(IdentityProblem::Phone) && s.grouped() == "128 0013 8000")
    );
    hall.touch(Touch::Clear);
    for digit in "13800138000".chars() {
        hall.touch(Touch::Digit(digit));
    }
    let commands = hall.touch(Touch::Confirm);
    assert_eq!(requests(&commands)[0].identification, Identification::Phone { phone: "13800138000".into() });
}

#[test]
fn each_item_lets_only_its_own_ways_through() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("birth".into()), Touch::TakeTicket]);
    assert_eq!(hall.touch(Touch::WithoutIdentification), []);
    hall.touches([Touch::Home, Touch::Item("house".into()), Touch::TakeTicket]);
    assert_eq!(hall.touches([Touch::WithoutIdentification, Touch::ByPhone, Touch::Confirm]), []);
    hall.touches([Touch::Home, Touch::Item("shut".into()), Touch::TakeTicket]);
    assert!(matches!(hall.stage(), Stage::Guide(_)));
}

#[test]
fn back_goes_back_one_step_and_never_behind_a_ticket() {
    let mut hall = Hall::open();
    hall.touches([
        Touch::Themes,
        Touch::Group("business".into()),
        Touch::Item("food".into()),
        Touch::TakeTicket,
        Touch::ByPhone,
    ]);
    hall.touch(Touch::Back);
    assert!(matches!(hall.stage(), Stage::Identify(s) if s.way == Way::Card));
    hall.touch(Touch::Back);
    assert!(matches!(hall.stage(), Stage::Guide(_)));
    hall.touch(Touch::Back);
    assert!(matches!(hall.stage(), Stage::Items { grouping: Grouping::Themes, .. }));
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket, Touch::WithoutIdentification]);
    hall.touch(Touch::Back);
    assert!(matches!(hall.stage(), Stage::Taking(_)), "a ticket is on its way");
    hall.taken("A001", TicketPaper::NoPrinter);
    hall.touch(Touch::Back);
    assert!(hall.is_idle());
}

#[test]
fn search_takes_letters_and_characters() {
    let mut hall = Hall::open();
    hall.touch(Touch::Search);
    for letter in "spjy".chars() {
        hall.touch(Touch::Letter(letter));
    }
    let shelf = hall.kiosk.surroundings.shelf.clone().unwrap();
    let names = |typed: &str| shelf.find(typed, 3).iter().map(|item| item.code.clone()).collect::<Vec<_>>();
    assert_eq!(names("spjy")[0], "food");
    assert!(shelf.candidates("spjy", 9).contains(&"食品经营".to_owned()));
    hall.touch(Touch::Candidate("食品".into()));
    hall.touch(Touch::Letter('x'));
    assert!(matches!(hall.stage(), Stage::Search(s) if s.query() == "食品x"));
    hall.touches([Touch::Erase, Touch::Erase]);
    assert!(matches!(hall.stage(), Stage::Search(s) if s.query() == "食"));
    assert_eq!(names("食")[0], "food");
}

#[test]
fn a_lost_answer_is_asked_for_again_and_a_refusal_is_not() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket, Touch::WithoutIdentification]);
    hall.not_taken(TakeError::Unanswered("timeout".into()));
    assert_eq!(hall.touch(Touch::Retry), [Command::Retry { visit: 1 }]);
    assert_eq!(hall.touch(Touch::Retry), [], "one answer is awaited already");
    let problem = Problem::new(Code::AlreadyWaiting, "", false);
    hall.not_taken(TakeError::Refused(Box::new(problem)));
    assert!(
        matches!(hall.stage(), Stage::Taking(s) if matches!(&s.refusal, Some(NoTicket::Refused(p)) if p.code == Code::AlreadyWaiting))
    );
    assert_eq!(hall.touch(Touch::Retry), []);
}

#[test]
fn a_ticket_half_printed_is_offered_once_more() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket, Touch::WithoutIdentification]);
    hall.taken("A007", TicketPaper::Printing);
    assert_eq!(hall.touch(Touch::PrintAgain), [], "it is still printing");
    hall.paper(TicketPaper::Offered);
    assert_eq!(hall.touch(Touch::PrintAgain), [Command::PrintAgain { visit: 1 }]);
    assert_eq!(hall.touch(Touch::PrintAgain), []);
    hall.paper(TicketPaper::Kept);
    assert_eq!(hall.touch(Touch::PrintAgain), []);
}

#[test]
fn the_kiosk_counts_down_and_returns_by_itself() {
    let mut hall = Hall::open();
    hall.touches([Touch::SwitchSize, Touch::SwitchLanguage, Touch::Search, Touch::Letter('s')]);
    hall.wait(49);
    assert_eq!(hall.kiosk.countdown(), None);
    hall.wait(1);
    assert_eq!(hall.kiosk.countdown(), Some(10));
    hall.touch(Touch::Stay);
    assert_eq!(hall.kiosk.countdown(), None);
    hall.wait(59);
    assert_eq!(hall.kiosk.countdown(), Some(1));
    assert_eq!(hall.wait(1), [Command::Leave { visit: 1 }]);
    assert!(hall.is_idle());
    assert_eq!((hall.kiosk.visit.language, hall.kiosk.visit.large), (Language::Zh, false));
}

#[test]
fn nobody_is_sent_away_while_their_ticket_is_on_its_way() {
    let mut hall = Hall::open();
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket, Touch::WithoutIdentification]);
    hall.wait(200);
    assert!(matches!(hall.stage(), Stage::Taking(_)));
    hall.taken("A007", TicketPaper::Printing);
    hall.wait(200);
    assert!(matches!(hall.stage(), Stage::Done(_)));
    hall.paper(TicketPaper::Printed);
    hall.wait(40);
    assert!(hall.is_idle(), "a ticket in the hand needs no screen");
}

#[test]
fn nothing_of_the_last_person_remains() {
    let mut hall = Hall::open();
    let before = format!("{:?}", hall.kiosk.visit.stage);
    hall.touches([Touch::Item("birth".into()), Touch::TakeTicket, Touch::ByPhone]);
    for digit in "13800138000".chars() {
        hall.touch(Touch::Digit(digit));
    }
    hall.news(News::Device(DeviceNews::Card(card(GOOD_ID))));
    hall.wait(200);
    hall.not_taken(TakeError::Unanswered("timeout".into()));
    hall.wait(60);
    assert_eq!(format!("{:?}", hall.kiosk.visit.stage), before);
    assert!(hall.kiosk.visit.card.is_none() && hall.kiosk.visit.earlier.is_empty());
    // What still comes for the last person finds nobody.
    let ticket = Box::new(sample::ticket("A009", 1));
    hall.news(News::Ticket(TicketNews::Taken { visit: 1, ticket, paper: TicketPaper::Printing }));
    hall.news(News::Progress { visit: 1, answer: Ok(Vec::new()) });
    assert!(hall.is_idle());
}

#[test]
fn a_receipts_code_opens_the_progress_from_the_first_page() {
    let mut hall = Hall::open();
    let commands = hall.news(News::Device(DeviceNews::Scanned("http://h/c/AbC".into())));
    let query = ProgressQuery::Code { code: "http://h/c/AbC".into() };
    assert_eq!(commands, [Command::AskProgress { visit: 1, query, language: Language::Zh }]);
    hall.news(News::Progress { visit: 1, answer: Err(NoProgress::Unknown) });
    assert!(matches!(hall.stage(), Stage::Progress(Ask::Nothing)));
    hall.touch(Touch::AskAgain);
    let commands = hall.news(News::Device(DeviceNews::Card(card(GOOD_ID))));
    assert!(matches!(&commands[..], [Command::AskProgress { query: ProgressQuery::Card { .. }, .. }]));
}

#[test]
fn while_the_server_is_away_guides_are_read_and_no_ticket_is_asked_for() {
    let mut hall = Hall::open();
    hall.news(News::Server(ServerNews::Away));
    hall.touches([Touch::Item("food".into()), Touch::TakeTicket]);
    assert!(matches!(hall.stage(), Stage::Guide(_)));
    let commands = hall.touch(Touch::PrintGuide);
    assert!(matches!(&commands[..], [Command::PrintGuide { slip, .. }] if slip.item == "食品经营许可"));
}

#[test]
fn a_recovered_ticket_is_shown_to_whoever_still_stands_there_and_to_nobody_else() {
    let recovered = |visit| {
        News::Ticket(TicketNews::Recovered {
            visit,
            ticket: Box::new(sample::ticket("A005", 2)),
            paper: TicketPaper::Offered,
        })
    };
    let mut hall = Hall::open();
    hall.news(recovered(1));
    assert!(matches!(hall.stage(), Stage::Done(p) if p.paper == TicketPaper::Offered));
    let mut busy = Hall::open();
    busy.touch(Touch::Themes);
    busy.news(recovered(1));
    assert!(matches!(busy.stage(), Stage::Groups(_)));
}
