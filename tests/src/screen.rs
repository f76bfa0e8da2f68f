//! A window of kiosk or desk, operated as a person would: by pointer and keys on what its accessibility tree shows.
//! It speaks with Slint's own remote control (JSON-RPC over HTTP), which only development builds have.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Result;
use crate::until::{until, within};

/// What is looked for in a window. All that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    role: Option<&'static str>,
    label: Option<String>,
    exact: bool,
    id: Option<String>,
    part: Option<&'static str>,
}

impl Wanted {
    const ANY: Wanted = Wanted { role: None, label: None, exact: false, id: None, part: None };

    /// Only within this component of the window, by its name in the screens' source: two pages may have a button each.
    pub fn of(self, component: &'static str) -> Self {
        Wanted { part: Some(component), ..self }
    }
}

/// A button with just this label.
pub fn button(label: impl Into<String>) -> Wanted {
    Wanted { role: Some("Button"), label: Some(label.into()), exact: true, ..Wanted::ANY }
}

/// A button whose label holds this.
pub fn button_with(part: impl Into<String>) -> Wanted {
    Wanted { role: Some("Button"), label: Some(part.into()), ..Wanted::ANY }
}

/// A field to write into, by its label.
pub fn field(label: impl Into<String>) -> Wanted {
    Wanted { role: Some("TextInput"), label: Some(label.into()), exact: true, ..Wanted::ANY }
}

/// A sentence or word on its own, by its whole text.
pub fn word(text: impl Into<String>) -> Wanted {
    Wanted { role: Some("Text"), label: Some(text.into()), exact: true, ..Wanted::ANY }
}

/// A box to tick, whose label holds this.
pub fn checkbox_with(part: impl Into<String>) -> Wanted {
    Wanted { role: Some("Checkbox"), label: Some(part.into()), ..Wanted::ANY }
}

/// One of several answers, by its label.
pub fn choice(label: impl Into<String>) -> Wanted {
    Wanted { role: Some("RadioButton"), label: Some(label.into()), exact: true, ..Wanted::ANY }
}

/// A line of a list, by its label.
pub fn list_item(label: impl Into<String>) -> Wanted {
    Wanted { role: Some("ListItem"), label: Some(label.into()), exact: true, ..Wanted::ANY }
}

/// Anything whose label or value holds this.
pub fn text(part: impl Into<String>) -> Wanted {
    Wanted { label: Some(part.into()), ..Wanted::ANY }
}

/// The element with this id: `Component::element`.
pub fn id(id: impl Into<String>) -> Wanted {
    Wanted { id: Some(id.into()), ..Wanted::ANY }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.role.unwrap_or("element"))?;
        if let Some(label) = &self.label {
            write!(f, " {}“{label}”", if self.exact { "" } else { "with " })?;
        }
        if let Some(id) = &self.id {
            write!(f, " #{id}")?;
        }
        if let Some(part) = self.part {
            write!(f, " of {part}")?;
        }
        Ok(())
    }
}

