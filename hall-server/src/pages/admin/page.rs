//! What the editor's page shows: the draft or the version in force, with everything around it.

use std::collections::HashMap;

use domain::catalogue::situations::Answers;
use protocol::catalogue::{Department, Item};
use protocol::draft::{Draft, DraftProblem, DraftState};
use protocol::problem::Code;

use crate::AppState;
use crate::catalogue::{difference, drafts as room, packages};
use crate::http::problem::ApiError;
use crate::pages::frame::Frame;
use crate::pages::session::Supervisor;
use crate::pages::view::items::controls::Maker;
use crate::pages::view::items::edit::{EditPage, Notice};
use crate::pages::view::items::sections::{Offered, sections};
use crate::pages::view::items::situation::Situation;
use crate::pages::view::items::{flow, labels, versions};
use crate::store::catalogue::{self as rows, StandingItem};
use crate::store::drafts;

/// What was asked for beside the item.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) answers: Answers,
    pub(super) compare: Option<i64>,
    /// The item may be one that is not there yet.
    pub(super) new: bool,
    pub(super) notice: Notice,
}

/// An item as it is edited.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) draft: Option<Draft>,
    pub(super) standing: Option<StandingItem>,
}

impl Edited {
    pub(super) async fn load(state: &AppState, code: &str) -> Result<Self, ApiError> {
        let mut connection = state.store.reader().acquire().await?;
        Ok(Edited {
            draft: drafts::one(&mut connection, code).await?,
            standing: rows::standing_item(&mut connection, code).await?,
        })
    }

    /// The draft, else the version in force, else an empty item of that code.
    pub(super) fn item(&self, code: &str) -> Item {
        let standing = || self.standing.as_ref().map(|there| there.content.item.clone());
        let draft = self.draft.as_ref().map(|draft| draft.item.clone());
        draft.or_else(standing).unwrap_or_else(|| Item { code: code.to_owned(), ..Item::default() })
    }

    pub(super) fn revision(&self) -> i64 {
        self.draft.as_ref().map_or(0, |draft| draft.revision)
    }

    fn version_in_force(&self) -> i64 {
        self.standing.as_ref().map_or(0, |there| there.content.item.version)
    }
}

/// The page for an item as it stands, or, where `typed` is given, as it was just typed and not saved.
pub(super) async fn page(
    state: &AppState,
    frame: Frame,
    asker: &Supervisor,
    code: &str,
    typed: Option<(Item, i64, Vec<DraftProblem>)>,
    asked: Asked,
) -> Result<EditPage, ApiError> {
    let w = frame.w;
    let edited = Edited::load(state, code).await?;
    if edited.draft.is_none() && edited.standing.is_none() && !asked.new && typed.is_none() {
        return Err(ApiError::new(Code::UnknownItem));
    }
    let conflict = typed.as_ref().is_some_and(|(_, revision, _)| *revision != edited.revision());
    let stored = edited.item(code);
    let revision = typed.as_ref().map_or(edited.revision(), |(_, revision, _)| *revision);
    let (item, own_problems) = match typed {
        Some((item, _, problems)) => (item, problems),
        None => (stored.clone(), Vec::new()),
    };
    let mut connection = state.store.reader().acquire().await?;
    let departments: Vec<Department> =
        rows::departments(&mut connection).await?.into_iter().map(|listed| listed.department).collect();
    let problems = if own_problems.is_empty() {
        // As it would be found now: what stands in the draft may have been found some time ago.
        let faults = state.settings.connected.check(&mut connection, &item, &[]).await?;
        if edited.draft.is_some() { room::problems(&faults) } else { Vec::new() }
    } else {
        own_problems
    };
    let outdated = match &edited.draft {
        Some(draft) if draft.base_version != edited.version_in_force() => {
            let base = rows::item_version(&mut connection, code, draft.base_version).await?.unwrap_or_default();
            let now = edited.standing.as_ref().map(|there| there.content.item.clone()).unwrap_or_default();
            Some(versions::changes(difference::between(&base, &now), w))
        }
        _ => None,
    };
    let compared = match asked.compare {
        Some(version) => {
            let old = rows::item_version(&mut connection, code, version - 1).await?;
            let new = rows::item_version(&mut connection, code, version).await?;
            old.zip(new).map(|(old, new)| {
                let title = format!("{} → {}", w.version(version - 1), w.version(version));
                (title, versions::changes(difference::between(&old, &new), w))
            })
        }
        None => None,
    };
    drop(connection);

    let mut members = Vec::with_capacity(item.members.len());
    for member in item.members.iter().take(domain::catalogue::publication::MOST_MEMBERS) {
        members.extend(rows::item(&state.store, member).await?);
    }
    let names: HashMap<String, _> =
        departments.iter().map(|department| (department.code.clone(), department.name.clone())).collect();
    let joined = if stored.members.is_empty() { None } else { packages::joined(&state.store, &stored).await?.ok() };
    let tried = joined.as_ref().map_or(&stored, |joined| &joined.item);
    let offered = Offered {
        departments: &departments,
        shared_sources: state.settings.connected.shared_sources.iter().cloned().collect(),
        systems: state.settings.connected.systems.iter().cloned().collect(),
    };
    let make = Maker { w, problems: &problems };
    let (state_code, state_name) = state_of(&edited, &frame);
    let viewer = asker.viewer();
    Ok(EditPage {
        user: viewer.name,
        csrf: viewer.csrf,
        code: code.to_owned(),
        name: item.name.pick(w.english).to_owned(),
        state: state_code,
        state_name,
        revision,
        notice: asked.notice,
        outdated,
        conflict,
        problems: problems
            .iter()
            .map(|problem| {
                let reason = problem.reason.pick(w.english).to_owned();
                (problem.place.clone(), labels::place(&problem.place, w), reason)
            })
            .collect(),
        sections: sections(&item, make, &offered),
        flow: flow::picture(&item, &names, &members, w),
        situation: Situation::new(tried, &asked.answers, &departments, w),
        versions: versions::rows(&drafts::publications(&state.store, code).await?, w),
        compared,
        frame,
    })
}

fn state_of(edited: &Edited, frame: &Frame) -> (&'static str, String) {
    let w = frame.w;
    match (&edited.draft, &edited.standing) {
        (Some(draft), _) => {
            let (code, name) = match draft.state {
                DraftState::Checked => ("checked", w.state_checked()),
                DraftState::Draft => ("draft", w.state_draft()),
            };
            let base = if draft.base_version == 0 {
                w.state_new().to_owned()
            } else {
                format!("{} {}", w.base_of(), w.version(draft.base_version))
            };
            (code, format!("{name} · {base}"))
        }
        (None, Some(there)) if there.retired => ("retired", w.state_retired().to_owned()),
        (None, Some(there)) => {
            ("in-force", format!("{} · {}", w.state_in_force(), w.version(there.content.item.version)))
        }
        (None, None) => ("new", w.state_new().to_owned()),
    }
}
