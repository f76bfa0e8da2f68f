//! A real headless Chromium, driven through its own driver.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Result;
use crate::program::{Program, free_port};
use crate::until::until;

/// The driver; pages are opened from it.
#[derive(Debug)]
pub struct Browser {
    driver: Program,
    port: u16,
    profiles: TempDir,
}

impl Browser {
    pub async fn start(logs: &Path) -> Result<Self> {
        let port = free_port()?;
        let chromedriver = on_path("chromedriver").ok_or("there is no chromedriver on this machine")?;
        let mut driver = Program::start_at(&chromedriver, "chromedriver", logs, |command| {
            command.arg(format!("--port={port}"));
        })?;
        driver.says("was started successfully").await?;
        Ok(Browser { driver, port, profiles: tempfile::tempdir()? })
    }

    /// Opens an address in a window of this size, in CSS pixels.
    pub async fn open(&self, address: &str, width: u32, height: u32) -> Result<Page> {
        let profile = tempfile::tempdir_in(self.profiles.path())?.keep();
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--accept-lang=zh-CN",
            // As a board's browser is set up: it speaks without having been touched.
            "--autoplay-policy=no-user-gesture-required",
            "--no-proxy-server",
            format!("--user-data-dir={}", profile.display()),
            format!("--window-size={width},{height}"),
        ]);
        let options = json!({
            "args": arguments,
            "prefs": { "intl.accept_languages": "zh-CN,zh" },
            "mobileEmulation": emulation(width, height),
        });
        let Value::Object(capabilities) = json!({ "goog:chromeOptions": options }) else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .map_err(|cause| format!("Chromium does not start: {cause} (driver {})", self.driver.id()))?;
        client.goto(address).await?;
        Ok(Page { client })
    }
}

impl Drop for Browser {
    /// A journey that was cut off has left pages open: the driver closes them before it is ended, or their Chromium would
    /// outlive it.
    fn drop(&mut self) {
        let farewell = || -> std::io::Result<()> {
            let mut driver = TcpStream::connect(("127.0.0.1", self.port))?;
            driver.set_read_timeout(Some(Duration::from_secs(5)))?;
            write!(driver, "GET /shutdown HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", self.port)?;
            driver.read_to_end(&mut Vec::new()).map(drop)
        };
        if let Err(cause) = farewell() {
            eprintln!("the browser's driver did not close its pages: {cause}");
        }
    }
}

/// Chromium's own window has borders; emulating the device gives the page just these pixels.
fn emulation(width: u32, height: u32) -> Value {
    json!({
        "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "touch": width < 1000, "mobile": width < 1000 }
    })
}

/// A page in a window of its own.
#[derive(Debug)]
pub struct Page {
    client: Client,
}

impl Page {
    /// Waits until the page's visible text holds this, and gives the whole text.
    pub async fn shows(&self, part: &str) -> Result<String> {
        let shown = until(&format!("the page to show “{part}”"), async || {
            let text = self.text().await?;
            Ok(text.contains(part).then_some(text))
        })
        .await;
        match shown {
            Ok(text) => Ok(text),
            Err(cause) => {
                let text = self.text().await.unwrap_or_default();
                Err(format!("{cause}\n  at {}: {}", self.address().await?, text.replace('\n', " · ")).into())
            }
        }
    }

    /// What a person reads on it now.
    pub async fn text(&self) -> Result<String> {
        let text = self.client.execute("return document.body.innerText", Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the part marked for tests by this name is there and holds this, and gives its whole text.
    pub async fn reads(&self, mark: &str, part: &str) -> Result<String> {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid={mark}]')].map(part => part.textContent.trim()).join(' · ')"
        );
        let mut last = String::new();
        let read = until(&format!("the page's {mark} to hold “{part}”"), async || {
            last = self.ask(&script).await?.as_str().unwrap_or_default().to_owned();
            Ok((!last.is_empty() && last.contains(part)).then(|| last.clone()))
        })
        .await;
        match read {
            Ok(text) => Ok(text),
            Err(cause) => Err(format!("{cause}\n  it holds “{last}”, at {}", self.address().await?).into()),
        }
    }

    /// Runs a script in the page and gives what it returns.
    pub async fn ask(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    pub async fn write(&self, css: &str, text: &str) -> Result<()> {
        self.client.wait().for_element(Locator::Css(css)).await?.send_keys(text).await?;
        Ok(())
    }

    pub async fn click(&self, css: &str) -> Result<()> {
        self.client.wait().for_element(Locator::Css(css)).await?.click().await?;
        Ok(())
    }

    pub async fn address(&self) -> Result<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    pub async fn picture(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, self.client.screenshot().await?)?)
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file())
}