/// An element as the accessibility tree shows it. What is absent there is false, zero or empty. Positions and sizes are
/// logical pixels.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Element {
    handle: Value,
    type_names_and_ids: Vec<TypeAndId>,
    pub accessible_label: String,
    pub accessible_value: String,
    pub accessible_role: String,
    pub accessible_enabled: bool,
    pub accessible_checked: bool,
    pub computed_opacity: f32,
    pub size: Size,
    pub absolute_position: Position,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct TypeAndId {
    id: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Size {
    pub width: f32,
    pub height: f32,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Position {
    pub x: f32,
    pub y: f32,
}

impl Element {
    /// Every button of the hall's screens says whether it is enabled; other elements may not.
    fn can_be_touched(&self) -> bool {
        self.accessible_enabled || self.accessible_role != "Button"
    }

    fn is(&self, wanted: &Wanted) -> bool {
        let role = wanted.role.is_none_or(|role| self.accessible_role == role);
        let label = wanted.label.as_ref().is_none_or(|label| {
            if wanted.exact {
                self.accessible_label == *label
            } else {
                self.accessible_label.contains(label.as_str()) || self.accessible_value.contains(label.as_str())
            }
        });
        let id = wanted.id.as_ref().is_none_or(|id| self.type_names_and_ids.iter().any(|names| names.id == *id));
        let part = wanted.part.is_none_or(|part| {
            self.type_names_and_ids
                .iter()
                .any(|names| names.id.split_once("::").is_some_and(|(owner, _)| owner == part))
        });
        role && label && id && part && self.computed_opacity > 0.0 && self.size.width > 0.0 && self.size.height > 0.0
    }
}

/// A window under control.
#[derive(Debug)]
pub struct Screen {
    name: String,
    client: reqwest::Client,
    address: String,
    window: Value,
    root: Value,
    size: Size,
}

/// Slint's name of the Control key.
const CONTROL: &str = "\u{11}";

/// More than any window has; Slint's own upper bound of one answer.
const MANY: u32 = 1000;

impl Screen {
    /// Waits for the program's window at the remote control's port.
    pub async fn connect(name: &str, port: u16) -> Result<Self> {
        let mut screen = Screen {
            name: name.to_owned(),
            client: reqwest::Client::builder().no_proxy().build()?,
            address: format!("http://127.0.0.1:{port}/mcp"),
            window: Value::Null,
            root: Value::Null,
            size: Size::default(),
        };
        screen.window = until(&format!("{name}'s window"), async || {
            let windows = screen.call("list_windows", json!({})).await?;
            Ok(windows["windowHandles"].get(0).cloned())
        })
        .await?;
        let about = screen.call("get_window_properties", json!({ "windowHandle": screen.window })).await?;
        screen.root = about["rootElementHandle"].clone();
        let scale = about["scaleFactor"].as_f64().unwrap_or(1.0) as f32;
        let pixels = |side: &str| about["size"][side].as_f64().unwrap_or(0.0) as f32 / scale;
        screen.size = Size { width: pixels("width"), height: pixels("height") };
        Ok(screen)
    }

    /// The window's size in logical pixels.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Everything that the window shows now.
    pub async fn elements(&self) -> Result<Vec<Element>> {
        let tree = self.call("get_element_tree", json!({ "elementHandle": self.root, "maxElements": MANY })).await?;
        if tree["truncated"] == true {
            return Err(format!("{} shows more than {MANY} elements", self.name).into());
        }
        Ok(serde_json::from_value(tree["elements"].clone())?)
    }

    /// The first such element, if there is one now.
    pub async fn find(&self, wanted: &Wanted) -> Result<Option<Element>> {
        Ok(self.elements().await?.into_iter().find(|element| element.is(wanted)))
    }

    /// Waits until there is such an element.
    pub async fn see(&self, wanted: &Wanted) -> Result<Element> {
        let seen = until(&format!("{} to show {wanted}", self.name), async || self.find(wanted).await).await;
        self.explained(seen).await
    }

    /// Waits until there is no such element any more.
    pub async fn see_gone(&self, wanted: &Wanted) -> Result<()> {
        let gone = until(&format!("{} to show {wanted} no more", self.name), async || {
            Ok(self.find(wanted).await?.is_none().then_some(()))
        })
        .await;
        self.explained(gone).await
    }

    /// Touches the element in its middle, once it is there and can be operated, scrolling to it where it lies outside.
    pub async fn touch(&self, wanted: &Wanted) -> Result<Element> {
        let found = until(&format!("{} to let {wanted} be touched", self.name), async || {
            let Some(element) = self.find(wanted).await?.filter(Element::can_be_touched) else {
                return Ok(None);
            };
            let middle = element.absolute_position.y + element.size.height / 2.0;
            if middle > self.size.height || middle < 0.0 {
                let by = if middle < 0.0 { 200.0 } else { -200.0 };
                let position = json!({ "x": self.size.width / 2.0, "y": self.size.height / 2.0 });
                let scroll = json!({ "windowHandle": self.window, "position": position, "deltaY": by });
                self.call("dispatch_pointer_scroll", scroll).await?;
                return Ok(None);
            }
            Ok(Some(element))
        })
        .await;
        let element = self.explained(found).await?;
        self.call("click_element", json!({ "elementHandle": element.handle })).await?;
        Ok(element)
    }

    /// Touches the field and types the text, key by key, over what stood there.
    pub async fn write(&self, wanted: &Wanted, text: &str) -> Result<()> {
        self.touch(wanted).await?;
        self.key_event(CONTROL, "Press").await?;
        self.key("a").await?;
        self.key_event(CONTROL, "Release").await?;
        self.keys(text).await
    }

    /// Types on the keyboard, key by key.
    pub async fn keys(&self, text: &str) -> Result<()> {
        for key in text.chars() {
            self.key(&key.to_string()).await?;
        }
        Ok(())
    }

    /// Presses and releases one key: a character, or one of Slint's special keys such as `\n` for Return.
    pub async fn key(&self, key: &str) -> Result<()> {
        self.key_event(key, "PressAndRelease").await
    }

    async fn key_event(&self, key: &str, kind: &str) -> Result<()> {
        let event = json!({ "windowHandle": self.window, "text": key, "eventType": kind });
        self.call("dispatch_key_event", event).await.map(drop)
    }

    /// Keeps a picture of the window, once what appears on it has come to rest. What never rests is taken as it is.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        let mut last = self.snapshot().await?;
        let rested = within(Duration::from_secs(2), &format!("{} to rest", self.name), async || {
            let now = self.snapshot().await?;
            let same = now == last;
            last = now;
            Ok(same.then_some(()))
        })
        .await;
        // A moving picture on the screen is no fault.
        drop(rested);
        Ok(std::fs::write(file, last)?)
    }

    async fn snapshot(&self) -> Result<Vec<u8>> {
        let result = self.raw("take_screenshot", json!({ "windowHandle": self.window })).await?;
        let data = result["content"][0]["data"].as_str().ok_or_else(|| format!("{} gave no picture", self.name))?;
        Ok(BASE64_STANDARD.decode(data)?)
    }

    /// Everything that can be read on the window, for the message of a failure.
    pub async fn words(&self) -> Result<String> {
        let mut words: Vec<String> = Vec::new();
        for element in self.elements().await? {
            let word = match (element.accessible_role.as_str(), element.accessible_label.trim()) {
                (_, "") => continue,
                ("Text" | "", label) => label.to_owned(),
                (role, label) => format!("{role} “{label}”"),
            };
            if words.last() != Some(&word) {
                words.push(word);
            }
        }
        Ok(words.join(" · "))
    }

    async fn explained<T>(&self, outcome: Result<T>) -> Result<T> {
        match outcome {
            Ok(value) => Ok(value),
            Err(cause) => {
                let words = self.words().await.unwrap_or_else(|cause| format!("nothing ({cause})"));
                Err(format!("{cause}\n  it shows: {words}").into())
            }
        }
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value> {
        let result = self.raw(tool, arguments).await?;
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        Ok(serde_json::from_str(text)?)
    }

    async fn raw(&self, tool: &str, arguments: Value) -> Result<Value> {
        let request = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": tool, "arguments": arguments },
        });
        let mut answer: Value = self.client.post(&self.address).json(&request).send().await?.json().await?;
        let result = answer["result"].take();
        if result.is_null() || result["isError"] == true {
            return Err(
                format!("{}: {tool} answered {} {}", self.name, result["content"][0]["text"], answer["error"]).into()
            );
        }
        Ok(result)
    }
}
