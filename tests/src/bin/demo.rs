//! The hall on one machine: to be tried by hand, or playing its scripted day by itself. `cargo xtask demo` builds and runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use protocol::staff::Role;
use tests::Result;
use tests::day;
use tests::world::{self, Frame, HALL, SampleUser, Station, Windows, World};

#[derive(Debug, Parser)]
#[command(name = "demo", about = "Starts the hall on this machine, or plays its scripted day")]
struct Arguments {
    /// Where database, logs and evidence go.
    #[arg(long, default_value = "target/demo")]
    folder: PathBuf,
    /// Play the scripted day.
    #[arg(long)]
    script: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let played = if arguments.script { day::play(&arguments.folder).await } else { stay_open(&arguments.folder).await };
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("\nIt did not hold: {cause}");
            ExitCode::FAILURE
        }
    }
}

/// The smaller of the kiosk's two panels: it fits on most displays.
const KIOSK: Frame = Frame { width: 1280, height: 1024 };

/// Starts everything and stays until the server ends or somebody presses Ctrl-C.
async fn stay_open(folder: &std::path::Path) -> Result<()> {
    let folder = std::path::absolute(folder)?;
    let windows = if std::env::var_os("DISPLAY").is_some() { Windows::Shown } else { Windows::Headless };
    world::ensure_voice(&folder.join("logs"))?;
    let mut world = World::open_among_neighbours(&folder, Some(30_000)).await?;
    let catalogue = world.api.get(&format!("/api/v1/halls/{HALL}/catalogue")).await?.ok()?;
    let (item, window) = day::parallel_item(&catalogue)?;
    let kiosk_devices = world.simulators("kiosk").await?;
    let desk_devices = world.simulators("desks").await?;
    let kiosk = world.kiosk(&kiosk_devices, KIOSK, windows).await?;
    let desk = world.desk(Some(window), &desk_devices, windows).await?;
    let office = world.desk(None, &desk_devices, windows).await?;
    let address = world.address();

    println!("\nThe sample district's hall is open. All of it is made up; nothing is an official statement.\n");
    println!("  start page        {address}/");
    println!("  board             {address}/halls/{HALL}/board");
    println!("  supervisor        {address}/supervisor");
    println!("  API description   {address}/api/v1/openapi.json");
    println!("  printed tickets   {}", kiosk_devices.tickets.display());
    println!("  receipts          {}", desk_devices.tickets.display());
    println!("  logs              {}", world.logs().display());
    println!("\n  a citizen's card  {}", kiosk_devices.card_order());
    println!("  applying by phone {address}/apply");
    println!("\nWindow {window} takes in {}; two departments review it.", item.name.zh);
    println!(
        "It takes in 开餐馆“一件事” too, which opens three cases. 区水务局 decides in its own system: here a stand-in, which agrees"
    );
    println!("after half a minute. The register of firms is a stand-in as well; it knows 91350100M000100Y43.");
    println!("\nSign-ins (all of them in {}):", folder.join("credentials.json").display());
    let takes_part = |user: &SampleUser| match user.department.as_ref() {
        Some(department) if user.roles.contains(&Role::Signer) => *department == item.department,
        Some(department) => item.branches.iter().any(|branch| branch.department == *department),
        None => user.hall.as_deref().is_none_or(|hall| hall == HALL),
    };
    for role in [Role::Clerk, Role::Reviewer, Role::Signer, Role::Leader, Role::Supervisor, Role::Administrator] {
        let shown = if role == Role::Clerk { 2 } else { 4 };
        let users = world.credentials.users.iter().filter(|user| user.roles.contains(&role));
        for user in users.filter(|user| takes_part(user)).take(shown) {
            println!("  {:<10} {:<17} {:<16} {}", format!("{role:?}"), user.username, user.password, user.name);
        }
    }
    if windows == Windows::Headless {
        println!("\nThere is no display, so kiosk and desks have no windows. Their remote controls (JSON-RPC):");
        for (name, station) in [("kiosk", &kiosk), ("desk", &desk), ("office", &office)] {
            println!("  {name:<10} http://127.0.0.1:{}/mcp", station.port);
        }
    }
    println!("\nCtrl-C ends everything.");
    let outcome = world.wait();
    drop::<[Station; 3]>([kiosk, desk, office]);
    outcome
}
