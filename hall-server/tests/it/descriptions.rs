//! What is checked in about the server is what the server is.

use std::path::Path;

use hall_server::http::openapi::Description;
use utoipa::OpenApi;

/// `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn the_api_description_is_checked_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let now = Description::openapi().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        now == checked_in,
        "docs/openapi.json is not up to date: run with UPDATE_SNAPSHOTS=1 and look at the change"
    );
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |engine: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let known: Vec<String> = hall_server::store::migrations::names().collect();
    assert_eq!(names("sqlite"), known, "every migration is run");
}
