//! The scripted day.
