use protocol::catalogue::Item;
use slint::{ComponentHandle, SharedString};

use super::{OnTouch, int, rows};
use crate::shelf::{Grouping, Shelf};
use crate::ui::{self, Browse, GroupRow, MainWindow, ServiceRow};
use crate::visit::{Kiosk, Stage, Touch};

pub(super) fn connect(window: &MainWindow, touch: &OnTouch) {
    let browse = window.global::<Browse>();
    let on = touch.clone();
    browse.on_open_group(move |code| on(Touch::Group(code.into())));
    let on = touch.clone();
    browse.on_choose(move |code| on(Touch::Item(code.into())));
}

/// A service as a line of a list.
pub(super) fn service_row(kiosk: &Kiosk, shelf: &Shelf, item: &Item) -> ServiceRow {
    ServiceRow {
        code: item.code.as_str().into(),
        name: kiosk.pick(&item.name).into(),
        department: kiosk.pick(&shelf.department(&item.department)).into(),
        open: shelf.is_open(&item.code),
    }
}

pub(super) fn show(window: &MainWindow, kiosk: &Kiosk) {
    let browse = window.global::<Browse>();
    let mut groups = Vec::new();
    let mut group_name = SharedString::new();
    let mut services = Vec::new();
    if let Some(shelf) = &kiosk.surroundings.shelf {
        match &kiosk.visit.stage {
            Stage::Groups(grouping) => {
                browse.set_grouping(shown(*grouping));
                groups = shelf
                    .groups(*grouping)
                    .iter()
                    .map(|group| GroupRow {
                        code: group.code.as_str().into(),
                        name: kiosk.pick(&group.name).into(),
                        services: int(group.services),
                    })
                    .collect();
            }
            Stage::Items { grouping, group } => {
                browse.set_grouping(shown(*grouping));
                let found = shelf.groups(*grouping).into_iter().find(|other| other.code == *group);
                group_name = found.map(|group| kiosk.pick(&group.name).into()).unwrap_or_default();
                services = shelf
                    .services_of(*grouping, group)
                    .into_iter()
                    .map(|item| service_row(kiosk, shelf, item))
                    .collect();
            }
            _ => {}
        }
    }
    browse.set_groups(rows(browse.get_groups(), groups));
    browse.set_group_name(group_name);
    browse.set_services(rows(browse.get_services(), services));
}

fn shown(grouping: Grouping) -> ui::Grouping {
    match grouping {
        Grouping::Themes => ui::Grouping::Themes,
        Grouping::Departments => ui::Grouping::Departments,
    }
}
