use protocol::Millis;
use protocol::case::{Progress, StepState};
use slint::{ComponentHandle, SharedString};

use super::identify::shown;
use super::{OnTouch, int, rows};
use crate::clock::civil;
use crate::ui::{self, CaseRow, MainWindow, ProgressStage, ProgressView, StepMark, StepRow};
use crate::visit::{Ask, Kiosk, Stage, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let view = window.global::<ProgressView>();
    let on = touch.clone();
    view.on_show_case(move |place| {
        if let Ok(place) = usize::try_from(place) {
            on(Touch::ShowCase(place));
        }
    });
    let on = touch.clone();
    view.on_ask_again(move || on(Touch::AskAgain));
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let view = window.global::<ProgressView>();
    let ask = match &kiosk.visit.stage {
        Stage::Progress(ask) => ask,
        _ => &Ask::Waiting { problem: None },
    };
    view.set_scanner(kiosk.settings.has_scanner && kiosk.surroundings.scanner_here);
    view.set_problem(match ask {
        Ask::Waiting { problem } => shown(*problem),
        _ => ui::IdentityProblem::None,
    });
    let mut cases = Vec::new();
    let mut case = CaseRow::default();
    let mut steps = Vec::new();
    if let Ask::Found { cases: found, selected } = ask {
        cases = found.iter().map(|progress| case_row(kiosk, progress)).collect();
        case = cases.get(*selected).cloned().unwrap_or_default();
        steps = found.get(*selected).map(|progress| step_rows(kiosk, progress)).unwrap_or_default();
        view.set_selected(int(*selected));
    } else {
        view.set_selected(0);
    }
    view.set_cases(rows(view.get_cases(), cases));
    view.set_case(case);
    view.set_steps(rows(view.get_steps(), steps));
    view.set_stage(match ask {
        Ask::Waiting { .. } => ProgressStage::Ask,
        Ask::Looking => ProgressStage::Looking,
        Ask::Found { .. } => ProgressStage::Found,
        Ask::Nothing => ProgressStage::Nothing,
        Ask::ServerAway => ProgressStage::Failed,
    });
}

fn day(at: Millis) -> SharedString {
    civil(at).date().to_string().into()
}

fn case_row(kiosk: &Kiosk, progress: &Progress) -> CaseRow {
    let missing: Vec<&str> = progress.missing.iter().map(|text| kiosk.pick(text)).collect();
    CaseRow {
        number: progress.case_no.as_str().into(),
        name: kiosk.pick(&progress.item_name).into(),
        department: kiosk.pick(&progress.department_name).into(),
        sentence: kiosk.pick(&progress.text).into(),
        received: day(progress.received_at),
        due: progress.due_on.as_deref().unwrap_or_default().into(),
        missing: missing.join(kiosk.visit.language.pick("、", "; ")).into(),
    }
}

fn step_rows(kiosk: &Kiosk, progress: &Progress) -> Vec<StepRow> {
    progress
        .steps
        .iter()
        .map(|step| StepRow {
            name: kiosk.pick(&step.name).into(),
            date: step.at.map(day).unwrap_or_default(),
            mark: match step.state {
                StepState::Done => StepMark::Done,
                StepState::Current => StepMark::Current,
                StepState::Ahead => StepMark::Ahead,
            },
        })
        .collect()
}
