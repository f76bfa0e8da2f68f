use jiff::civil::{Date, date};
use proptest::prelude::*;
use protocol::Millis;
use protocol::catalogue::{Hall, HallKind, Line, Opening, Text};
use protocol::queue::Finish;

use super::*;
use crate::calendar::Calendar;
use crate::civil;

const TUESDAY: Date = date(2026, 11, 24);

fn at(hour: i8, minute: i8) -> Millis {
    civil::instant(TUESDAY.at(hour, minute, 0, 0))
}

fn setup() -> HallSetup {
    let hours = vec![Opening { weekdays: vec![1, 2, 3, 4, 5], from: "09:00".into(), to: "18:00".into() }];
    let line = |letter: &str| LineSetup {
        line: Line { letter: letter.into(), name: Text::new(letter, letter) },
        usual_seconds: 600.0,
    };
    let window = |number, lines: &str| WindowSetup { number, name: Text::default(), lines: lines.chars().collect() };
    HallSetup {
        hours: OpeningHours::new(&hours).unwrap(),
        hall: Hall {
            code: "district".into(),
            name: Text::new("区大厅", "District hall"),
            kind: HallKind::District,
            address: Text::default(),
            phone: String::new(),
            hours,
            one_ticket_per_person: false,
        },
        lines: vec![line("A"), line("B")],
        windows: vec![window(1, "A"), window(2, "AB"), window(3, "B")],
    }
}

/// A hall in which one can speak in short sentences.
struct TestHall {
    queue: HallQueue,
    calendar: Calendar,
    ids: TicketId,
}

impl TestHall {
    fn new() -> Self {
        Self::with(setup())
    }

    fn with(setup: HallSetup) -> Self {
        let queue = HallQueue::load(setup, 0, TUESDAY, &[], Vec::new(), Vec::new());
        TestHall { queue, calendar: Calendar::published(), ids: 0 }
    }

    fn take_as(&mut self, line: char, person: Option<&str>, now: Millis) -> Result<String, Refusal> {
        self.ids += 1;
        let take = Take {
            id: self.ids,
            line,
            item: "item".into(),
            item_version: 1,
            person: person.map(str::to_owned),
            follow_code: format!("code-{}", self.ids),
        };
        let id = self.queue.take(take, now, &self.calendar)?;
        Ok(self.queue.ticket(id).unwrap().number())
    }

    fn take(&mut self, line: char, now: Millis) -> String {
        self.take_as(line, None, now).unwrap()
    }

    fn open(&mut self, window: i64) {
        self.queue.open_window(window, &clerk(window), at(9, 0)).unwrap();
    }

    fn next(&mut self, window: i64, now: Millis) -> Result<String, Refusal> {
        let finish = self.queue.window(window)?.ticket().map(|_| Finish::Completed);
        let id = self.queue.call_next(window, &clerk(window), finish, now)?;
        Ok(self.queue.ticket(id).unwrap().number())
    }

    /// The same hall, as another server would load it from what was stored.
    fn reloaded(&self) -> HallQueue {
        let tickets: Vec<Ticket> = (1..=self.ids).filter_map(|id| self.queue.ticket(id).cloned()).collect();
        let windows = self.queue.windows().map(|w| (w.number, w.state.clone())).collect();
        let serials: Vec<_> = self.queue.lines.iter().map(|(letter, line)| (*letter, line.last_serial)).collect();
        HallQueue::load(setup(), self.queue.turn(), self.queue.day(), &serials, tickets, windows)
    }
}

fn clerk(window: i64) -> String {
    format!("clerk-{window}")
}

#[test]
fn tickets_count_up_in_each_line_and_are_called_in_order_of_arrival() {
    let mut hall = TestHall::new();
    assert_eq!(hall.take('A', at(9, 1)), "A001");
    assert_eq!(hall.take('B', at(9, 2)), "B001");
    assert_eq!(hall.take('A', at(9, 3)), "A002");
    hall.open(2);
    let called: Vec<_> = (0..3).map(|_| hall.next(2, at(9, 5)).unwrap()).collect();
    assert_eq!(called, ["A001", "B001", "A002"]);
    assert_eq!(hall.next(2, at(9, 6)), Err(Refusal::NobodyWaiting(2)));
}

