//! `cargo xtask demo`: installs what is missing, builds, then hands over to the program `demo` of the crate `tests`.

use std::process::Command;

use crate::build;
use crate::packages::{Purpose, ensure};
use crate::shell::{self, Failure, root};

pub(crate) fn run(script: bool, yes: bool) -> Result<(), Failure> {
    let display = std::env::var_os("DISPLAY").is_some();
    ensure(
        match (script, display) {
            (true, _) => &[Purpose::Build, Purpose::Script],
            (false, true) => &[Purpose::Build, Purpose::Display],
            (false, false) => &[Purpose::Build],
        },
        yes,
    )?;
    build::programs()?;
    let mut demo = Command::new(build::program("demo"));
    demo.current_dir(root()).arg("--folder").arg(root().join("target/demo"));
    if script {
        demo.arg("--script");
    }
    shell::run(&mut demo)
}
