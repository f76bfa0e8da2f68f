//! Fresh databases.

use std::path::PathBuf;

use hall_server::identity::secrets;
use sqlx::AnyPool;

use super::Hall;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// Tells a story in a hall over a fresh database, and clears the database away if the story holds.
pub(crate) async fn tell(kind: Kind, story: impl AsyncFnOnce(&Hall)) {
    with_empty(kind, async |address| {
        let hall = Hall::open(address).await;
        story(&hall).await;
        hall.close().await;
    })
    .await;
}

/// Does something with the address of an empty database.
pub(crate) async fn with_empty(kind: Kind, act: impl AsyncFnOnce(&str)) {
    match kind {
        Kind::Sqlite => {
            let folder = tempfile::tempdir().unwrap();
            act(&format!("sqlite://{}/hall.db", folder.path().display())).await;
        }
        Kind::Postgres => {
            let Some(cluster) = cluster() else { return };
            let name = format!("hall_{}", secrets::code(12).unwrap().to_ascii_lowercase());
            administer(&cluster, format!("CREATE DATABASE {name}")).await;
            act(&with_database(&cluster, &name)).await;
            let _ = std::fs::remove_dir_all(files_folder(&with_database(&cluster, &name)));
            administer(&cluster, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// Where the files of a database lie.
pub(crate) fn files_folder(address: &str) -> PathBuf {
    match address.strip_prefix("postgres") {
        Some(rest) => {
            let name = rest.rsplit('/').next().and_then(|name| name.split('?').next()).unwrap();
            std::env::temp_dir().join("hall-stories").join(name)
        }
        None => hall_server::files::default_folder(address),
    }
}

/// The cluster for PostgreSQL stories; without one they are passed over, except in CI.
fn cluster() -> Option<String> {
    let cluster = std::env::var("HALL_TEST_POSTGRES").ok().filter(|c| !c.is_empty());
    if cluster.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "in CI every story is told on PostgreSQL too: set HALL_TEST_POSTGRES"
        );
        eprintln!("not told on PostgreSQL: HALL_TEST_POSTGRES is not set");
    }
    cluster
}

fn with_database(cluster: &str, name: &str) -> String {
    let (base, query) = cluster.split_once('?').map_or((cluster, None), |(base, query)| (base, Some(query)));
    let authority_end = base.find("://").map_or(0, |at| at + 3);
    let server = base[authority_end..].split('/').next().unwrap_or_default();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{server}/{name}{query}", &base[..authority_end])
}

async fn administer(cluster: &str, sql: String) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&with_database(cluster, "postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    pool.close().await;
}
