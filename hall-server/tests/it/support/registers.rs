//! A server that is connected to another office's registers, which a stand-in plays.

use data_provider_stand_in::DataProvider;
use hall_server::config::Settings;
use hall_server::lookups::providers::Providers;
use hall_server::store::{Store, catalogue, halls};

use super::{FOOD, Hall, TUESDAY_TEN};

/// The item's documents with a provider: two connected ones and one that is not.
pub(crate) const LICENCE: (&str, &str) = ("d2", "business-registration");
pub(crate) const IDENTITY: (&str, &str) = ("d3", "resident-register");
pub(crate) const PREMISES: (&str, &str) = ("d4", "property-register");

pub(crate) fn providers_file(base: &str) -> String {
    format!(
        r#"
[[providers]]
name = "business-registration"
title = {{ zh = "营业执照信息", en = "Business registration" }}
input = "credit-code"
timeout_ms = 400
[providers.request]
url = "{base}/firms/{{number}}?why={{purpose}}"
[providers.credentials]
header = "authorization"
prefix = "Bearer "
secret_file = "market.secret"
[providers.answer]
about = "/data/creditCode"
fields = [
    {{ key = "name", name = {{ zh = "企业名称", en = "Name" }}, pointer = "/data/name", mandatory = true }},
    {{ key = "state", name = {{ zh = "登记状态", en = "State" }}, pointer = "/data/state", mandatory = true }},
    {{ key = "phone", name = {{ zh = "电话", en = "Telephone" }}, pointer = "/data/phone" }},
]

[[providers]]
name = "resident-register"
title = {{ zh = "户籍信息", en = "Residence" }}
input = "id-number"
[providers.request]
method = "POST"
url = "{base}/people"
body = {{ idNumber = "{{number}}", why = "{{purpose}}", by = ["{{office}}", "{{case}}"] }}
[providers.credentials]
header = "authorization"
prefix = "Bearer "
secret_file = "market.secret"
[providers.answer]
found = {{ pointer = "/status", equals = "ok" }}
fields = [{{ key = "household", name = {{ zh = "户籍地", en = "Household" }}, pointer = "/data/household" }}]
"#
    )
}

/// A server that is connected to a provider, beside the story's own, on the same database.
pub(crate) struct Connected {
    pub(crate) hall: Hall,
    pub(crate) provider: DataProvider,
    /// Stops the provider.
    pub(crate) line: tokio::task::JoinHandle<()>,
}

pub(crate) async fn connected(hall: &Hall) -> Connected {
    let provider = DataProvider::new("let-me-in");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = provider.router();
    let line = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("providers.toml");
    std::fs::write(&file, providers_file(&base)).unwrap();
    std::fs::write(folder.path().join("market.secret"), "let-me-in\n").unwrap();
    let providers = Providers::read(&file).unwrap();
    share(hall).await;
    let settings = Settings { public_url: "http://hall.test".to_owned(), providers, ..Settings::default() };
    let store = Store::connect(&hall.address).await.unwrap();
    Connected { hall: Hall::serve_with(&hall.address, store, hall.clock.clone(), settings).await, provider, line }
}

/// Publishes a version of the item that has some documents from providers.
async fn share(hall: &Hall) {
    let mut item = catalogue::item(&hall.store, FOOD).await.unwrap().unwrap();
    for (key, source) in [LICENCE, IDENTITY, PREMISES] {
        item.documents.iter_mut().find(|d| d.key == key).unwrap().shared_source = source.to_owned();
    }
    item.version += 1;
    let mut tx = hall.store.begin_write().await.unwrap();
    let content = catalogue::Content { item, area_code: "440304000000".to_owned() };
    catalogue::publish(&mut tx, &[content], TUESDAY_TEN).await.unwrap();
    halls::touch_all(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}
