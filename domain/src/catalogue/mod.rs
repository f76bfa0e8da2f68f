//! The catalogue of service items (政务服务事项): what an item must be, how a published list is read, how items are found, and
//! what of an item applies to a person's situation.

pub mod item;
pub mod listing;
pub mod package;
pub mod publication;
pub mod search;
pub mod situations;
pub mod themes;
