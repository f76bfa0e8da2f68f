//! What the machine must have beside Rust and a C compiler (those two are `./hall`'s business), as Debian packages.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::Command;

use crate::shell::{Failure, failed, on_path, run};

/// What the packages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building the programs.
    Build,
    /// Windows on a display.
    Display,
    /// The scripted day and the journeys.
    Script,
    /// `cargo xtask test`.
    Test,
    /// `cargo xtask bench`.
    Bench,
}

enum Sign {
    Program(&'static str),
    File(&'static str),
    /// The named entry in any folder inside the first one.
    Within(&'static str, &'static str),
}

struct Package {
    name: &'static str,
    why: &'static str,
    sign: Sign,
    purposes: &'static [Purpose],
}

use Purpose::{Bench, Build, Display, Script, Test};

const PACKAGES: &[Package] = &[
    Package {
        name: "pkg-config",
        why: "finds the font library while building",
        sign: Sign::Program("pkg-config"),
        purposes: &[Build],
    },
    Package {
        name: "libfontconfig-dev",
        why: "the font library that kiosk and desk are linked with",
        sign: Sign::File("/usr/include/fontconfig/fontconfig.h"),
        purposes: &[Build],
    },
    Package {
        name: "fonts-noto-cjk",
        why: "Chinese letters on screens and tickets",
        sign: Sign::Within("/usr/share/fonts", "noto/NotoSansCJK-Regular.ttc"),
        purposes: &[Build],
    },
    Package {
        name: "espeak-ng",
        why: "makes the placeholder voice of the spoken call",
        sign: Sign::Program("espeak-ng"),
        purposes: &[Build],
    },
    Package {
        name: "libxkbcommon-x11-0",
        why: "keyboards in windows",
        sign: Sign::Within("/usr/lib", "libxkbcommon-x11.so.0"),
        purposes: &[Display, Bench],
    },
    Package {
        name: "libxcursor1",
        why: "pointers in windows",
        sign: Sign::Within("/usr/lib", "libXcursor.so.1"),
        purposes: &[Display, Bench],
    },
    Package {
        name: "libxi6",
        why: "touch and pointer input in windows",
        sign: Sign::Within("/usr/lib", "libXi.so.6"),
        purposes: &[Display, Bench],
    },
    Package {
        name: "libxrandr2",
        why: "the size of the display",
        sign: Sign::Within("/usr/lib", "libXrandr.so.2"),
        purposes: &[Display, Bench],
    },
    Package {
        name: "chromium",
        why: "opens the phone page, the boards and the supervisor's page",
        sign: Sign::Program("chromium"),
        purposes: &[Script, Test],
    },
    Package {
        name: "chromium-driver",
        why: "operates Chromium",
        sign: Sign::Program("chromedriver"),
        purposes: &[Script, Test],
    },
    Package {
        name: "poppler-utils",
        why: "reads the papers back that the hall prints",
        sign: Sign::Program("pdftotext"),
        purposes: &[Script, Test],
    },
    Package {
        name: "postgresql",
        why: "storage is tested on PostgreSQL too, in a throw-away cluster",
        sign: Sign::Within("/usr/lib/postgresql", "bin/initdb"),
        purposes: &[Test],
    },
    Package {
        name: "python3",
        why: "verifies dossiers by a program that shares nothing with the server",
        sign: Sign::Program("python3"),
        purposes: &[Test],
    },
    Package {
        name: "openssl",
        why: "checks the signatures of dossiers for it",
        sign: Sign::Program("openssl"),
        purposes: &[Test],
    },
    Package {
        name: "xvfb",
        why: "a display without a screen, to measure the kiosk's first frame",
        sign: Sign::Program("Xvfb"),
        purposes: &[Bench],
    },
];

impl Sign {
    fn seen(&self) -> bool {
        match self {
            Sign::Program(name) => on_path(name),
            Sign::File(path) => Path::new(path).exists(),
            Sign::Within(folder, entry) => std::fs::read_dir(folder)
                .is_ok_and(|folders| folders.flatten().any(|folder| folder.path().join(entry).exists())),
        }
    }
}

/// Makes sure of every package for these purposes: names what is missing, asks (unless `yes`, or in CI) and installs it.
pub(crate) fn ensure(purposes: &[Purpose], yes: bool) -> Result<(), Failure> {
    let missing: Vec<&Package> = PACKAGES
        .iter()
        .filter(|package| package.purposes.iter().any(|purpose| purposes.contains(purpose)) && !package.sign.seen())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine (Debian packages):");
    for package in &missing {
        println!("  {:<20} {}", package.name, package.why);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    install(&names, yes)?;
    match missing.iter().find(|package| !package.sign.seen()) {
        None => Ok(()),
        Some(package) => {
            Err(Failure(format!("{} was installed, but what it should bring is not there.", package.name)))
        }
    }
}

fn install(names: &[&str], yes: bool) -> Result<(), Failure> {
    let by_hand = format!("apt-get update && apt-get install --yes --no-install-recommends {}", names.join(" "));
    if !on_path("apt-get") {
        return Err(Failure(format!(
            "This system has no apt-get. Install what these Debian packages hold its own way: {}",
            names.join(" ")
        )));
    }
    let rights = Rights::of_this_process();
    if rights == Rights::None {
        return Err(Failure(format!("Installing needs root's rights. As root, run:\n    {by_hand}")));
    }
    if !yes && std::env::var("CI").as_deref() != Ok("true") && !agreed()? {
        return Err(Failure(format!("Nothing was installed. To do it yourself, run as root:\n    {by_hand}")));
    }
    run(rights.apt_get().arg("update"))?;
    run(rights.apt_get().args(["install", "--yes", "--no-install-recommends"]).args(names))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    Sudo,
    None,
}

impl Rights {
    fn of_this_process() -> Self {
        let root = crate::shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
        match (root, on_path("sudo")) {
            (true, _) => Rights::Root,
            (false, true) => Rights::Sudo,
            (false, false) => Rights::None,
        }
    }

    fn apt_get(self) -> Command {
        let mut command = match self {
            Rights::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
                sudo
            }
            Rights::Root | Rights::None => Command::new("apt-get"),
        };
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    }
}

fn agreed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("Install them now? [y/N] ");
    std::io::stdout().flush().map_err(failed("the question cannot be shown"))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(failed("the answer cannot be read"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
