//! What is built, and with which features.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Failure, cargo, run, target};

/// One feature set for building, linting and testing: a second one would compile Slint a second time.
const FEATURES: &str = "kiosk/remote-control,counter-client/remote-control";

/// `cargo VERB --workspace` with the one feature set. Always the whole workspace: a selection of packages unifies features
/// differently, and everything beneath would be compiled again.
pub(crate) fn workspace(verb: &str) -> Command {
    let mut command = cargo();
    command.args([verb, "--workspace", "--features", FEATURES]);
    command
}

/// Every program in the development profile.
pub(crate) fn programs() -> Result<(), Failure> {
    run(workspace("build").arg("--bins"))
}

/// A program of the development profile.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// Builds these packages in the release profile, where no program can be controlled from outside.
pub(crate) fn release(packages: &[&str]) -> Result<(), Failure> {
    let mut command = cargo();
    command.args(["build", "--release"]);
    for package in packages {
        command.args(["--package", package]);
    }
    run(&mut command)
}

/// A program of the release profile.
pub(crate) fn release_program(name: &str) -> PathBuf {
    shell::target().join("release").join(name)
}
