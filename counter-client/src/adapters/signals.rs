//! Signals of supervision on the screen.

use std::rc::Rc;

use protocol::supervision::{Signal, SignalAction, SignalKind, SignalState};
use slint::{ComponentHandle, ModelRc, VecModel};

use crate::bindings::{MainWindow, SignalRow, SignalSort, SignalStage, SignalsView};
use crate::clock;
use crate::controllers::{Desk, Outside};

use super::{App, sync, with};

#[derive(Default)]
pub(super) struct Models {
    rows: Rc<VecModel<SignalRow>>,
}

impl Models {
    pub(super) fn bind(&self, ui: &MainWindow) {
        ui.global::<SignalsView>().set_rows(ModelRc::from(self.rows.clone()));
    }
}

pub(super) fn connect(app: &Rc<App>) {
    let view = app.ui.global::<SignalsView>();
    let weak = Rc::downgrade(app);
    view.on_select_row(move |index| {
        with(&weak, |app| app.change(|desk| desk.signals.select(usize::try_from(index).unwrap_or_default())));
    });
    let weak = Rc::downgrade(app);
    view.on_open_case(move || with(&weak, |app| app.change(Desk::open_signals_case)));
    macro_rules! act {
        ($on:ident, $action:ident) => {{
            let weak = Rc::downgrade(app);
            view.$on(move || with(&weak, |app| app.change(|desk| desk.signal_action(SignalAction::$action))));
        }};
    }
    act!(on_reply, Reply);
    act!(on_confirm, Confirm);
    act!(on_send_back, SendBack);
    act!(on_cancel, Cancel);
}

pub(super) fn draw<O: Outside>(ui: &MainWindow, models: &Models, desk: &Desk<O>, english: bool) {
    let view = ui.global::<SignalsView>();
    let signals = &desk.signals;
    sync(&models.rows, signals.list().iter().map(|signal| row(signal, english)).collect());
    view.set_selected(i32::try_from(signals.selected()).unwrap_or_default());
    view.set_current(signals.current().map(|signal| row(signal, english)).unwrap_or_default());
    view.set_any(signals.current().is_some());
    view.set_waiting(i32::try_from(signals.waiting()).unwrap_or(i32::MAX));
    view.set_loading(signals.loading());
    view.set_may_reply(signals.may(SignalAction::Reply));
    view.set_may_confirm(signals.may(SignalAction::Confirm));
    view.set_may_send_back(signals.may(SignalAction::SendBack));
    view.set_may_cancel(signals.may(SignalAction::Cancel));
}

fn row(signal: &Signal, english: bool) -> SignalRow {
    let said = |by: &Option<String>, at: Option<i64>| {
        let by = by.as_deref().unwrap_or_default();
        at.map(|at| format!("{by}  {}", clock::day_and_time(at))).unwrap_or_default()
    };
    SignalRow {
        sort: match signal.signal {
            SignalKind::Warn => SignalSort::Warn,
            SignalKind::Yellow => SignalSort::Yellow,
            SignalKind::Red => SignalSort::Red,
            SignalKind::RedStatutory => SignalSort::RedStatutory,
        },
        rule: signal.rule_name.pick(english).into(),
        case_no: (&signal.case_no).into(),
        item: signal.item_name.pick(english).into(),
        recipient: signal.recipient_name.pick(english).into(),
        due: (&signal.reply_due_on).into(),
        overdue: signal.reply_overdue,
        stage: match signal.state {
            SignalState::Open => SignalStage::Open,
            SignalState::Replied => SignalStage::Replied,
            SignalState::Confirmed => SignalStage::Confirmed,
            SignalState::Cancelled => SignalStage::Cancelled,
            SignalState::Unknown => SignalStage::Unknown,
        },
        raised: clock::day_and_time(signal.raised_at).into(),
        clock: signal.clock.as_ref().map(|clock| clock.text.pick(english).into()).unwrap_or_default(),
        reply: (&signal.reply).into(),
        replied: said(&signal.replied_by, signal.replied_at).into(),
        review: (&signal.review).into(),
        reviewed: said(&signal.reviewed_by, signal.reviewed_at).into(),
    }
}
