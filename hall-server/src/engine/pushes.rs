//! Events as screens are told of them.

use domain::queue::QueueEvent;
use protocol::event::{Change, Push};
use protocol::queue::WindowState;

use super::cell::Cell;
use super::chain::{Draft, Event};

/// What is sent to a hall's screens after a commit.
#[derive(Debug, Clone)]
pub enum Outgoing {
    Push(Box<Push>),
    /// The hall is not as it was (a new day, a new setup): listeners start again from a snapshot.
    Resync {
        hall: String,
    },
}

/// Turns committed events into pushes, in order. A line's figures go with the last push about it: those in between
/// would be overtaken in the same instant.
pub fn outgoing(hall: &str, cell: &Cell, drafts: &[&Draft]) -> Vec<Outgoing> {
    let mut lines_done: Vec<char> = Vec::new();
    let mut messages: Vec<Outgoing> = drafts
        .iter()
        .rev()
        .map(|draft| {
            let Some((change, line)) = change(draft) else { return Outgoing::Resync { hall: hall.to_owned() } };
            let line = line.filter(|letter| !lines_done.contains(letter)).and_then(|letter| {
                lines_done.push(letter);
                cell.queue.line_status(letter)
            });
            Outgoing::Push(Box::new(Push { hall: hall.to_owned(), turn: draft.turn, at: draft.at, change, line }))
        })
        .collect();
    messages.reverse();
    messages
}

/// A stored event as a push, without figures, for a screen that was away; `None` where it must start from a snapshot.
pub fn replayed(event: &Event) -> Option<Push> {
    let (change, _) = change(&event.draft)?;
    Some(Push { hall: event.hall.clone(), turn: event.draft.turn, at: event.draft.at, change, line: None })
}

fn change(draft: &Draft) -> Option<(Change, Option<char>)> {
    if let Some(case_no) = draft.subject.strip_prefix("case:") {
        return Some((Change::CaseChanged { case_no: case_no.to_owned() }, None));
    }
    if let Some(case_no) = draft.subject.strip_prefix("signal:") {
        return Some((Change::SignalChanged { case_no: case_no.to_owned() }, None));
    }
    if draft.kind == "calendar-changed" {
        // Days off change opening hours and every due date.
        return None;
    }
    let Ok(event) = serde_json::from_str::<QueueEvent>(&draft.body) else {
        return Some((Change::Unknown, None));
    };
    let line = |number: &str| number.chars().next();
    let window = |window, state| (Change::WindowChanged { window, state }, None);
    Some(match event {
        QueueEvent::DayOpened { .. } => return None,
        QueueEvent::TicketTaken { number, .. } => {
            let line = line(&number);
            (Change::TicketTaken { number }, line)
        }
        QueueEvent::TicketCalled { number, window, calls, .. } => {
            let line = line(&number);
            (Change::TicketCalled { number, window, calls }, line)
        }
        QueueEvent::TicketServing { number, window, .. } => {
            let line = line(&number);
            (Change::TicketServing { number, window }, line)
        }
        QueueEvent::TicketCompleted { number, window, .. } => {
            let line = line(&number);
            (Change::TicketCompleted { number, window }, line)
        }
        QueueEvent::TicketNoShow { number, window, .. } => {
            let line = line(&number);
            (Change::TicketNoShow { number, window }, line)
        }
        QueueEvent::WindowOpened { window: number, .. } | QueueEvent::WindowResumed { window: number } => {
            window(number, WindowState::Open)
        }
        QueueEvent::WindowPaused { window: number } => window(number, WindowState::Paused),
        QueueEvent::WindowClosed { window: number } => window(number, WindowState::Closed),
    })
}