#[test]
fn a_window_calls_only_for_its_own_lines() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    hall.open(3);
    assert_eq!(hall.next(3, at(9, 2)), Err(Refusal::NobodyWaiting(3)));
}

#[test]
fn no_ticket_is_given_while_the_hall_is_shut() {
    let mut hall = TestHall::new();
    assert_eq!(hall.take_as('A', None, at(8, 59)), Err(Refusal::HallClosed));
    assert_eq!(hall.take_as('A', None, at(18, 0)), Err(Refusal::HallClosed));
    assert_eq!(hall.take('A', at(9, 0)), "A001", "the refused ones used up no number");
}

#[test]
fn a_closed_or_paused_window_calls_nobody() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    assert_eq!(hall.next(1, at(9, 2)), Err(Refusal::WindowNotOpen(1)));
    hall.open(1);
    hall.queue.pause_window(1, "clerk-1", at(9, 2)).unwrap();
    assert_eq!(hall.next(1, at(9, 3)), Err(Refusal::WindowNotOpen(1)));
    hall.queue.resume_window(1, "clerk-1", at(9, 4)).unwrap();
    assert_eq!(hall.next(1, at(9, 5)).unwrap(), "A001");
    let busy = Refusal::WindowBusy { window: 1, number: "A001".into() };
    assert_eq!(hall.queue.close_window(1, "clerk-1", at(9, 6)), Err(busy));
}

#[test]
fn a_window_belongs_to_one_clerk() {
    let mut hall = TestHall::new();
    hall.open(1);
    let taken = Refusal::WindowTaken { window: 1, clerk: "clerk-1".into() };
    assert_eq!(hall.queue.open_window(1, "other", at(9, 1)), Err(taken.clone()));
    assert_eq!(hall.queue.call_next(1, "other", None, at(9, 1)), Err(taken));
}

#[test]
fn a_second_call_without_finishing_the_first_is_refused_and_changes_nothing() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    hall.take('A', at(9, 1));
    hall.open(1);
    hall.next(1, at(9, 2)).unwrap();
    hall.queue.drain();
    let busy = Refusal::WindowBusy { window: 1, number: "A001".into() };
    assert_eq!(hall.queue.call_next(1, "clerk-1", None, at(9, 3)), Err(busy));
    assert!(hall.queue.drain().is_empty());
}

#[test]
fn a_ticket_called_elsewhere_or_finished_is_not_called_again() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    hall.open(1);
    hall.open(2);
    hall.next(1, at(9, 2)).unwrap();
    let elsewhere = Refusal::CalledElsewhere { number: "A001".into(), window: 1 };
    assert_eq!(hall.queue.call_number(2, "clerk-2", "A001", None, at(9, 3)), Err(elsewhere));
    hall.queue.finish(1, "clerk-1", Finish::Completed, at(9, 10)).unwrap();
    let finished = Refusal::Finished("A001".into());
    assert_eq!(hall.queue.call_number(2, "clerk-2", "a001", None, at(9, 11)), Err(finished));
    let unknown = Refusal::UnknownTicket("'; DROP".into());
    assert_eq!(hall.queue.call_number(2, "clerk-2", "'; DROP", None, at(9, 11)), Err(unknown));
}

