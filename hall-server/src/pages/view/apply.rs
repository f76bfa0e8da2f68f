//! The phone's pages of an application without a visit: what can be applied for, the draft, what it became.

use askama::Template;
use protocol::case::Progress;
use protocol::catalogue::Item;
use protocol::preparation::Preparation;

use super::follow::CaseProgress;
use super::prepare::PreparePart;
use crate::pages::frame::Frame;
use crate::submission::Offer;

/// `/apply`.
#[derive(Debug, Template)]
#[template(path = "phone/apply_list.html")]
pub struct ApplyListPage {
    frame: Frame,
    sample: bool,
    items: Vec<(String, String)>,
}

/// `/apply/{item}`.
#[derive(Debug, Template)]
#[template(path = "phone/apply.html")]
pub struct ApplyItemPage {
    frame: Frame,
    sample: bool,
    code: String,
    name: String,
    /// Code and name; the only one needs no choice.
    halls: Vec<(String, String)>,
    message: String,
}

/// `/s/{code}` while it is a draft.
#[derive(Debug, Template)]
#[template(path = "phone/submission.html")]
pub struct SubmissionPage {
    frame: Frame,
    sample: bool,
    path: String,
    message: String,
    part: PreparePart,
    typed: Typed,
}

/// What was typed under the draft, to be shown again where something of it was wrong.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub confirmed: bool,
}

/// `/s/{code}` once it was sent.
#[derive(Debug, Template)]
#[template(path = "phone/sent.html")]
pub struct SentPage {
    frame: Frame,
    sent: Vec<Sent>,
}

#[derive(Debug)]
struct Sent {
    href: String,
    case: CaseProgress,
}

impl ApplyListPage {
    pub fn new(frame: Frame, offers: &[Offer]) -> Self {
        let name = |offer: &Offer| (offer.item.code.clone(), offer.item.name.pick(frame.w.english).to_owned());
        ApplyListPage {
            sample: offers.iter().any(|offer| offer.item.sample),
            items: offers.iter().map(name).collect(),
            frame,
        }
    }
}

impl ApplyItemPage {
    pub fn new(frame: Frame, offer: &Offer, message: String) -> Self {
        let english = frame.w.english;
        let halls = offer.halls.iter().map(|hall| (hall.code.clone(), hall.name.pick(english).to_owned()));
        ApplyItemPage {
            sample: offer.item.sample,
            code: offer.item.code.clone(),
            name: offer.item.name.pick(english).to_owned(),
            halls: halls.collect(),
            message,
            frame,
        }
    }
}

impl SubmissionPage {
    pub fn new(frame: &Frame, code: &str, item: &Item, prepared: &Preparation, message: String, typed: Typed) -> Self {
        let path = format!("/s/{code}");
        let frame = Frame::new(frame.w, path.clone());
        SubmissionPage {
            sample: item.sample,
            part: PreparePart::of_submission(frame.w, path.clone(), item, prepared, String::new()),
            path,
            message,
            typed,
            frame,
        }
    }
}

impl SentPage {
    /// With each case's receipt code.
    pub fn new(frame: Frame, sent: &[(String, Progress)]) -> Self {
        let w = frame.w;
        let sent = sent.iter().map(|(code, progress)| Sent {
            href: format!("/c/{code}?lang={}", w.code()),
            case: CaseProgress::new(progress, w),
        });
        SentPage { sent: sent.collect(), frame }
    }
}
