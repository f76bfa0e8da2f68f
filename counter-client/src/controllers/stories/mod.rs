//! A desk's day, told without a window: by subject.

mod absences;
mod calling;
mod intake;
mod notices;
mod papers;
mod review;
mod sign_in;
mod signals;
mod slips;
mod tasks;
