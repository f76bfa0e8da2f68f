//! What the Slint compiler makes of `ui/main.slint`.
#![expect(missing_debug_implementations, unreachable_pub, clippy::unwrap_used, clippy::todo, reason = "generated code")]

slint::include_modules!();
