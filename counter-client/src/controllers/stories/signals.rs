//! Signals of supervision (监察信号).

use protocol::case::CaseState;
use protocol::catalogue::Text;
use protocol::staff::Role;
use protocol::supervision::{Signal, SignalAction, SignalKind, SignalState, SignalStep};

use crate::controllers::test_support::*;
use crate::controllers::{Notice, Page};
use crate::server::{Answer, Call};

fn signal(id: i64, actions: &[SignalAction]) -> Signal {
    Signal {
        id,
        hall: "district".to_owned(),
        case_no: "FT-1".to_owned(),
        item_name: Text::default(),
        case_state: CaseState::InReview,
        rule: "promised-passed".to_owned(),
        rule_name: Text::new("超承诺时限", ""),
        signal: SignalKind::Red,
        recipient: "scjg".to_owned(),
        recipient_name: Text::default(),
        round: 1,
        raised_at: 1,
        reply_due_on: "2026-11-26".to_owned(),
        reply_overdue: false,
        state: SignalState::Open,
        reply: String::new(),
        replied_by: None,
        replied_at: None,
        review: String::new(),
        reviewed_by: None,
        reviewed_at: None,
        clock: None,
        actions: actions.to_vec(),
    }
}

#[test]
fn a_signal_is_answered_with_words_and_the_list_is_read_again() {
    let mut desk = desk_of(&[Role::Leader]);
    desk.go(Page::Signals);
    desk.answer_last(Ok(Answer::Signals(vec![signal(4, &[SignalAction::Reply])])));
    assert_eq!(desk.signals.waiting(), 1);
    desk.signal_action(SignalAction::Confirm);
    assert_eq!(desk.dialog, None, "a recipient reviews nothing");
    desk.signal_action(SignalAction::Reply);
    desk.confirm();
    assert_eq!((&desk.notice, desk.dialog.is_some()), (&Some(Notice::OpinionNeeded), true));
    desk.dialog_text = "已补办，加派人手".to_owned();
    desk.confirm();
    let step = SignalStep::Reply { text: "已补办，加派人手".to_owned() };
    assert_eq!(*desk.last_call(), Call::SignalStep { id: 4, step });
    desk.answer_last(Ok(Answer::Signal(Box::new(signal(4, &[])))));
    assert_eq!((&desk.notice, desk.last_call()), (&Some(Notice::SignalDone), &Call::Signals));
}