#[test]
fn who_was_not_there_can_be_called_when_they_come_back() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    hall.open(1);
    hall.next(1, at(9, 2)).unwrap();
    hall.queue.recall(1, "clerk-1", at(9, 3)).unwrap();
    hall.queue.finish(1, "clerk-1", Finish::NoShow, at(9, 4)).unwrap();
    assert_eq!(hall.queue.calling(), []);
    assert_eq!(hall.queue.line_status('A').unwrap().no_show_today, 1);
    let id = hall.queue.call_number(1, "clerk-1", "A001", None, at(9, 20)).unwrap();
    assert_eq!(hall.queue.ticket(id).unwrap().state.calls(), 3);
    assert_eq!(hall.queue.line_status('A').unwrap().no_show_today, 0);
    assert_eq!(hall.queue.line_status('A').unwrap().mean_wait_seconds, Some(60), "the first call ended the wait");
}

#[test]
fn calling_a_busy_number_leaves_the_window_s_own_ticket_alone() {
    let mut hall = TestHall::new();
    hall.take('A', at(9, 1));
    hall.take('A', at(9, 1));
    hall.open(1);
    hall.open(2);
    hall.next(1, at(9, 2)).unwrap();
    hall.next(2, at(9, 2)).unwrap();
    let before = hall.queue.window(2).unwrap().clone();
    let refused = hall.queue.call_number(2, "clerk-2", "A001", Some(Finish::Completed), at(9, 3));
    assert!(matches!(refused, Err(Refusal::CalledElsewhere { .. })));
    assert_eq!(hall.queue.window(2).unwrap(), &before);
}

#[test]
fn a_new_day_starts_at_one_with_closed_windows_and_nobody_left_over() {
    let mut hall = TestHall::new();
    hall.take('A', at(17, 50));
    hall.take('A', at(17, 51));
    hall.open(1);
    hall.next(1, at(17, 55)).unwrap();
    hall.queue.drain();
    let tomorrow = civil::instant(date(2026, 11, 25).at(9, 0, 0, 0));
    assert_eq!(hall.take('A', tomorrow), "A001");
    let changes = hall.queue.drain();
    let states: Vec<_> = changes.tickets.iter().map(|t| t.state.name()).collect();
    use protocol::queue::TicketState as Name;
    assert_eq!(states, [Name::NoShow, Name::Lapsed, Name::Waiting]);
    assert_eq!(hall.queue.window(1).unwrap().state, WindowState::Closed);
}

#[test]
fn one_person_holds_one_ticket_per_item_where_the_hall_wants_it() {
    let mut strict = setup();
    strict.hall.one_ticket_per_person = true;
    let mut hall = TestHall::with(strict);
    hall.open(1);
    hall.take_as('A', Some("p"), at(9, 1)).unwrap();
    assert_eq!(hall.take_as('A', Some("p"), at(9, 2)), Err(Refusal::AlreadyWaiting("A001".into())));
    hall.take_as('A', Some("q"), at(9, 2)).unwrap();
    hall.take_as('A', None, at(9, 2)).unwrap();
    hall.next(1, at(9, 3)).unwrap();
    hall.queue.finish(1, "clerk-1", Finish::Completed, at(9, 9)).unwrap();
    assert_eq!(hall.take_as('A', Some("p"), at(9, 10)).unwrap(), "A004");
}

#[test]
fn the_estimate_grows_with_the_line_and_knows_when_nobody_works() {
    let mut hall = TestHall::new();
    hall.take('B', at(9, 1));
    assert_eq!(hall.queue.line_status('B').unwrap().wait.to_minutes, None);
    hall.open(3);
    for _ in 0..10 {
        hall.take('B', at(9, 1));
    }
    let long = hall.queue.line_status('B').unwrap().wait;
    hall.open(2);
    let shorter = hall.queue.line_status('B').unwrap().wait;
    assert!(shorter.to_minutes < long.to_minutes, "{shorter:?} {long:?}");
}

#[derive(Debug, Clone)]
enum Command {
    Take(char),
    Open(i64),
    Pause(i64),
    Close(i64),
    Next(i64),
    CallNumber(i64, u32),
    Recall(i64),
    Serve(i64),
    Finish(i64, bool),
    NextDay,
}

