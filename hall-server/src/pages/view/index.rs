//! The first page and the sign-in form.

use askama::Template;
use protocol::catalogue::{Hall, HallKind};

use crate::pages::frame::Frame;

#[derive(Debug, Template)]
#[template(path = "index.html")]
pub struct IndexPage {
    frame: Frame,
    sample: bool,
    halls: Vec<HallCard>,
}

#[derive(Debug)]
struct HallCard {
    code: String,
    name: String,
    kind: &'static str,
    address: String,
    phone: String,
}

impl IndexPage {
    pub fn new(frame: Frame, halls: &[Hall], sample: bool) -> Self {
        let w = frame.w;
        let halls = halls
            .iter()
            .map(|hall| HallCard {
                code: hall.code.clone(),
                name: hall.name.pick(w.english).to_owned(),
                kind: match hall.kind {
                    HallKind::District => w.district_hall(),
                    HallKind::SubDistrict => w.sub_district_hall(),
                    HallKind::Station => w.station_hall(),
                },
                address: hall.address.pick(w.english).to_owned(),
                phone: hall.phone.clone(),
            })
            .collect();
        IndexPage { frame, sample, halls }
    }
}

#[derive(Debug, Template)]
#[template(path = "supervisor/sign_in.html")]
pub struct SignInPage {
    pub frame: Frame,
    /// Why the form is shown again; empty the first time.
    pub message: String,
    /// As typed before.
    pub username: String,
    /// The page to go to; empty: the supervisor's.
    pub to: String,
}
