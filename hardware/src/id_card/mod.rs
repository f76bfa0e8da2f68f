//! The reader for second-generation identity cards: the frame, the card's text block, and a thread that polls.

mod card;
pub mod frame;
mod nations;
mod photo;
mod reader;
mod sam_id;

pub use card::{
    Card, CardError, CardKind, Common, FiveStarCard, ForeignerCard, ResidencePermit, ResidentCard, Sex, TEXT_LEN,
    ValidUntil,
};
pub use nations::nation_name;
pub use photo::{NoPhoto, Photo, PhotoDecoder, PhotoError};
pub use reader::{ReadError, ReaderConfig, ReaderEvent, Reading, spawn};
pub use sam_id::SamId;