fn any_command() -> impl Strategy<Value = Command> {
    let window = 1i64..5;
    prop_oneof![
        4 => prop_oneof![Just('A'), Just('B'), Just('C')].prop_map(Command::Take),
        2 => window.clone().prop_map(Command::Open),
        1 => window.clone().prop_map(Command::Pause),
        1 => window.clone().prop_map(Command::Close),
        4 => window.clone().prop_map(Command::Next),
        1 => (window.clone(), 0u32..6).prop_map(|(w, n)| Command::CallNumber(w, n)),
        1 => window.clone().prop_map(Command::Recall),
        1 => window.clone().prop_map(Command::Serve),
        2 => (window, any::<bool>()).prop_map(|(w, done)| Command::Finish(w, done)),
        1 => Just(Command::NextDay),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_of_commands_keeps_the_hall_true(commands in prop::collection::vec(any_command(), 0..80)) {
        let mut hall = TestHall::new();
        let mut day = TUESDAY;
        let mut issued = std::collections::HashSet::new();
        let mut turn = 0;
        for (minute, command) in commands.into_iter().enumerate() {
            let now = civil::instant(day.at(9, 0, 0, 0)) + minute as Millis * 60_000;
            let before = hall.queue.turn();
            let refused = match command {
                Command::Take(line) => match hall.take_as(line, None, now) {
                    Ok(number) => {
                        prop_assert!(issued.insert((day, number)), "a number is given once a day");
                        false
                    }
                    Err(_) => true,
                },
                Command::Open(w) => hall.queue.open_window(w, &clerk(w), now).is_err(),
                Command::Pause(w) => hall.queue.pause_window(w, &clerk(w), now).is_err(),
                Command::Close(w) => hall.queue.close_window(w, &clerk(w), now).is_err(),
                Command::Next(w) => hall.next(w, now).is_err(),
                Command::CallNumber(w, n) => {
                    let number = number_text('A', n);
                    hall.queue.call_number(w, &clerk(w), &number, Some(Finish::Completed), now).is_err()
                }
                Command::Recall(w) => hall.queue.recall(w, &clerk(w), now).is_err(),
                Command::Serve(w) => hall.queue.serve(w, &clerk(w), now).is_err(),
                Command::Finish(w, done) => {
                    let finish = if done { Finish::Completed } else { Finish::NoShow };
                    hall.queue.finish(w, &clerk(w), finish, now).is_err()
                }
                Command::NextDay => {
                    day = day.tomorrow().unwrap();
                    hall.queue.roll(civil::instant(day.at(8, 0, 0, 0)));
                    false
                }
            };
            let changes = hall.queue.drain();
            if refused && !changes.events.iter().any(|(_, _, e)| matches!(e, QueueEvent::DayOpened { .. })) {
                prop_assert!(changes.is_empty(), "a refused command changes nothing");
                prop_assert_eq!(hall.queue.turn(), before);
            }
            for (event_turn, _, _) in &changes.events {
                turn += 1;
                prop_assert_eq!(*event_turn, turn, "turns have no gap");
            }
            let mut at_windows = std::collections::HashSet::new();
            for window in hall.queue.windows() {
                if let Some(id) = window.ticket() {
                    prop_assert!(at_windows.insert(id), "a ticket is at one window");
                    prop_assert_eq!(hall.queue.ticket(id).unwrap().at_window(), Some(window.number));
                }
            }
        }
        let reloaded = hall.reloaded();
        let now = civil::instant(day.at(12, 0, 0, 0));
        let mut mine = hall.queue.snapshot(now, &hall.calendar);
        let mut theirs = reloaded.snapshot(now, &hall.calendar);
        for line in mine.lines.iter_mut().chain(&mut theirs.lines) {
            // Means carried over from the day before are a server's memory, not the hall's state.
            line.wait = protocol::queue::Wait::default();
        }
        prop_assert_eq!(mine, theirs, "what is stored gives back the same hall");
    }
}
